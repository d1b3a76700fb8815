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
from calsvc.bulk.resident_message import SUBJECTS_BY_VARIANT, ResidentMessage

MAIL_MERGE, SMS = "mail-merge.csv", "sms.csv"
MAIL_MERGE_COLUMNS = (
    *("number", "email", "name", "subject", "body", "language", "greeting", "opening", "status"),
    *("certificate_expiry", "certificate_window", "certificate_last_open_day"),
    *("card_expiry", "card_window", "card_last_open_day"),
    *("page", "feed", "places", "printed", "contact"),
)
"""Columns of a whole e-mail, then of its parts, for offices that write their own text."""
SMS_COLUMNS = ("number", "mobile", "text", "parts", "language")

Cells = Sequence[str]


class BatchedTable:
    """One table, or one for each batch. ``render`` returns the cells of a row, or None."""

    def __init__(
        self,
        name: str,
        columns: Sequence[str],
        render: Callable[[Outcome], Cells | None],
        output: OutputContext,
    ) -> None:
        """``name``: of the file. ``columns``: message keys below ``bulk.column``."""
        self._name, self._render, self._output = name, render, output
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
            yield self._header_piece(self._output.file_name(self._name))

    def pieces(self, chunk: Sequence[Outcome]) -> Iterator[FilePiece]:
        """Yield the rows, and the header of each batch whose table starts with them."""
        by_month = self._output.selection.by_month
        batches = [(self._output.batch(each) if by_month else "", each) for each in chunk]
        rows = [(batch, cells) for batch, each in batches if (cells := self._render(each))]
        for batch, part in groupby(sorted(rows, key=itemgetter(0)), itemgetter(0)):
            name = self._file_name(batch)
            if by_month and name not in self._started_files:
                self._started_files.add(name)
                yield self._header_piece(name)
            yield FilePiece(
                name, table_output.write([each for _, each in part], self._table_format), True
            )

    def _header_piece(self, name: str) -> FilePiece:
        return FilePiece(
            name,
            table_output.start([self._header], self._table_format),
            appends=True,
            starts_file=True,
        )

    def _file_name(self, batch: str) -> str:
        stem, _, suffix = self._name.partition(".")
        return self._output.file_name(f"{stem}-{batch}.{suffix}" if batch else self._name)


# --- e-mails ------------------------------------------------------------------------------------


def render_eml(issued: IssuedLink, output: OutputContext) -> bytes | None:
    """Return the e-mail as a draft, or None for a resident without an e-mail address."""
    if not issued.email:
        return None
    message = letter_files.compose_for_resident(issued, output.context.today)
    return emails.to_eml(_mail(issued, message, output), output.style(issued).messages)


def _mail(issued: IssuedLink, message: ResidentMessage, output: OutputContext) -> emails.Email:
    settings = output.style(issued).messages
    return emails.compose_email(issued.email, message, issued.urls, issued.catalog, settings)


class MailMerge(BatchedTable):
    """The mail merge table, with a row for each resident with an e-mail address."""

    def __init__(self, output: OutputContext) -> None:
        """``output``: the data of the run."""
        super().__init__(MAIL_MERGE, MAIL_MERGE_COLUMNS, self._cells, output)

    def _cells(self, outcome: Outcome) -> Cells | None:
        if not outcome.issued or not outcome.issued.email:
            return None
        parts = self._output.attempt(_mail_merge_cells, outcome)
        return [outcome.number, *parts] if parts else None


def _mail_merge_cells(issued: IssuedLink, output: OutputContext) -> Cells:
    """Return the cells of `MAIL_MERGE_COLUMNS` without the number."""
    message = letter_files.compose_for_resident(issued, output.context.today)
    mail = _mail(issued, message, output)
    whole = (mail.to, issued.name, mail.subject, mail.body, issued.catalog.language)
    expiries = (issued.plan.certificate_expiry, issued.plan.card_expiry)
    days = zip(SUBJECTS_BY_VARIANT["both"], map(issued.catalog.format_date, expiries), strict=True)
    return [
        *(*whole, message.addressee, message.opening, "\n".join(message.states)),
        *(each for subject, expiry in days for each in _subject_cells(message, subject, expiry)),
        *(issued.urls.page, issued.urls.feed),
        *("\n".join(message.place_paragraphs), message.printed_note, message.contact),
    ]


def _subject_cells(message: ResidentMessage, subject: str, expiry: str) -> Cells:
    return expiry, message.windows.get(subject, ""), message.last_open_days.get(subject, "")


# --- SMS ----------------------------------------------------------------------------------------


class SmsTable(BatchedTable):
    """The SMS table, with a row for each resident with a mobile phone number."""

    def __init__(self, output: OutputContext) -> None:
        """``output``: the data of the run."""
        super().__init__(SMS, SMS_COLUMNS, self._cells, output)

    def pieces(self, chunk: Sequence[Outcome]) -> Iterator[FilePiece]:
        """Yield the rows. Rows with an SMS that is too long are left out and noted."""
        self._output.sms_problems.clear()
        yield from super().pieces(chunk)

    def _cells(self, outcome: Outcome) -> Cells | None:
        issued = outcome.issued
        if not issued or not issued.mobile:
            return None
        if not (message := self._output.attempt(_sms, outcome)):
            return None
        if problem := sms.length_problem(message, self._output.style(issued).messages.sms_parts):
            self._output.sms_problems[outcome.row.number] = problem
            self._output.failures[UNMADE] += 1
            return None
        return [
            outcome.number,
            issued.mobile,
            message.text,
            str(message.parts),
            issued.catalog.language,
        ]


def _sms(issued: IssuedLink, output: OutputContext) -> sms.Sms:
    message = letter_files.compose_for_resident(issued, output.context.today)
    settings = output.style(issued).messages
    return sms.compose_sms(message, issued.urls, issued.catalog, settings)
