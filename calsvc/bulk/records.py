"""Rows, cells and the form of a table, whatever file it stands in."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from calsvc.errors import InvalidInputError, Problem

XLSX = "xlsx"
"""Stands for the encoding of a workbook."""
MAX_COLUMNS = 200
HIDDEN = "row.hidden"
"""Why a hidden row is no resident's, as a message key."""


class Number(str):
    """The text of a cell that is a number in a workbook; other cells are plain text."""

    __slots__ = ()


class Uncomputed(str):
    """A cell whose formula has no cached result, or whose result is an error."""

    __slots__ = ()


class HiddenCells(list[str]):
    """The cells of a row that stays hidden in a workbook."""


class Row(NamedTuple):
    """A record and its place as spreadsheets count, 1 for the first.

    ``fault``: the message key of what is wrong with it as a whole. ``skipped``: the message key
    of why it is no resident's, such as a hidden row's.
    """

    number: int
    cells: Sequence[str]
    fault: str = ""
    skipped: str = ""

    @property
    def blank(self) -> bool:
        """Whether nothing stands in it."""
        if self.fault or "".join(self.cells).strip():
            return False
        return not any(isinstance(each, Uncomputed) for each in self.cells)

    def lengthened(self, width: int) -> "Row":
        """Returns the row with at least ``width`` cells."""
        return self._replace(cells=[*self.cells, *[""] * (width - len(self.cells))])


@dataclass(frozen=True)
class Form:
    """How a table is written down; a workbook has the encoding `XLSX` and no delimiter."""

    encoding: str
    delimiter: str

    @property
    def suffix(self) -> str:
        """What file names end in."""
        return "xlsx" if self.encoding == XLSX else "csv"


@dataclass(frozen=True)
class SheetInfo:
    """A sheet of a workbook that has cells; ``active``: the one on top when it was saved.

    ``hidden`` counts its hidden rows.
    """

    name: str
    visible: bool
    active: bool
    rows: int
    hidden: int


def as_written(cell: str) -> str:
    """Returns ``cell``: the day in a cell of a table that adds nothing to it."""
    return cell


@dataclass(frozen=True)
class Table:
    """A table being read: ``rows`` come after the ``header``, ``day_text`` reads date cells.

    ``expected``: about how many rows there are, where the file says so. ``before``: the rows above
    the header. ``sample``: the first of ``rows``. ``sheets``: those of the workbook, of which
    ``sheet`` is read. ``remarks``: what the clerk is told before anything is made.
    """

    header: Row
    rows: Iterator[Row] = field(repr=False)
    form: Form
    day_text: Callable[[str], str] = as_written
    expected: int = 0
    before: Sequence[Row] = ()
    names: Sequence[str] = ()
    """The headers as they are recognised: of two lines in one."""
    sample: Sequence[Row] = field(default=(), repr=False)
    sheets: Sequence[SheetInfo] = ()
    sheet: str = ""
    remarks: Sequence[Problem] = ()


def unusable(key: str, **params: str | int) -> InvalidInputError:
    """Returns the error of a table that cannot be worked on at all."""
    return InvalidInputError([Problem("table", f"table.{key}", params)])
