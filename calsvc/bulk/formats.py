"""Output formats of a run. Each makes pieces of output files from chunks of rows."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from calsvc import codes
from calsvc.bulk import letter_files, message_tables, ordered_letters, table_output
from calsvc.bulk.due import LAPSED
from calsvc.bulk.explanations import explain_all
from calsvc.bulk.outcomes import IssuedLink, Outcome
from calsvc.bulk.output_context import FilePiece, OutputContext, OutputFormat
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
"""Column of the sealing key's fingerprint, by which links of several servers are compared."""
LETTER = "letter"
"""Column of the file and page of a letter, if the run makes letters."""
OF_FAULTY = ("row", "error")
FURTHER: Mapping[str, Callable[[OutputContext], bool]] = {
    KEY: lambda _output: True,
    "batch": lambda output: not output.selection.selects_all or output.selection.by_month,
    LETTER: lambda output: bool(output.sheet) and not output.selection.is_ordered,
}
"""Optional columns before the last one, each with the condition for it."""


# --- links.csv ----------------------------------------------------------------------------------


class LinksTable:
    """The input table with columns added at the right: dates, links, cautions and errors."""

    def __init__(self, output: OutputContext) -> None:
        """``output``: the data of the run."""
        self._output = output
        self._catalog = output.catalog
        self._name = output.file_name(LINKS)
        self._width = len(output.columns.headers)
        self._names = [*ADDED]
        self._further = [name for name, is_told in FURTHER.items() if is_told(output)]
        self._names[-1:-1] = self._further

    def start(self) -> Iterator[FilePiece]:
        """Yield the rows above the header unchanged, and the header."""
        output = self._output
        added = [self._catalog.text(f"bulk.column.{name}") for name in self._names]
        header = output.header.padded(self._width).cells
        rows = [*_in_place(output.rows_above, output.header.number), [*header, *added]]
        yield FilePiece(self._name, table_output.start(rows, output.table_format), appends=True)

    def pieces(self, chunk: Sequence[Outcome]) -> Iterator[FilePiece]:
        """Yield every row of the chunk in its position. Hidden rows without a link stay hidden."""
        rows = (
            HiddenCells(self._cells(each)) if each.skipped == HIDDEN else self._cells(each)
            for each in chunk
        )
        content = table_output.write(rows, self._output.table_format)
        yield FilePiece(self._name, content, appends=True)

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
            return self._output.letter_locations.get(outcome.row.number, "")
        if name == KEY:
            return self._output.context.keyring.fingerprint if outcome.issued else ""
        found = self._output.batch(outcome)
        return self._catalog.text("bulk.due.lapsed") if found == LAPSED else found

    def _added(self, outcome: Outcome) -> list[str]:
        issued = outcome.issued
        if outcome.skipped:
            reason = self._catalog.problem(Problem("row", outcome.skipped))
            return ["", "", "", "", reason, "", outcome.number, ""]
        if issued is None and not outcome.problems:
            return [""] * len(ADDED)
        if issued is None:
            return ["", "", "", "", "", self._faults(outcome.problems), outcome.number, ""]
        return [
            str(issued.plan.certificate_expiry),
            str(issued.plan.card_expiry),
            issued.urls.page,
            issued.urls.feed,
            self._remarks(outcome, issued) if issued.cautions or outcome.warnings else "",
            self._unprinted(outcome.row.number),
            outcome.number,
            self._output.context.run_number.hex(),
        ]

    def _unprinted(self, number: int) -> str:
        """Return the reasons why a row has no letter or SMS, or ''."""
        output = self._output
        faults = (each.get(number) for each in (output.letter_problems, output.sms_problems))
        return " ".join(self._catalog.problem(each) for each in faults if each)

    def _remarks(self, outcome: Outcome, issued: IssuedLink) -> str:
        cautions = [self._catalog.caution(each) for each in issued.cautions]
        return " ".join([*cautions, self._faults(outcome.warnings)]).strip()

    def _faults(self, problems: Sequence[Problem]) -> str:
        return explain_all(problems, self._output.columns, self._catalog)


def _in_place(rows: Iterable[Row], end: int) -> Iterator[Sequence[str]]:
    """Yield the cells of the rows from 1 up to ``end`` (exclusive). Missing rows are blank."""
    cells = {row.number: row.cells for row in rows}
    return (cells.get(number, []) for number in range(1, end))


