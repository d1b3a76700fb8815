"""Tables of e-mails and SMS for the programs that send them, and e-mail drafts.

Their texts are in several languages, so a table is UTF-8 unless it is a workbook.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter

from calsvc.bulk import emails, letter_files, sms, table_output
from calsvc.bulk.edition import UNMADE, Edition, Piece
from calsvc.bulk.encodings import UTF_8_BOM
from calsvc.bulk.outcomes import Issued, Outcome
from calsvc.bulk.records import XLSX, Form
from calsvc.bulk.resident_message import SUBJECTS, Invitation

MAIL_MERGE, SMS = "mail-merge.csv", "sms.csv"
MERGED = (
    *("number", "email", "name", "subject", "body", "language", "greeting", "opening", "status"),
    *("certificate_expiry", "certificate_window", "certificate_last_open_day"),
    *("card_expiry", "card_window", "card_last_open_day"),
    *("page", "feed", "places", "printed", "contact"),
)
"""A whole mail, and then its parts, for an office that writes its own around them."""
OF_SMS = ("number", "mobile", "text", "parts", "language")

Cells = Sequence[str]


class BatchedTable:
    """A table, or one for each batch: rows that ``make`` returns, or none."""

    def __init__(
        self,
        name: str,
        columns: Sequence[str],
        make: Callable[[Outcome], Cells | None],
        edition: Edition,
    ) -> None:
        """``name``: of the file; ``columns``: keys below ``bulk.column``."""
        self._name, self._make, self._edition = name, make, edition
        self._form = edition.form if edition.form.encoding == XLSX else Form(UTF_8_BOM, ",")
        self._header = [edition.catalog.text(f"bulk.column.{each}") for each in columns]
        self._begun = set(edition.begun)

    def opening(self) -> Iterator[Piece]:
        """The header of the one table."""
        if not self._edition.selection.by_month:
            yield self._opening(self._edition.named(self._name))

    def pieces(self, shard: Sequence[Outcome]) -> Iterator[Piece]:
        """The rows, and the header of each batch that begins with them."""
        by_month = self._edition.selection.by_month
        found = [(self._edition.batch(each) if by_month else "", each) for each in shard]
        rows = [(batch, cells) for batch, each in found if (cells := self._make(each))]
        for batch, part in groupby(sorted(rows, key=itemgetter(0)), itemgetter(0)):
            name = self._named(batch)
            if by_month and name not in self._begun:
                self._begun.add(name)
                yield self._opening(name)
            yield Piece(name, table_output.write([each for _, each in part], self._form), True)

    def _opening(self, name: str) -> Piece:
        return Piece(name, table_output.opening([self._header], self._form), grows=True, opens=True)

    def _named(self, batch: str) -> str:
        stem, _, suffix = self._name.partition(".")
        return self._edition.named(f"{stem}-{batch}.{suffix}" if batch else self._name)


# --- e-mails ------------------------------------------------------------------------------------


def eml(issued: Issued, edition: Edition) -> bytes | None:
    """The e-mail as a draft, for residents with an address."""
    if not issued.email:
        return None
    told = letter_files.invited(issued, edition.office.today)
    return emails.draft(_mail(issued, told, edition), edition.style(issued).messages)


def _mail(issued: Issued, told: Invitation, edition: Edition) -> emails.Mail:
    settings = edition.style(issued).messages
    return emails.mail(issued.email, told, issued.addresses, issued.catalog, settings)


class MailMerge(BatchedTable):
    """A row for each resident with an e-mail address."""

    def __init__(self, edition: Edition) -> None:
        """See `Edition`."""
        super().__init__(MAIL_MERGE, MERGED, self._cells, edition)

    def _cells(self, outcome: Outcome) -> Cells | None:
        if not outcome.issued or not outcome.issued.email:
            return None
        parts = self._edition.attempt(_merged, outcome)
        return [outcome.number, *parts] if parts else None


def _merged(issued: Issued, edition: Edition) -> Cells:
    """Returns all of `MERGED` but the number."""
    told = letter_files.invited(issued, edition.office.today)
    mail = _mail(issued, told, edition)
    whole = (mail.to, issued.name, mail.subject, mail.body, issued.catalog.language)
    expiries = (issued.plan.certificate_expiry, issued.plan.card_expiry)
    days = zip(SUBJECTS["both"], map(issued.catalog.day, expiries), strict=True)
    return [
        *(*whole, told.addressee, told.opening, "\n".join(told.states)),
        *(each for subject, expiry in days for each in _days(told, subject, expiry)),
        *(issued.addresses.page, issued.addresses.feed),
        *("\n".join(told.places), told.printed, told.contact),
    ]


def _days(told: Invitation, subject: str, expiry: str) -> Cells:
    return expiry, told.windows.get(subject, ""), told.last_open_days.get(subject, "")


# --- SMS ----------------------------------------------------------------------------------------


class SmsTable(BatchedTable):
    """A row for each resident with a mobile phone."""

    def __init__(self, edition: Edition) -> None:
        """See `Edition`."""
        super().__init__(SMS, OF_SMS, self._cells, edition)

    def pieces(self, shard: Sequence[Outcome]) -> Iterator[Piece]:
        """The rows."""
        self._edition.unsent.clear()
        yield from super().pieces(shard)

    def _cells(self, outcome: Outcome) -> Cells | None:
        issued = outcome.issued
        if not issued or not issued.mobile:
            return None
        if not (found := self._edition.attempt(_sms, outcome)):
            return None
        if fault := sms.too_long(found, self._edition.style(issued).messages.sms_parts):
            self._edition.unsent[outcome.row.number] = fault
            self._edition.failures[UNMADE] += 1
            return None
        return [
            outcome.number,
            issued.mobile,
            found.text,
            str(found.parts),
            issued.catalog.language,
        ]


def _sms(issued: Issued, edition: Edition) -> sms.Sms:
    invited = letter_files.invited(issued, edition.office.today)
    settings = edition.style(issued).messages
    return sms.sms(invited, issued.addresses, issued.catalog, settings)
