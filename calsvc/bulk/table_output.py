"""Writes the tables of a run in the format of the input, piece by piece."""

from collections.abc import Iterable, Sequence

from calsvc.bulk import csv_files, workbook_output
from calsvc.bulk.records import XLSX, TableFormat


def opening(rows: Iterable[Sequence[str]], form: TableFormat) -> bytes:
    """Return the bytes of a file's beginning and its first rows."""
    if form.encoding == XLSX:
        return workbook_output.SHEET_START + workbook_output.write(rows)
    return csv_files.byte_order_mark(form) + csv_files.write(rows, form)


def write(rows: Iterable[Sequence[str]], form: TableFormat) -> bytes:
    """Return the bytes of further rows."""
    if form.encoding == XLSX:
        return workbook_output.write(rows)
    return csv_files.write(rows, form)
