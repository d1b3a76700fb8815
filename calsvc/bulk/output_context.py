"""Pieces of output files, and the data of a run that all output formats share."""

import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from calsvc.bulk.columns import Columns
from calsvc.bulk.due import ALL_RESIDENTS, Selection, find_batch
from calsvc.bulk.outcomes import BulkContext, IssuedLink, Outcome
from calsvc.bulk.records import Row, TableFormat
from calsvc.bulk.styles import PLAIN_STYLES, Style, Styles
from calsvc.errors import Problem, error_location
from calsvc.i18n.catalogs import Catalog, get_catalog

T = TypeVar("T")
logger = logging.getLogger("calsvc.bulk")
UNMADE = "unmade"
"""Key of the count of files that failed although their link is valid."""


@dataclass(frozen=True)
class FilePiece:
    """Bytes of the output file ``name``.

    ``appends``: the bytes are appended; otherwise they are the whole file.
    ``starts_file``: the bytes are the beginning, and are dropped if the file already exists.
    """

    name: str
    content: bytes
    appends: bool = False
    starts_file: bool = False


class OutputFormat(Protocol):
    """One format of the output."""

    def start(self) -> Iterator[FilePiece]:
        """Yield the pieces before the first row."""
        ...

    def pieces(self, chunk: Sequence[Outcome]) -> Iterator[FilePiece]:
        """Yield the pieces for the rows of one chunk."""
        ...


@dataclass(frozen=True)
class OutputContext:
    """Data of a run that all output formats share.

    ``rows_above``: the rows above the header. ``styles``: of letters and messages.
    ``started_files``: files that an interrupted run has started. ``selection``: residents who get
    letters and messages. ``tick``: called for each file and letter.
    ``resources``: released after the run. ``failures``: counts of files that could not be made.
    By row number, ``letter_locations`` has file and page of the letter. ``letter_problems`` and
    ``sms_problems`` have the reason why there is none.
    """

    header: Row
    table_format: TableFormat
    columns: Columns
    context: BulkContext
    styles: Styles = PLAIN_STYLES
    rows_above: Sequence[Row] = ()
    started_files: Collection[str] = ()
    tick: Callable[[], None] = lambda: None
    failures: Counter[str] = field(default_factory=Counter)
    letter_locations: dict[int, str] = field(default_factory=dict)
    letter_problems: dict[int, Problem] = field(default_factory=dict)
    resources: ExitStack = field(default_factory=ExitStack)
    sms_problems: dict[int, Problem] = field(default_factory=dict)
    selection: Selection = ALL_RESIDENTS

    @property
    def catalog(self) -> Catalog:
        """The catalog of the clerk's language, which is that of the table's headers."""
        return get_catalog(self.columns.language)

    @property
    def has_letters(self) -> bool:
        """True if the run makes letters."""
        return self.styles.default.sheet is not None

    @property
    def waits_for_letters(self) -> bool:
        """True if letters are made only after the last row."""
        return self.has_letters and self.selection.is_ordered

    def style(self, issued: IssuedLink) -> Style:
        """Return the style of a resident's letters and messages."""
        return self.styles.of(issued.municipality)

    def file_name(self, name: str) -> str:
        """Return the name of an output table. It has the same file type as the input."""
        return f"{name.removesuffix('csv')}{self.table_format.suffix}"

    def batch(self, outcome: Outcome) -> str:
        """Return the batch of a resident, or '' for none. See `calsvc.bulk.due.find_batch`."""
        issued = outcome.issued
        return find_batch(issued, self.selection, self.context.today) if issued else ""

    def attempt(
        self, render: Callable[[IssuedLink, "OutputContext"], T], outcome: Outcome
    ) -> T | None:
        """Return what ``render`` makes of a resident's link, or None without a link or on failure.

        A failure is logged and counted. It does not stop the run.
        """
        if outcome.issued is None:
            return None
        self.tick()
        try:
            return render(outcome.issued, self)
        except Exception as error:
            row = outcome.row.number
            logger.error("a file of row %d could not be made: %s", row, error_location(error))
            self.failures[UNMADE] += 1
            return None
