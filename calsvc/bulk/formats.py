"""The formats that a table of links comes in: each makes pieces of files from shards of rows."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from calsvc import qr_codes
from calsvc.bulk import letter_files, message_tables, ordered_letters, table_output
from calsvc.bulk.due import LAPSED
from calsvc.bulk.edition import Edition, Format, Piece
from calsvc.bulk.explanations import explain_all
from calsvc.bulk.outcomes import Issued, Outcome
from calsvc.bulk.records import HIDDEN, HiddenCells, Row
from calsvc.errors import Problem
from calsvc.feed.templates import feed_options, render_feed
from calsvc.links.content import LinkedCard

LINKS, FAULTY = "links.csv", "faulty.csv"
ADDED = (
    "certificate_expiry",
    "card_expiry",
    "page",
    "feed",
    "caution",
    "error",
    "number",
    "run_number",
)
KEY = "key"
"""The fingerprint of the key that sealed, so that links and copies can be compared."""
LETTER = "letter"
"""The file and page of a letter, where letters are made."""
OF_FAULTY = ("row", "error")
FURTHER: Mapping[str, Callable[[Edition], bool]] = {
    KEY: lambda _edition: True,
    "batch": lambda edition: not edition.selection.is_of_all or edition.selection.by_month,
    LETTER: lambda edition: bool(edition.sheet) and not edition.selection.is_ordered,
}
"""Columns that stand before the last where they are of use."""


# --- links.csv ----------------------------------------------------------------------------------


class LinksTable:
    """The table that came in, with what was found added at the right."""

    def __init__(self, edition: Edition) -> None:
        """See `Edition`."""
        self._edition = edition
        self._catalog = edition.catalog
        self._name = edition.named(LINKS)
        self._width = len(edition.columns.headers)
        self._names = [*ADDED]
        self._further = [name for name, is_told in FURTHER.items() if is_told(edition)]
        self._names[-1:-1] = self._further

    def opening(self) -> Iterator[Piece]:
        """The rows above the header as they came, and the header."""
        edition = self._edition
        added = [self._catalog.text(f"bulk.column.{name}") for name in self._names]
        header = edition.header.lengthened(self._width).cells
        rows = [*_in_place(edition.before, edition.header.number), [*header, *added]]
        yield Piece(self._name, table_output.opening(rows, edition.form), grows=True)

    def pieces(self, shard: Sequence[Outcome]) -> Iterator[Piece]:
        """The rows in their places; those without a link because they are hidden stay hidden."""
        rows = (
            HiddenCells(self._cells(each)) if each.skipped == HIDDEN else self._cells(each)
            for each in shard
        )
        content = table_output.write(rows, self._edition.form)
        yield Piece(self._name, content, grows=True)

    def _cells(self, outcome: Outcome) -> Sequence[str]:
        row = outcome.row
        if not row.cells:
            return row.cells
        added = self._added(outcome)
        added[-1:-1] = [self._fact(name, outcome) for name in self._further]
        if len(row.cells) == self._width:
            return [*row.cells, *added]
        lacking = [""] * (self._width - len(row.cells))
        return [*row.cells[: self._width], *lacking, *added, *row.cells[self._width :]]

    def _fact(self, name: str, outcome: Outcome) -> str:
        if name == LETTER:
            return self._edition.placed.get(outcome.row.number, "")
        if name == KEY:
            return self._edition.office.keyring.fingerprint if outcome.issued else ""
        found = self._edition.batch(outcome)
        return self._catalog.text("bulk.due.lapsed") if found == LAPSED else found

    def _added(self, outcome: Outcome) -> list[str]:
        issued = outcome.issued
        if outcome.skipped:
            reason = self._catalog.format_problem(Problem("row", outcome.skipped))
            return ["", "", "", "", reason, "", outcome.number, ""]
        if issued is None and not outcome.problems:
            return [""] * len(ADDED)
        if issued is None:
            return ["", "", "", "", "", self._faults(outcome.problems), outcome.number, ""]
        return [
            str(issued.plan.certificate_expiry),
            str(issued.plan.card_expiry),
            issued.addresses.page,
            issued.addresses.feed,
            self._remarks(outcome, issued) if issued.cautions or outcome.remarks else "",
            self._unprinted(outcome.row.number),
            outcome.number,
            self._edition.office.run_number.hex(),
        ]

    def _unprinted(self, number: int) -> str:
        """Returns why there is no letter or SMS, or ''."""
        edition = self._edition
        faults = (each.get(number) for each in (edition.unprinted, edition.unsent))
        return " ".join(self._catalog.format_problem(each) for each in faults if each)

    def _remarks(self, outcome: Outcome, issued: Issued) -> str:
        cautions = [self._catalog.format_caution(each) for each in issued.cautions]
        return " ".join([*cautions, self._faults(outcome.remarks)]).strip()

    def _faults(self, problems: Sequence[Problem]) -> str:
        return explain_all(problems, self._edition.columns, self._catalog)


def _in_place(rows: Iterable[Row], end: int) -> Iterator[Sequence[str]]:
    """Yield the cells of each row from 1 to before ``end``; rows that are not there are blank."""
    cells = {row.number: row.cells for row in rows}
    return (cells.get(number, []) for number in range(1, end))


class FaultyRows:
    """The faulty rows alone, to be mended and sent again; no file where there are none."""

    def __init__(self, edition: Edition) -> None:
        """See `Edition`."""
        self._edition = edition
        self._catalog = edition.catalog
        self._name = edition.named(FAULTY)
        self._begun = self._name in edition.begun

    def opening(self) -> Iterator[Piece]:
        """Nothing."""
        return iter(())

    def pieces(self, shard: Sequence[Outcome]) -> Iterator[Piece]:
        """The rows, led by their numbers and reasons; before the first of them the header."""
        form = self._edition.form
        rows = [self._cells(outcome) for outcome in shard if outcome.problems]
        if rows and not self._begun:
            self._begun = True
            header = [self._catalog.text(f"bulk.column.{name}") for name in OF_FAULTY]
            content = table_output.opening([[*header, *self._edition.columns.headers]], form)
            yield Piece(self._name, content, grows=True, opens=True)
        if rows:
            yield Piece(self._name, table_output.write(rows, form), grows=True)

    def _cells(self, outcome: Outcome) -> Sequence[str]:
        reason = explain_all(outcome.problems, self._edition.columns, self._catalog)
        return [str(outcome.row.number), reason, *outcome.row.cells]


# --- a file for each resident -------------------------------------------------------------------

Make = Callable[[Issued, Edition], bytes | None]


@dataclass(frozen=True)
class EachResident:
    """A file for each resident, named by the number in the table; ``make`` may have none."""

    folder: str
    suffix: str
    make: Make
    edition: Edition

    def opening(self) -> Iterator[Piece]:
        """Nothing."""
        return iter(())

    def pieces(self, shard: Sequence[Outcome]) -> Iterator[Piece]:
        """The files, in a folder for each thousand rows."""
        for outcome in shard:
            if content := self.edition.attempt(self.make, outcome):
                number = outcome.number
                yield Piece(f"{self.folder}/{number[:-3]}/{number}.{self.suffix}", content)


def ics(issued: Issued, _edition: Edition) -> bytes | None:
    """The resident's calendar, as the feed link gives it."""
    options = feed_options(issued.city, issued.catalog, issued.wish.reminders)
    return render_feed([LinkedCard(issued.plan)], options, issued.number, issued.addresses)


