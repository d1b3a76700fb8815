"""The formats that a table of links comes in: each makes pieces of files from shards of rows."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import partial
from typing import Protocol

from calsvc import codes
from calsvc.bulk import csv_files, emails
from calsvc.bulk.columns import Columns
from calsvc.bulk.csv_files import UTF_8_BOM, Form, Row
from calsvc.bulk.fonts import Font
from calsvc.bulk.resident_message import Invitation, invitation
from calsvc.bulk.rows import Check, Issued, Office, Outcome
from calsvc.errors import Problem
from calsvc.feed.templates import feed_options, render_feed
from calsvc.i18n.catalogs import Catalog, catalog
from calsvc.links.content import LinkedCard, Reminders

LINKS = "links.csv"
MAIL_MERGE = "mail-merge.csv"
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
MERGED = ("number", "email", "name", "subject", "body")


@dataclass(frozen=True)
class Piece:
    """Bytes for the file ``name``: all of it, or what comes next where the file ``grows``."""

    name: str
    content: bytes
    grows: bool = False


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
    """What all formats of a run share. ``font`` is there where letters are asked for."""

    header: Row
    form: Form
    columns: Columns
    office: Office
    font: Font | None = None

    @property
    def words(self) -> Catalog:
        """The clerk's language: that of the table's headers."""
        return catalog(self.columns.language)


# --- links.csv ----------------------------------------------------------------------------------


class LinksTable:
    """The table that came in, with what was found added at the right."""

    def __init__(self, edition: Edition) -> None:
        """See `Edition`."""
        self._edition = edition
        self._words = edition.words
        self._width = len(edition.columns.headers)

    def opening(self) -> Iterator[Piece]:
        """Blank lines as they came, and the header."""
        form = self._edition.form
        blank: list[list[str]] = [[]] * (self._edition.header.number - 1)
        added = [self._words.text(f"bulk.column.{name}") for name in ADDED]
        rows = csv_files.write([*blank, [*self._edition.columns.headers, *added]], form)
        yield Piece(LINKS, csv_files.byte_order_mark(form) + rows, grows=True)

    def pieces(self, shard: Sequence[Outcome]) -> Iterator[Piece]:
        """The rows in their places."""
        yield Piece(LINKS, csv_files.write(map(self._cells, shard), self._edition.form), grows=True)

    def _cells(self, outcome: Outcome) -> Sequence[str]:
        row = outcome.row
        if not row.cells:
            return row.cells
        added = self._added(outcome) if outcome.issued or outcome.problems else [""] * len(ADDED)
        if len(row.cells) == self._width:
            return [*row.cells, *added]
        lacking = [""] * (self._width - len(row.cells))
        return [*row.cells[: self._width], *lacking, *added, *row.cells[self._width :]]

    def _added(self, outcome: Outcome) -> list[str]:
        issued = outcome.issued
        if issued is None:
            return ["", "", "", "", "", self._faults(outcome.problems), outcome.number, ""]
        return [
            str(issued.plan.certificate_expiry),
            str(issued.plan.card_expiry),
            issued.addresses.page,
            issued.addresses.feed,
            self._remarks(outcome, issued) if issued.cautions or outcome.remarks else "",
            "",
            outcome.number,
            self._edition.office.run_number.hex(),
        ]

    def _remarks(self, outcome: Outcome, issued: Issued) -> str:
        cautions = [self._words.caution(each) for each in issued.cautions]
        return " ".join([*cautions, self._faults(outcome.remarks)]).strip()

    def _faults(self, problems: Sequence[Problem]) -> str:
        return " ".join(explain(each, self._edition.columns, self._words) for each in problems)


def explain(problem: Problem, columns: Columns, words: Catalog) -> str:
    """What is wrong, led by the name of the column where it is one column's."""
    if problem.field == "row":
        return words.problem(problem)
    facts = {"column": columns.header(problem.field), "problem": words.problem(problem)}
    return words.text("bulk.fault", facts)


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
            if outcome.issued and (content := self.make(outcome.issued, self.edition)):
                number = outcome.number
                yield Piece(f"{self.folder}/{number[:-3]}/{number}.{self.suffix}", content)


