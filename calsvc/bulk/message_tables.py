"""Tables of e-mails and SMS for the programs that send them, and e-mail drafts.

Their texts are in several languages, so a table is UTF-8 unless it is a workbook.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter

from calsvc.bulk import emails, letter_files, sms, table_output
from calsvc.bulk.encodings import UTF_8_BOM
from calsvc.bulk.outcomes import IssuedLink, Outcome
from calsvc.bulk.output_context import UNMADE, FilePiece, OutputContext
from calsvc.bulk.records import XLSX, TableFormat
from calsvc.bulk.resident_message import SUBJECTS, Invitation

MAIL_MERGE, SMS = "mail-merge.csv", "sms.csv"
MERGED = (
    *("number", "email", "name", "subject", "body", "language", "greeting", "opening", "status"),
    *("certificate_expiry", "certificate_window", "certificate_last_open_day"),
    *("card_expiry", "card_window", "card_last_open_day"),
    *("page", "feed", "places", "printed", "contact"),
)
"""Columns of a whole e-mail, then of its parts, for offices that write their own text."""
OF_SMS = ("number", "mobile", "text", "parts", "language")

Cells = Sequence[str]


class BatchedTable:
    """One table, or one for each batch. ``make`` returns the cells of a row, or None for no row."""

    def __init__(
        self,
        name: str,
        columns: Sequence[str],
        make: Callable[[Outcome], Cells | None],
        output: OutputContext,
    ) -> None:
        """``name``: of the file. ``columns``: message keys below ``bulk.column``."""
        self._name, self._make, self._output = name, make, output
        self._table_format = (
            output.table_format
            if output.table_format.encoding == XLSX
            else TableFormat(UTF_8_BOM, ",")
        )
        self._header = [output.catalog.text(f"bulk.column.{each}") for each in columns]
        self._started_files = set(output.started_files)

    def start(self) -> Iterator[FilePiece]:
        """Yield the header, unless each batch has its own table."""
        if not self._output.selection.by_month:
            yield self._opening(self._output.file_name(self._name))

    def pieces(self, chunk: Sequence[Outcome]) -> Iterator[FilePiece]:
        """Yield the rows, and the header of each batch whose table starts with them."""
        by_month = self._output.selection.by_month
        found = [(self._output.batch(each) if by_month else "", each) for each in chunk]
        rows = [(batch, cells) for batch, each in found if (cells := self._make(each))]
        for batch, part in groupby(sorted(rows, key=itemgetter(0)), itemgetter(0)):
            name = self._named(batch)
            if by_month and name not in self._started_files:
                self._started_files.add(name)
                yield self._opening(name)
            yield FilePiece(
                name, table_output.write([each for _, each in part], self._table_format), True
            )

    def _opening(self, name: str) -> FilePiece:
        return FilePiece(
            name,
            table_output.start([self._header], self._table_format),
            appends=True,
            starts_file=True,
        )

    def _named(self, batch: str) -> str:
        stem, _, suffix = self._name.partition(".")
        return self._output.file_name(f"{stem}-{batch}.{suffix}" if batch else self._name)


# --- e-mails ------------------------------------------------------------------------------------


def eml(issued: IssuedLink, output: OutputContext) -> bytes | None:
    """Return the e-mail as a draft, or None for a resident without an e-mail address."""
    if not issued.email:
        return None
    told = letter_files.invited(issued, output.context.today)
    return emails.draft(_mail(issued, told, output), output.messages)


def _mail(issued: IssuedLink, told: Invitation, output: OutputContext) -> emails.Mail:
    return emails.mail(issued.email, told, issued.addresses, issued.catalog, output.messages)


class MailMerge(BatchedTable):
    """The mail merge table, with a row for each resident with an e-mail address."""

    def __init__(self, output: OutputContext) -> None:
        """``output``: the data of the run."""
        super().__init__(MAIL_MERGE, MERGED, self._cells, output)

    def _cells(self, outcome: Outcome) -> Cells | None:
        if not outcome.issued or not outcome.issued.email:
            return None
        parts = self._output.attempt(_merged, outcome)
        return [outcome.number, *parts] if parts else None


def _merged(issued: IssuedLink, output: OutputContext) -> Cells:
    """Return the cells of `MERGED` without the number."""
    told = letter_files.invited(issued, output.context.today)
    mail = _mail(issued, told, output)
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
    """The SMS table, with a row for each resident with a mobile phone number."""

    def __init__(self, output: OutputContext) -> None:
        """``output``: the data of the run."""
        super().__init__(SMS, OF_SMS, self._cells, output)

    def pieces(self, chunk: Sequence[Outcome]) -> Iterator[FilePiece]:
        """Yield the rows. Rows with an SMS that is too long are left out and noted."""
        self._output.sms_problems.clear()
        yield from super().pieces(chunk)

    def _cells(self, outcome: Outcome) -> Cells | None:
        issued = outcome.issued
        if not issued or not issued.mobile:
            return None
        if not (found := self._output.attempt(_sms, outcome)):
            return None
        if fault := sms.too_long(found, self._output.messages.sms_parts):
            self._output.sms_problems[outcome.row.number] = fault
            self._output.failures[UNMADE] += 1
            return None
        return [
            outcome.number,
            issued.mobile,
            found.text,
            str(found.parts),
            issued.catalog.language,
        ]


def _sms(issued: IssuedLink, output: OutputContext) -> sms.Sms:
    invited = letter_files.invited(issued, output.context.today)
    return sms.sms(invited, issued.addresses, issued.catalog, output.messages)
