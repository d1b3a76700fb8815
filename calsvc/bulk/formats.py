"""The formats that a table of links comes in: each makes pieces of files from shards of rows."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from calsvc import codes
from calsvc.bulk import emails, letter_files, sms, table_output
from calsvc.bulk.edition import UNMADE, Edition, Format, Piece
from calsvc.bulk.encodings import UTF_8_BOM
from calsvc.bulk.explanations import explain_all
from calsvc.bulk.outcomes import Issued, Outcome
from calsvc.bulk.records import XLSX, Form, Row
from calsvc.bulk.resident_message import SUBJECTS, Invitation
from calsvc.errors import Problem
from calsvc.feed.templates import feed_options, render_feed
from calsvc.links.content import LinkedCard

LINKS, FAULTY = "links.csv", "faulty.csv"
MAIL_MERGE, SMS = "mail-merge.csv", "sms.csv"
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
LETTER = "letter"
"""The file and page of a letter, where letters are made."""
OF_FAULTY = ("row", "error")
MERGED = (
    *("number", "email", "name", "subject", "body", "language", "greeting", "opening", "status"),
    *("certificate_expiry", "certificate_window", "certificate_last_open_day"),
    *("card_expiry", "card_window", "card_last_open_day"),
    *("page", "feed", "places", "printed", "contact"),
)
"""A whole mail, and then its parts, for an office that writes its own around them."""
OF_SMS = ("number", "mobile", "text", "parts", "language")


# --- links.csv ----------------------------------------------------------------------------------


class LinksTable:
    """The table that came in, with what was found added at the right."""

    def __init__(self, edition: Edition) -> None:
        """See `Edition`."""
        self._edition = edition
        self._words = edition.words
        self._name = edition.named(LINKS)
        self._width = len(edition.columns.headers)
        self._names = [*ADDED]
        if edition.sheet:
            self._names.insert(-1, LETTER)

    def opening(self) -> Iterator[Piece]:
        """The rows above the header as they came, and the header."""
        edition = self._edition
        added = [self._words.text(f"bulk.column.{name}") for name in self._names]
        header = edition.header.lengthened(self._width).cells
        rows = [*_in_place(edition.before, edition.header.number), [*header, *added]]
        yield Piece(self._name, table_output.opening(rows, edition.form), grows=True)

    def pieces(self, shard: Sequence[Outcome]) -> Iterator[Piece]:
        """The rows in their places."""
        content = table_output.write(map(self._cells, shard), self._edition.form)
        yield Piece(self._name, content, grows=True)

    def _cells(self, outcome: Outcome) -> Sequence[str]:
        row = outcome.row
        if not row.cells:
            return row.cells
        added = self._added(outcome)
        if self._edition.sheet:
            added.insert(-1, self._edition.placed.get(outcome.row.number, ""))
        if len(row.cells) == self._width:
            return [*row.cells, *added]
        lacking = [""] * (self._width - len(row.cells))
        return [*row.cells[: self._width], *lacking, *added, *row.cells[self._width :]]

    def _added(self, outcome: Outcome) -> list[str]:
        issued = outcome.issued
        if outcome.skipped:
            reason = self._words.problem(Problem("row", outcome.skipped))
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
        return " ".join(self._words.problem(each) for each in faults if each)

    def _remarks(self, outcome: Outcome, issued: Issued) -> str:
        cautions = [self._words.caution(each) for each in issued.cautions]
        return " ".join([*cautions, self._faults(outcome.remarks)]).strip()

    def _faults(self, problems: Sequence[Problem]) -> str:
        return explain_all(problems, self._edition.columns, self._words)


def _in_place(rows: Iterable[Row], end: int) -> Iterator[Sequence[str]]:
    """Yield the cells of each row from 1 to before ``end``; rows that are not there are blank."""
    cells = {row.number: row.cells for row in rows}
    return (cells.get(number, []) for number in range(1, end))


class FaultyRows:
    """The faulty rows alone, to be mended and sent again; no file where there are none."""

    def __init__(self, edition: Edition) -> None:
        """See `Edition`."""
        self._edition = edition
        self._words = edition.words
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
            header = [self._words.text(f"bulk.column.{name}") for name in OF_FAULTY]
            content = table_output.opening([[*header, *self._edition.columns.headers]], form)
            yield Piece(self._name, content, grows=True, opens=True)
        if rows:
            yield Piece(self._name, table_output.write(rows, form), grows=True)

    def _cells(self, outcome: Outcome) -> Sequence[str]:
        reason = explain_all(outcome.problems, self._edition.columns, self._words)
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
    options = feed_options(issued.city, issued.words, issued.wish.reminders)
    return render_feed([LinkedCard(issued.plan)], options, issued.number, issued.addresses)


def qr_svg(issued: Issued, _edition: Edition) -> bytes | None:
    """The QR code of the resident's page, for print."""
    return codes.svg(issued.addresses.page)


