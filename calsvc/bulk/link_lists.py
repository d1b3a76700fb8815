"""Finds links in a table that a run has made, or in a list of links."""

import re
from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO, NamedTuple

from calsvc.bulk import csv_files, encodings
from calsvc.bulk.file_kinds import is_workbook
from calsvc.bulk.records import Row
from calsvc.bulk.workbooks import Book
from calsvc.errors import CalsvcError

TOKEN_PATTERN = re.compile("1[A-Za-z0-9_-]{20,2000}")
TOKEN_IN_URL_PATTERN = re.compile(rf"/c/({TOKEN_PATTERN.pattern})(?![A-Za-z0-9_-])")


class HiddenRowsUnknownError(CalsvcError):
    """A workbook of a format whose hidden rows cannot be detected."""

    def __init__(self) -> None:
        """Set the message, which is in English for administrators."""
        super().__init__("Hidden rows of this format are not known. Save it as .xlsx or .csv.")


class ListedRow(NamedTuple):
    """A row that is not blank, and its tokens. ``is_hidden``: by a filter, or by a clerk."""

    number: int
    tokens: tuple[str, ...]
    is_hidden: bool


def find_tokens(text: str) -> tuple[str, ...]:
    """Return the tokens of the URLs in ``text``, or ``text`` itself if it is a token."""
    tokens = TOKEN_IN_URL_PATTERN.findall(text)
    if not tokens and TOKEN_PATTERN.fullmatch(text.strip()):
        return (text.strip(),)
    return tuple(dict.fromkeys(tokens))


def read(file: BinaryIO) -> Iterator[ListedRow]:
    """Yield the rows of ``file``, a workbook or text, that are not blank.

    A token without its URL counts only if it is the whole row, because other cells may look alike.
    Raises `InvalidInputError`, `HiddenRowsUnknownError`.
    """
    for row in _rows(file):
        cells = [cell for cell in row.cells if cell.strip()]
        if cells:
            yield ListedRow(row.number, find_tokens("\n".join(cells)), bool(row.skipped))


def _rows(file: BinaryIO) -> Iterator[Row]:
    if not is_workbook(file):
        table = csv_files.read(file, encodings.scan_text_file(file).encoding)
        yield from chain([table.header], table.rows)
        return
    book = Book(file)
    try:
        if not book.knows_hidden_rows:
            raise HiddenRowsUnknownError
        for index, sheet in enumerate(book.sheets):
            if sheet.visible:
                yield from book.rows(index)
    finally:
        book.close()