def ics(issued: Issued, edition: Edition) -> bytes | None:
    """The resident's calendar, as the feed link gives it."""
    options = feed_options(edition.office.city, issued.words, Reminders.STANDARD)
    return render_feed([LinkedCard(issued.plan)], options, issued.number, issued.addresses)


def qr_svg(issued: Issued, _edition: Edition) -> bytes | None:
    """The QR code of the resident's page, for print."""
    return codes.svg(issued.addresses.page)


def qr_png(issued: Issued, _edition: Edition) -> bytes | None:
    """The QR code of the resident's page, as a picture."""
    return codes.png(issued.addresses.page)


def eml(issued: Issued, edition: Edition) -> bytes | None:
    """The e-mail as a draft, for residents with an address."""
    return emails.draft(_mail(issued, edition)) if issued.email else None


def _mail(issued: Issued, edition: Edition) -> emails.Mail:
    return emails.mail(issued.email, _invited(issued, edition), issued.addresses, issued.words)


def _invited(issued: Issued, edition: Edition) -> Invitation:
    return invitation(issued.name, issued.plan, edition.office.city, issued.words)


# --- mail merge ---------------------------------------------------------------------------------


class MailMerge:
    """A row for each resident with an e-mail address: UTF-8, for it holds several languages."""

    form = Form(UTF_8_BOM, ",")

    def __init__(self, edition: Edition) -> None:
        """See `Edition`."""
        self._edition = edition

    def opening(self) -> Iterator[Piece]:
        """The header."""
        header = [self._edition.words.text(f"bulk.column.{name}") for name in MERGED]
        content = csv_files.byte_order_mark(self.form) + csv_files.write([header], self.form)
        yield Piece(MAIL_MERGE, content, grows=True)

    def pieces(self, shard: Sequence[Outcome]) -> Iterator[Piece]:
        """The rows."""
        yield Piece(MAIL_MERGE, csv_files.write(self._rows(shard), self.form), grows=True)

    def _rows(self, shard: Sequence[Outcome]) -> Iterator[Sequence[str]]:
        for each in shard:
            if each.issued and each.issued.email:
                mail = _mail(each.issued, self._edition)
                yield each.number, mail.to, each.issued.name, mail.subject, mail.body


# --- letters ------------------------------------------------------------------------------------


def name_check(font: Font) -> Check:
    """What there is to say of names that ``font`` cannot set."""

    def check(name: str) -> Problem | None:
        return Problem("name", "name.not_in_font") if font.lacks(name) else None

    return check


class Letters:
    """A PDF of letters for each shard."""

    def __init__(self, edition: Edition) -> None:
        """``edition`` has a font."""
        self._edition = edition

    def opening(self) -> Iterator[Piece]:
        """Nothing."""
        return iter(())

    def pieces(self, shard: Sequence[Outcome]) -> Iterator[Piece]:
        """The letters of one shard, in the order of the table."""
        from calsvc.bulk import letters  # noqa: PLC0415 - slow, and most runs have no letters

        found = [
            letters.Letter(_invited(each, self._edition), each.addresses.page, each.words)
            for each in (outcome.issued for outcome in shard)
            if each
        ]
        if found and self._edition.font:
            made = datetime.combine(self._edition.office.today, time.min)
            content = letters.pdf(found, self._edition.font, made)
            yield Piece(f"letters/letters-{shard[0].number[:-3]}.pdf", content)


FORMATS: Mapping[str, Callable[[Edition], Format]] = {
    "links": LinksTable,
    "ics": partial(EachResident, "ics", "ics", ics),
    "qr-svg": partial(EachResident, "qr", "svg", qr_svg),
    "qr-png": partial(EachResident, "qr", "png", qr_png),
    "letters": Letters,
    "eml": partial(EachResident, "eml", "eml", eml),
    "mail-merge": MailMerge,
}


def chosen(names: Collection[str], edition: Edition) -> list[Format]:
    """The formats ``names``, and always ``links``: it is the index of all others."""
    return [make(edition) for name, make in FORMATS.items() if name in {"links", *names}]
