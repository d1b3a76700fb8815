"""Counts due cards before files are made, and forecasts the visitors of each open day."""

from collections.abc import Iterator
from typing import BinaryIO

from calsvc.bulk import table_output
from calsvc.bulk.due import KINDS, Basis, Stock, StockTaking
from calsvc.bulk.encodings import UTF_8_BOM
from calsvc.bulk.output_context import FilePiece
from calsvc.bulk.records import TableFormat
from calsvc.bulk.rows import process_rows, split_into_chunks
from calsvc.bulk.run import RunOptions, prepare
from calsvc.errors import ParamValue
from calsvc.i18n.catalogs import Catalog

FORECAST = "forecast"
NAME = "forecast.csv"
COLUMNS = ("day", "openings", "deadlines")


def take_stock(file: BinaryIO, options: RunOptions) -> Stock:
    """Return the numbers of due cards in the table in ``file``. Raises `InvalidInputError`."""
    run, taking = prepare(file, options), StockTaking(options.context.today)
    for _, chunk in split_into_chunks(process_rows(run.table, run.columns, options.context)):
        taking.add(chunk)
    return taking.stock()


def told(stock: Stock, basis: Basis, catalog: Catalog) -> Iterator[str]:
    """Yield lines of text: a heading, the expired ones, then one line for each month."""
    yield catalog.text(f"bulk.due.{basis}")
    late = [stock.lapsed[kind] for kind in KINDS]
    for month, counts in ((catalog.text("bulk.due.lapsed"), late), *stock.by_month(basis)):
        params: dict[str, ParamValue] = {"month": month, **dict(zip(KINDS, counts, strict=True))}
        yield catalog.text("bulk.due.month", params)


def forecast_piece(stock: Stock, catalog: Catalog) -> FilePiece:
    """Return the table with a row for each open day."""
    header = [catalog.text(f"bulk.column.{name}") for name in COLUMNS]
    rows = [[str(day), str(starts_file), str(ends)] for day, starts_file, ends in stock.forecast()]
    return FilePiece(NAME, table_output.start([header, *rows], TableFormat(UTF_8_BOM, ",")))
