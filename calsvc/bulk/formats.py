"""The formats that a table of links comes in: each makes pieces of files from shards of rows."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from calsvc import codes
from calsvc.bulk import letter_files, message_tables, ordered_letters, table_output
from calsvc.bulk.edition import Edition, Format, Piece
from calsvc.bulk.explanations import explain_all
from calsvc.bulk.links_table import LinksTable, WaitingLinks
from calsvc.bulk.outcomes import Issued, Outcome
from calsvc.feed.templates import feed_options, render_feed
from calsvc.links.content import LinkedCard

FAULTY = "faulty.csv"
OF_FAULTY = ("row", "error")


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
    return codes.svg(issued.addresses.page)


def qr_png(issued: Issued, _edition: Edition) -> bytes | None:
    """The QR code of the resident's page, as a picture."""
    return codes.png(issued.addresses.page)


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


def _letters(edition: Edition) -> Format:
    is_ordered = edition.selection.is_ordered
    return ordered_letters.OrderedLetters(edition) if is_ordered else letter_files.Letters(edition)


def _links(edition: Edition) -> Format:
    return WaitingLinks(edition) if edition.waits_for_letters else LinksTable(edition)


# Letters and SMS come first, so that links.csv can say which are not there.
FORMATS: Mapping[str, Callable[[Edition], Format]] = {
    "letters": _letters,
    "sms": message_tables.SmsTable,
    "links": _links,
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
