"""What the formats of a run share: pieces of files, and the run that they belong to."""

import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from calsvc.bulk.columns import Columns
from calsvc.bulk.due import EVERYBODY, Selection, batch
from calsvc.bulk.outcomes import Issued, Office, Outcome
from calsvc.bulk.records import Form, Row
from calsvc.bulk.styles import PLAIN_STYLES, Style, Styles
from calsvc.errors import Problem, where
from calsvc.i18n.catalogs import Catalog, get_catalog

T = TypeVar("T")
logger = logging.getLogger("calsvc.bulk")
UNMADE = "unmade"
"""Counts the files that could not be made though their link is good."""


@dataclass(frozen=True)
class Piece:
    """Bytes for the file ``name``: all of it, or what comes next where the file ``grows``.

    One that ``opens`` a file is left out where the file has been begun.
    """

    name: str
    content: bytes
    grows: bool = False
    opens: bool = False


class Format(Protocol):
    """One format of the output."""

    def opening(self) -> Iterator[Piece]:
        """What comes before the first row."""
        ...

    def pieces(self, shard: Sequence[Outcome]) -> Iterator[Piece]:
        """What comes of the rows of one shard."""
        ...


@dataclass(frozen=True)
class Edition:
    """What all formats of a run share. ``styles``: of letters and messages, by municipality.

    ``before``: the rows above the header. ``begun``: the files that an interrupted run has begun.
    ``tick`` is called for each file and letter. ``failures`` counts what could not be made.
    ``placed``: the file and page of each row's letter; ``unprinted``: why a row has none.
    ``resources`` are released when the run ends. ``unsent``: why a row has no SMS. ``selection``:
    whom letters and messages are made for.
    """

    header: Row
    form: Form
    columns: Columns
    office: Office
    styles: Styles = PLAIN_STYLES
    before: Sequence[Row] = ()
    begun: Collection[str] = ()
    tick: Callable[[], None] = lambda: None
    failures: Counter[str] = field(default_factory=Counter)
    placed: dict[int, str] = field(default_factory=dict)
    unprinted: dict[int, Problem] = field(default_factory=dict)
    resources: ExitStack = field(default_factory=ExitStack)
    unsent: dict[int, Problem] = field(default_factory=dict)
    selection: Selection = EVERYBODY

    @property
    def catalog(self) -> Catalog:
        """The clerk's language: that of the table's headers."""
        return get_catalog(self.columns.language)

    @property
    def has_letters(self) -> bool:
        """Returns whether letters are made."""
        return self.styles.default.sheet is not None

    @property
    def waits_for_letters(self) -> bool:
        """Returns whether letters are made after the last row alone."""
        return self.has_letters and self.selection.is_ordered

    def style(self, issued: Issued) -> Style:
        """Returns what the letters and messages of a resident look like."""
        return self.styles.of(issued.city)

    def named(self, name: str) -> str:
        """Returns the name of a table of the output in the form that the input has."""
        return f"{name.removesuffix('csv')}{self.form.suffix}"

    def batch(self, outcome: Outcome) -> str:
        """Returns the batch that a resident is in, or '' for none. See `batch`."""
        issued = outcome.issued
        return batch(issued, self.selection, self.office.today) if issued else ""

    def attempt(self, make: Callable[[Issued, "Edition"], T], outcome: Outcome) -> T | None:
        """Make something of a resident's link, if there is one; a failure stops no other."""
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