def qr_png(issued: Issued, _edition: Edition) -> bytes | None:
    """The QR code of the resident's page, as a picture."""
    return codes.png(issued.addresses.page)


def eml(issued: Issued, edition: Edition) -> bytes | None:
    """The e-mail as a draft, for residents with an address."""
    return emails.draft(_mail(issued, edition), edition.messages) if issued.email else None


def _mail(issued: Issued, edition: Edition) -> emails.Mail:
    invited = letter_files.invited(issued, edition)
    return emails.mail(issued.email, invited, issued.addresses, issued.words, edition.messages)


def _merged(issued: Issued, edition: Edition) -> Sequence[str]:
    """Returns all of `MERGED` but the number."""
    told, mail = letter_files.invited(issued, edition), _mail(issued, edition)
    whole = (mail.to, issued.name, mail.subject, mail.body, issued.words.language)
    plan = issued.plan
    expiries = (plan.certificate_expiry, plan.card_expiry)
    days = zip(SUBJECTS["both"], map(issued.words.day, expiries), strict=True)
    return [
        *(*whole, told.addressee, told.opening, "\n".join(told.states)),
        *(each for subject, expiry in days for each in _days(told, subject, expiry)),
        *(issued.addresses.page, issued.addresses.feed),
        *("\n".join(told.places), told.printed, told.contact),
    ]


def _days(told: Invitation, subject: str, expiry: str) -> Sequence[str]:
    return expiry, told.windows.get(subject, ""), told.last_open_days.get(subject, "")


# --- mail merge ---------------------------------------------------------------------------------


class MailMerge:
    """A row for each resident with an e-mail address.

    Its texts are in several languages, so it is UTF-8 unless it is a workbook.
    """

    def __init__(self, edition: Edition) -> None:
        """See `Edition`."""
        self._edition = edition
        self._name = edition.named(MAIL_MERGE)
        self._form = edition.form if edition.form.encoding == XLSX else Form(UTF_8_BOM, ",")

    def opening(self) -> Iterator[Piece]:
        """The header."""
        header = [self._edition.words.text(f"bulk.column.{name}") for name in MERGED]
        yield Piece(self._name, table_output.opening([header], self._form), grows=True)

    def pieces(self, shard: Sequence[Outcome]) -> Iterator[Piece]:
        """The rows."""
        yield Piece(self._name, table_output.write(self._rows(shard), self._form), grows=True)

    def _rows(self, shard: Sequence[Outcome]) -> Iterator[Sequence[str]]:
        for each in shard:
            if not each.issued or not each.issued.email:
                continue
            if parts := self._edition.attempt(_merged, each):
                yield each.number, *parts


# --- SMS ----------------------------------------------------------------------------------------


class SmsTable:
    """A row for each resident with a mobile phone, for the service that sends SMS."""

    def __init__(self, edition: Edition) -> None:
        """See `Edition`."""
        self._edition = edition
        self._name = edition.named(SMS)
        self._form = edition.form if edition.form.encoding == XLSX else Form(UTF_8_BOM, ",")

    def opening(self) -> Iterator[Piece]:
        """The header."""
        header = [self._edition.words.text(f"bulk.column.{name}") for name in OF_SMS]
        yield Piece(self._name, table_output.opening([header], self._form), grows=True)

    def pieces(self, shard: Sequence[Outcome]) -> Iterator[Piece]:
        """The rows."""
        self._edition.unsent.clear()
        yield Piece(self._name, table_output.write(self._rows(shard), self._form), grows=True)

    def _rows(self, shard: Sequence[Outcome]) -> Iterator[Sequence[str]]:
        most = self._edition.messages.sms_parts
        for each in shard:
            if not each.issued or not each.issued.mobile:
                continue
            if not (found := self._edition.attempt(_sms, each)):
                continue
            if fault := sms.too_long(found, most):
                self._edition.unsent[each.row.number] = fault
                self._edition.failures[UNMADE] += 1
            else:
                language = each.issued.words.language
                yield each.number, each.issued.mobile, found.text, str(found.parts), language


def _sms(issued: Issued, edition: Edition) -> sms.Sms:
    invited = letter_files.invited(issued, edition)
    return sms.sms(invited, issued.addresses, issued.words, edition.messages)


FORMATS: Mapping[str, Callable[[Edition], Format]] = {
    "letters": letter_files.Letters,  # these two first, so that links.csv can say what is not there
    "sms": SmsTable,
    "links": LinksTable,
    "ics": partial(EachResident, "ics", "ics", ics),
    "qr-svg": partial(EachResident, "qr", "svg", qr_svg),
    "qr-png": partial(EachResident, "qr", "png", qr_png),
    "eml": partial(EachResident, "eml", "eml", eml),
    "mail-merge": MailMerge,
}


def chosen(names: Collection[str], edition: Edition) -> list[Format]:
    """The formats ``names``, always ``links``, the index of all others, and the faulty rows."""
    made = [make(edition) for name, make in FORMATS.items() if name in {"links", *names}]
    return [*made, FaultyRows(edition)]
