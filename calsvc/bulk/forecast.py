"""Counts due cards before files are made, and forecasts the visitors of each open day."""

from collections.abc import Iterator
from typing import BinaryIO

from calsvc.bulk import table_output
from calsvc.bulk.due import EXPIRY_KINDS, Basis, DueCounter, DueCounts
from calsvc.bulk.encodings import UTF_8_BOM
from calsvc.bulk.output_context import FilePiece
from calsvc.bulk.records import TableFormat
from calsvc.bulk.rows import process_rows, split_into_chunks
from calsvc.bulk.run import RunOptions, prepare
from calsvc.errors import ParamValue
from calsvc.i18n.catalogs import Catalog

FORECAST = "forecast"
FORECAST_FILE = "forecast.csv"
FORECAST_COLUMNS = ("day", "openings", "deadlines")


def count_due_cards(file: BinaryIO, options: RunOptions) -> DueCounts:
    """Return the numbers of due cards in the table in ``file``. Raises `InvalidInputError`."""
    run, counter = prepare(file, options), DueCounter(options.context.today)
    for _, chunk in split_into_chunks(process_rows(run.table, run.columns, options.context)):
        counter.add(chunk)
    return counter.result()


def describe_due(counts: DueCounts, basis: Basis, catalog: Catalog) -> Iterator[str]:
    """Yield lines of text: a heading, the expired ones, then one line for each month."""
    yield catalog.text(f"bulk.due.{basis}")
    late = [counts.lapsed[kind] for kind in EXPIRY_KINDS]
    for month, numbers in ((catalog.text("bulk.due.lapsed"), late), *counts.by_month(basis)):
        params: dict[str, ParamValue] = {
            "month": month,
            **dict(zip(EXPIRY_KINDS, numbers, strict=True)),
        }
        yield catalog.text("bulk.due.month", params)


def build_forecast_file(counts: DueCounts, catalog: Catalog) -> FilePiece:
    """Return the table with a row for each open day."""
    header = [catalog.text(f"bulk.column.{name}") for name in FORECAST_COLUMNS]
    rows = [
        [str(day), str(openings), str(deadlines)] for day, openings, deadlines in counts.forecast()
    ]
    return FilePiece(
        FORECAST_FILE, table_output.start([header, *rows], TableFormat(UTF_8_BOM, ","))
    )
