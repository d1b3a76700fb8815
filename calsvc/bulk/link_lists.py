"""Finds links in a table of links, as a run makes it, or in a list of them."""

import re
from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO, NamedTuple

from calsvc.bulk import csv_files, encodings
from calsvc.bulk.file_kinds import is_workbook
from calsvc.bulk.records import Row
from calsvc.bulk.workbooks import Book
from calsvc.errors import CalsvcError

TOKEN = re.compile("1[A-Za-z0-9_-]{20,2000}")
IN_URL = re.compile(rf"/c/({TOKEN.pattern})(?![A-Za-z0-9_-])")


class HiddenRowsUnknownError(CalsvcError):
    """A workbook of a format whose hidden rows cannot be told from others."""

    def __init__(self) -> None:
        """For administrators."""
        super().__init__("Hidden rows of this format are not known. Save it as .xlsx or .csv.")


class ListedRow(NamedTuple):
    """A row that is not blank, and the tokens in it. ``is_hidden``: by a filter, or by hand."""

    number: int
    tokens: tuple[str, ...]
    is_hidden: bool


def find_tokens(text: str) -> tuple[str, ...]:
    """Returns the tokens of the URLs in ``text``, or ``text`` itself if it is a token."""
    found = IN_URL.findall(text)
    if not found and TOKEN.fullmatch(text.strip()):
        return (text.strip(),)
    return tuple(dict.fromkeys(found))


def read(file: BinaryIO) -> Iterator[ListedRow]:
    """Yield the rows of ``file``: a workbook or text.

    Raises `InvalidInputError`, `HiddenRowsUnknownError`.

    A token without its URL counts only where it stands alone. A number of a table may look alike.
    """
    for row in _rows(file):
        cells = [cell for cell in row.cells if cell.strip()]
        if cells:
            yield ListedRow(row.number, find_tokens("\n".join(cells)), bool(row.skipped))


def _rows(file: BinaryIO) -> Iterator[Row]:
    if not is_workbook(file):
        table = csv_files.read(file, encodings.survey(file).encoding)
        yield from chain([table.header], table.rows)
        return
    book = Book(file)
    try:
        if not book.knows_rows:
            raise HiddenRowsUnknownError
        for index, sheet in enumerate(book.sheets):
            if sheet.visible:
                yield from book.rows(index)
    finally:
        book.close()
