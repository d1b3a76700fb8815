"""Writes the tables of a run in the format of the input, piece by piece."""

from collections.abc import Iterable, Sequence

from calsvc.bulk import csv_files, workbook_output
from calsvc.bulk.records import XLSX, TableFormat


def start(rows: Iterable[Sequence[str]], table_format: TableFormat) -> bytes:
    """Return the bytes of a file's beginning and its first rows."""
    if table_format.encoding == XLSX:
        return workbook_output.SHEET_START + workbook_output.write(rows)
    return csv_files.byte_order_mark(table_format) + csv_files.write(rows, table_format)


def write(rows: Iterable[Sequence[str]], table_format: TableFormat) -> bytes:
    """Return the bytes of further rows."""
    if table_format.encoding == XLSX:
        return workbook_output.write(rows)
    return csv_files.write(rows, table_format)