def qr_svg(issued: Issued, _edition: Edition) -> bytes | None:
    """The QR code of the resident's page, for print."""
    return qr_codes.draw_svg(issued.addresses.page)


def qr_png(issued: Issued, _edition: Edition) -> bytes | None:
    """The QR code of the resident's page, as a picture."""
    return qr_codes.draw_png(issued.addresses.page)


@dataclass(frozen=True)
class OnlyDue:
    """A format that is made for those alone to whom the run writes."""

    of: Format
    edition: Edition

    def opening(self) -> Iterator[Piece]:
        """What comes before the first row."""
        return self.of.opening()

    def pieces(self, shard: Sequence[Outcome]) -> Iterator[Piece]:
        """What comes of those rows of the shard."""
        return self.of.pieces([each for each in shard if self.edition.batch(each)])


LETTER_KINDS: Mapping[bool, Callable[[Edition], Format]] = {
    False: letter_files.Letters,
    True: ordered_letters.OrderedLetters,
}
# Letters and SMS come first, so that links.csv can say which are not there.
FORMATS: Mapping[str, Callable[[Edition], Format]] = {
    "letters": lambda edition: LETTER_KINDS[edition.selection.is_ordered](
        edition
    ),  # these two first, so that links.csv can say what is not there
    "sms": message_tables.SmsTable,
    "links": LinksTable,
    "ics": partial(EachResident, "ics", "ics", ics),
    "qr-svg": partial(EachResident, "qr", "svg", qr_svg),
    "qr-png": partial(EachResident, "qr", "png", qr_png),
    "eml": partial(EachResident, "eml", "eml", message_tables.eml),
    "mail-merge": message_tables.MailMerge,
}


def chosen(names: Collection[str], edition: Edition) -> list[Format]:
    """The formats ``names``, always ``links``, the index of all others, and the faulty rows."""
    made = {name: make(edition) for name, make in FORMATS.items() if name in {"links", *names}}
    if not edition.selection.is_of_all:
        limited = ((name, each) for name, each in made.items() if name != "links")
        made |= {name: OnlyDue(each, edition) for name, each in limited}
    return [*made.values(), FaultyRows(edition)]