class FaultyRows:
    """The faulty rows, to be corrected and submitted again. Without any, there is no file."""

    def __init__(self, output: OutputContext) -> None:
        """``output``: the data of the run."""
        self._output = output
        self._catalog = output.catalog
        self._name = output.file_name(FAULTY)
        self._is_started = self._name in output.started_files

    def start(self) -> Iterator[FilePiece]:
        """Yield no piece, because the file starts with its first row."""
        return iter(())

    def pieces(self, chunk: Sequence[Outcome]) -> Iterator[FilePiece]:
        """Yield the header before the first faulty row, and the rows with number and reason."""
        table_format = self._output.table_format
        rows = [self._cells(outcome) for outcome in chunk if outcome.problems]
        if rows and not self._is_started:
            self._is_started = True
            header = [self._catalog.text(f"bulk.column.{name}") for name in OF_FAULTY]
            content = table_output.start([[*header, *self._output.columns.headers]], table_format)
            yield FilePiece(self._name, content, appends=True, starts_file=True)
        if rows:
            yield FilePiece(self._name, table_output.write(rows, table_format), appends=True)

    def _cells(self, outcome: Outcome) -> Sequence[str]:
        reason = explain_all(outcome.problems, self._output.columns, self._catalog)
        return [str(outcome.row.number), reason, *outcome.row.cells]


# --- a file for each resident -------------------------------------------------------------------

Make = Callable[[IssuedLink, OutputContext], bytes | None]


@dataclass(frozen=True)
class EachResident:
    """One file for each resident, named by the row number. ``make`` may return None."""

    folder: str
    suffix: str
    make: Make
    output: OutputContext

    def start(self) -> Iterator[FilePiece]:
        """Yield no piece, because each file belongs to one row."""
        return iter(())

    def pieces(self, chunk: Sequence[Outcome]) -> Iterator[FilePiece]:
        """Yield the files, in one folder for each thousand rows."""
        for outcome in chunk:
            if content := self.output.attempt(self.make, outcome):
                number = outcome.number
                yield FilePiece(f"{self.folder}/{number[:-3]}/{number}.{self.suffix}", content)


def ics(issued: IssuedLink, _output: OutputContext) -> bytes | None:
    """Return the resident's calendar, with the same bytes as the feed."""
    options = feed_options(issued.city, issued.catalog, issued.preferences.reminders)
    return render_feed([LinkedCard(issued.plan)], options, issued.number, issued.urls)


def qr_svg(issued: IssuedLink, _output: OutputContext) -> bytes | None:
    """Return the QR code of the resident's page as SVG, for print."""
    return codes.svg(issued.urls.page)


def qr_png(issued: IssuedLink, _output: OutputContext) -> bytes | None:
    """Return the QR code of the resident's page as PNG."""
    return codes.png(issued.urls.page)


@dataclass(frozen=True)
class OnlyDue:
    """Another format, limited to the selected residents."""

    of: OutputFormat
    output: OutputContext

    def start(self) -> Iterator[FilePiece]:
        """Yield the pieces before the first row."""
        return self.of.start()

    def pieces(self, chunk: Sequence[Outcome]) -> Iterator[FilePiece]:
        """Yield the pieces for the selected rows of the chunk."""
        return self.of.pieces([each for each in chunk if self.output.batch(each)])


LETTER_KINDS: Mapping[bool, Callable[[OutputContext], OutputFormat]] = {
    False: letter_files.Letters,
    True: ordered_letters.OrderedLetters,
}
# Letters and SMS come first, because links.csv names the rows that have none.
FORMATS: Mapping[str, Callable[[OutputContext], OutputFormat]] = {
    "letters": lambda output: LETTER_KINDS[output.selection.is_ordered](output),
    "sms": message_tables.SmsTable,
    "links": LinksTable,
    "ics": partial(EachResident, "ics", "ics", ics),
    "qr-svg": partial(EachResident, "qr", "svg", qr_svg),
    "qr-png": partial(EachResident, "qr", "png", qr_png),
    "eml": partial(EachResident, "eml", "eml", message_tables.eml),
    "mail-merge": message_tables.MailMerge,
}


def chosen(names: Collection[str], output: OutputContext) -> list[OutputFormat]:
    """Return the formats ``names``, and always ``links``, the index of all others, and faulty rows.

    ``links`` keeps every row, whatever the selection.
    """
    made = {name: make(output) for name, make in FORMATS.items() if name in {"links", *names}}
    if not output.selection.selects_all:
        limited = ((name, each) for name, each in made.items() if name != "links")
        made |= {name: OnlyDue(each, output) for name, each in limited}
    return [*made.values(), FaultyRows(output)]
