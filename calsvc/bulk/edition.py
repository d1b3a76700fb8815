"""Pieces of output files, and the data of a run that all output formats share."""

import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from calsvc.bulk.columns import Columns
from calsvc.bulk.due import EVERYBODY, Selection, batch
from calsvc.bulk.message_settings import PLAIN_MESSAGES, MessageSettings
from calsvc.bulk.outcomes import Issued, Office, Outcome
from calsvc.bulk.records import Row, TableFormat
from calsvc.errors import Problem, where
from calsvc.i18n.catalogs import Catalog, get_catalog
from calsvc.letters.compiler import Sheet

T = TypeVar("T")
logger = logging.getLogger("calsvc.bulk")
UNMADE = "unmade"
"""Key of the count of files that could not be made although the link is valid."""


@dataclass(frozen=True)
class Piece:
    """Bytes of the output file ``name``.

    ``grows``: the bytes are appended; otherwise they are the whole file.
    ``opens``: the bytes are the beginning, and are dropped if the file already exists.
    """

    name: str
    content: bytes
    grows: bool = False
    opens: bool = False


class Format(Protocol):
    """One format of the output."""

    def opening(self) -> Iterator[Piece]:
        """Yield the pieces before the first row."""
        ...

    def pieces(self, shard: Sequence[Outcome]) -> Iterator[Piece]:
        """Yield the pieces for the rows of one shard."""
        ...


@dataclass(frozen=True)
class Edition:
    """Data of a run that all output formats share.

    ``sheet``: None if the run makes no letters. ``before``: the rows above the header.
    ``begun``: files that an interrupted run has started. ``tick``: called for each file and letter.
    ``failures``: counts of files that could not be made. ``resources``: released after the run.
    ``placed``: file and page of each letter, by row number. ``unprinted`` and ``unsent``: the
    reasons why a row has no letter or no SMS. ``messages``: settings of e-mails and SMS.
    ``selection``: residents who get letters and messages.
    """

    header: Row
    form: TableFormat
    columns: Columns
    office: Office
    sheet: Sheet | None = None
    before: Sequence[Row] = ()
    begun: Collection[str] = ()
    tick: Callable[[], None] = lambda: None
    failures: Counter[str] = field(default_factory=Counter)
    placed: dict[int, str] = field(default_factory=dict)
    unprinted: dict[int, Problem] = field(default_factory=dict)
    resources: ExitStack = field(default_factory=ExitStack)
    messages: MessageSettings = PLAIN_MESSAGES
    unsent: dict[int, Problem] = field(default_factory=dict)
    selection: Selection = EVERYBODY

    @property
    def catalog(self) -> Catalog:
        """The catalog of the clerk's language, which is that of the table's headers."""
        return get_catalog(self.columns.language)

    def named(self, name: str) -> str:
        """Return the name of an output table. It has the same file type as the input."""
        return f"{name.removesuffix('csv')}{self.form.suffix}"

    def batch(self, outcome: Outcome) -> str:
        """Return the batch of a resident, or '' for none. See `calsvc.bulk.due.batch`."""
        issued = outcome.issued
        return batch(issued, self.selection, self.office.today) if issued else ""

    def attempt(self, make: Callable[[Issued, "Edition"], T], outcome: Outcome) -> T | None:
        """Return what ``make`` makes of a resident's link, or None without a link or on failure.

        A failure is logged and counted. It does not stop the run.
        """
        if outcome.issued is None:
            return None
        self.tick()
        try:
            return make(outcome.issued, self)
        except Exception as error:
            row = outcome.row.number
            logger.error("a file of row %d could not be made: %s", row, where(error))
            self.failures[UNMADE] += 1
            return None
