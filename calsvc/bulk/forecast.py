"""Counts what is due before anything is made, and writes how many to expect on each open day."""

from collections.abc import Iterator
from typing import BinaryIO

from calsvc.bulk import table_output
from calsvc.bulk.due import KINDS, Basis, Stock, StockTaking
from calsvc.bulk.edition import Piece
from calsvc.bulk.encodings import UTF_8_BOM
from calsvc.bulk.records import Form
from calsvc.bulk.rows import outcomes, shards
from calsvc.bulk.run import Order, look
from calsvc.errors import ParamValue
from calsvc.i18n.catalogs import Catalog

FORECAST = "forecast"
NAME = "forecast.csv"
COLUMNS = ("day", "openings", "deadlines")


def take_stock(file: BinaryIO, order: Order) -> Stock:
    """Returns the counts of the table in ``file``. Raises `InvalidInputError`."""
    run, taking = look(file, order), StockTaking(order.office.today)
    for _, shard in shards(outcomes(run.table, run.columns, order.office)):
        taking.add(shard)
    return taking.stock()


def told(stock: Stock, basis: Basis, catalog: Catalog) -> Iterator[str]:
    """Yield the counts in words: those who are late, then a line for each month."""
    yield catalog.text(f"bulk.due.{basis}")
    late = [stock.lapsed[kind] for kind in KINDS]
    for month, counts in ((catalog.text("bulk.due.lapsed"), late), *stock.by_month(basis)):
        params: dict[str, ParamValue] = {"month": month, **dict(zip(KINDS, counts, strict=True))}
        yield catalog.text("bulk.due.month", params)


def forecast_piece(stock: Stock, catalog: Catalog) -> Piece:
    """Returns the table of open days."""
    header = [catalog.text(f"bulk.column.{name}") for name in COLUMNS]
    rows = [[str(day), str(opens), str(ends)] for day, opens, ends in stock.forecast()]
    return Piece(NAME, table_output.opening([header, *rows], Form(UTF_8_BOM, ",")))
