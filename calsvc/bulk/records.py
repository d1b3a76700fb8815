"""Rows, cells and the format of a table, independent of the kind of file."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from calsvc.errors import InvalidInputError, Problem

XLSX = "xlsx"
"""A value for `TableFormat.encoding`: the table is a workbook."""
MAX_COLUMNS = 200
HIDDEN = "row.hidden"
"""Message key of a row that is skipped because it is hidden."""


class Number(str):
    """The text of a workbook's cell that is a number. Other cells are plain text."""

    __slots__ = ()


class Uncomputed(str):
    """A cell of a workbook whose formula has no cached result, or an error as its result."""

    __slots__ = ()


class HiddenCells(list[str]):
    """The cells of a row that is written as a hidden row in a workbook."""


class Row(NamedTuple):
    """A record. ``number``: as in spreadsheets, from 1.

    ``problem_key``: the message key of a problem of the whole row, or ''.
    ``skipped``: the message key of the reason why it is not the row of a resident, or ''.
    ``repeats``: the number of the first row with the same cells, or 0.
    """

    number: int
    cells: Sequence[str]
    problem_key: str = ""
    skipped: str = ""
    repeats: int = 0

    @property
    def is_blank(self) -> bool:
        """True if the row has no problem and all its cells are empty."""
        if self.problem_key or "".join(self.cells).strip():
            return False
        return not any(isinstance(each, Uncomputed) for each in self.cells)

    def padded(self, width: int) -> "Row":
        """Return the row, padded with empty cells to at least ``width`` cells."""
        return self._replace(cells=[*self.cells, *[""] * (width - len(self.cells))])


@dataclass(frozen=True)
class TableFormat:
    """The format of a table's file. A workbook has the encoding `XLSX` and no delimiter."""

    encoding: str
    delimiter: str

    @property
    def suffix(self) -> str:
        """The suffix of file names, without a dot."""
        return "xlsx" if self.encoding == XLSX else "csv"


@dataclass(frozen=True)
class SheetInfo:
    """A sheet of a workbook that has cells.

    ``active``: True for the sheet that was selected when the file was saved.
    ``hidden``: the number of its hidden rows.
    """

    name: str
    visible: bool
    active: bool
    rows: int
    hidden: int


def unchanged_text(cell: str) -> str:
    """Return ``cell``. The reader for tables whose date cells need no conversion."""
    return cell


@dataclass(frozen=True)
class Table:
    """A table that is being read. ``rows`` follow the ``header`` and can be iterated once.

    ``read_day_text``: returns the date in a cell. ``estimated_rows``: 0 if unknown.
    ``rows_above``: the rows above the header. ``sample``: the first of ``rows``.
    ``sheets``: those of the workbook. ``sheet``: the name of the one that is read.
    ``notes``: messages for the clerk before files are made.
    """

    header: Row
    rows: Iterator[Row] = field(repr=False)
    table_format: TableFormat
    read_day_text: Callable[[str], str] = unchanged_text
    estimated_rows: int = 0
    rows_above: Sequence[Row] = ()
    headers: Sequence[str] = ()
    """The headers to match. Two lines are joined."""
    sample: Sequence[Row] = field(default=(), repr=False)
    sheets: Sequence[SheetInfo] = ()
    sheet: str = ""
    notes: Sequence[Problem] = ()


def table_error(key: str, **params: str | int) -> InvalidInputError:
    """Return the error for a table that is rejected. ``key``: below ``table``."""
    return InvalidInputError([Problem("table", f"table.{key}", params)])
