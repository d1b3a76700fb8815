"""Excel workbooks (.xlsx) as tables, read row by row."""

import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import datetime, time
from typing import BinaryIO
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.datetime import from_excel
from openpyxl.utils.exceptions import InvalidFileException

from calsvc.bulk import csv_files
from calsvc.bulk.csv_files import UTF_8_BOM, Form, Row, Table, unusable

ZIP_MAGIC = b"PK\x03\x04"
OLD_EXCEL_MAGIC = b"\xd0\xcf\x11\xe0"
"""Excel before 2007, and any workbook with a password."""
UNREADABLE = (
    *(ParseError, zipfile.BadZipFile, zlib.error),
    *(ValueError, LookupError, EOFError, TypeError),
)
"""What openpyxl raises upon a damaged workbook."""
LARGEST_PART = 1 << 30
"""Bytes, unpacked: four times what a sheet with all the rows of Excel takes."""
MOST_ROWS = 1 << 20
"""What Excel has; a row that claims a far greater number would take hours to come to."""
FIRST_SERIAL, LAST_SERIAL = 1, 109574
"""Days counted by Excel from 1900-01-01 to 2199-12-31; greater numbers are dates like 20200601."""
SERIAL = re.compile("[0-9]{1,6}")


def is_workbook(file: BinaryIO) -> bool:
    """Whether ``file`` is a workbook, by its first bytes.

    Raises `InvalidInput` (``table.old_excel``) for one of the old form.
    """
    file.seek(0)
    magic = file.read(4)
    file.seek(0)
    if magic == OLD_EXCEL_MAGIC:
        raise unusable("old_excel")
    return magic == ZIP_MAGIC


def read(file: BinaryIO) -> Table:
    """The first visible sheet of ``file``, read as its rows are taken; it is written as CSV.

    Raises `InvalidInput` (``table.not_excel``, ``table.empty``).
    """
    _refuse_bombs(file)
    try:
        book = load_workbook(file, read_only=True, data_only=True)
    except (InvalidFileException, *UNREADABLE) as error:
        raise unusable("not_excel") from error
    sheet = next((each for each in book.worksheets if each.sheet_state == "visible"), None)
    if sheet is None:
        raise unusable("empty")
    expected = sheet.max_row or 0
    sheet.reset_dimensions()  # some programs write a wrong size
    rows = _rows(_readable(sheet.iter_rows(values_only=True)))
    header = next(rows, None)
    if header is None:
        raise unusable("empty")
    return Table(header, rows, Form(UTF_8_BOM, ","), day_text, expected)


def _refuse_bombs(file: BinaryIO) -> None:
    try:
        parts = zipfile.ZipFile(file).infolist()
    except zipfile.BadZipFile:
        raise unusable("not_excel") from None
    if any(part.file_size > LARGEST_PART for part in parts):
        raise unusable("too_large")


def _readable(values: Iterator[Sequence[object]]) -> Iterator[Sequence[object]]:
    """``values``, or `InvalidInput` where the workbook is damaged in the middle."""
    try:
        yield from values
    except UNREADABLE as error:
        raise unusable("not_excel") from error


def _rows(values: Iterator[Sequence[object]]) -> Iterator[Row]:
    """Blank rows count but are passed on only when something comes after them."""
    passed = 0
    for number, each in enumerate(values, start=1):
        if number > MOST_ROWS:
            raise unusable("too_large")
        row = Row(number, [text_of(value) for value in each])
        if row.blank:
            continue
        if passed:
            yield from (Row(blank, []) for blank in range(passed + 1, number))
        passed = number
        yield row


def text_of(value: object) -> str:
    """A cell's value as text; a day is written as 2020-06-01."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime):
        return str(value.date() if value.time() == time.min else value)
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def day_text(cell: str) -> str:
    """The day in a cell of a date column, also where Excel shows it as a number."""
    if SERIAL.fullmatch(cell) and FIRST_SERIAL <= int(cell) <= LAST_SERIAL:
        return text_of(from_excel(int(cell)))
    return csv_files.day_text(cell)
