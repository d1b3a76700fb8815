"""Marks of rows and cells that python-calamine does not report, and the XML parser for them."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO
from xml.parsers import expat

MAX_ROWS = 1 << 20
"""Maximum of a sheet in Excel."""
UNCOMPUTED = 255
"""The code of a formula without a cached result, or of a cell with an error value."""
BLOCK_BYTES = 1 << 18
OVERLAP_BYTES = 64

Attributes = Mapping[str, str]


class RejectedWorkbookError(Exception):
    """A workbook that is rejected. ``key``: the message key without ``error.table``."""

    def __init__(self, key: str) -> None:
        """``key``: the message key without ``error.table``."""
        self.key = key
        super().__init__(key)


@dataclass
class Marks:
    """The marks of one sheet. Rows and columns count from 0."""

    hidden: bytearray = field(default_factory=bytearray)
    codes: dict[int, bytearray] = field(default_factory=dict)
    """A byte for each row, by column: `UNCOMPUTED`, the width of a padded number, or 0."""

    def is_hidden(self, row: int) -> bool:
        """Return True if the row is hidden, by a filter or by a clerk."""
        return row < len(self.hidden) and bool(self.hidden[row])

    def hide(self, row: int) -> None:
        """Mark a row as hidden."""
        _set_byte(self.hidden, row, 1)

    def mark(self, row: int, column: int, code: int) -> None:
        """Set the code of a cell."""
        _set_byte(self.codes.setdefault(column, bytearray()), row, code)


def _set_byte(column: bytearray, row: int, code: int) -> None:
    if len(column) <= row:
        column.extend(bytes(row + 1 - len(column)))
    column[row] = code


def contains_pattern(
    pattern: re.Pattern[bytes], part: IO[bytes], hints: Sequence[bytes] = (b"",)
) -> bool:
    """Return True if ``pattern`` contains_pattern in ``part``. A match has at most `OVERLAP_BYTES`.

    ``hints``: substrings of which each match contains one. Finding them first is ten times faster.
    """
    tail = b""
    while block := part.read(BLOCK_BYTES):
        text = tail + block
        if any(hint in text for hint in hints) and pattern.search(text):
            return True
        tail = block[-OVERLAP_BYTES:]
    return False


def parse(
    part: IO[bytes],
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Parse XML with callbacks, which get element names without a namespace.

    A document type is rejected, because its entities could expand without limit.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = _reject_doctype
    parser.StartElementHandler = lambda name, attributes: start(
        name[name.rfind(" ") + 1 :], attributes
    )
    if end:
        parser.EndElementHandler = lambda name: end(name[name.rfind(" ") + 1 :])
    if text:
        parser.CharacterDataHandler = text
    parser.ParseFile(part)


def _reject_doctype(*_: object) -> None:
    raise RejectedWorkbookError("not_excel")
