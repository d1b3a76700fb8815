"""Output formats of a run. Each makes pieces of output files from chunks of rows."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from calsvc import qr_codes
from calsvc.bulk import letter_files, message_tables, ordered_letters, table_output
from calsvc.bulk.due import LAPSED
from calsvc.bulk.explanations import format_problems
from calsvc.bulk.outcomes import IssuedLink, Outcome
from calsvc.bulk.output_context import FilePiece, OutputContext, OutputFormat
from calsvc.bulk.records import HIDDEN, HiddenCells, Row
from calsvc.errors import Problem
from calsvc.feed.templates import get_feed_options, render_feed
from calsvc.links.content import LinkedCard

LINKS, FAULTY = "links.csv", "faulty.csv"
ADDED_COLUMNS = (
    "certificate_expiry",
    "card_expiry",
    "page",
    "feed",
    "caution",
    "error",
    "number",
    "run_number",
)
KEY_COLUMN = "key"
"""Column of the sealing key's fingerprint, by which links of several servers are compared."""
LETTER_COLUMN = "letter"
"""Column of the file and page of a letter, if the run makes letters."""
FAULTY_COLUMNS = ("row", "error")
OPTIONAL_COLUMNS: Mapping[str, Callable[[OutputContext], bool]] = {
    KEY_COLUMN: lambda _output: True,
    "batch": lambda output: not output.selection.selects_all or output.selection.by_month,
    LETTER_COLUMN: lambda output: bool(output.sheet) and not output.selection.is_ordered,
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
        self._input_width = len(output.columns.headers)
        self._names = [*ADDED_COLUMNS]
        self._optional_columns = [
            name for name, is_shown in OPTIONAL_COLUMNS.items() if is_shown(output)
        ]
        self._names[-1:-1] = self._optional_columns

    def start(self) -> Iterator[FilePiece]:
        """Yield the rows above the header unchanged, and the header."""
        output = self._output
        added = [self._catalog.text(f"bulk.column.{name}") for name in self._names]
        header = output.header.padded(self._input_width).cells
        rows = [*_cells_by_position(output.rows_above, output.header.number), [*header, *added]]
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
        added = self._added_cells(outcome)
        added[-1:-1] = [self._optional_cell(name, outcome) for name in self._optional_columns]
        if len(row.cells) == self._input_width:
            return [*row.cells, *added]
        padding = [""] * (self._input_width - len(row.cells))
        return [*row.cells[: self._input_width], *padding, *added, *row.cells[self._input_width :]]

    def _optional_cell(self, name: str, outcome: Outcome) -> str:
        if name == LETTER_COLUMN:
            return self._output.letter_locations.get(outcome.row.number, "")
        if name == KEY_COLUMN:
            return self._output.context.keyring.fingerprint if outcome.issued else ""
        batch = self._output.batch(outcome)
        return self._catalog.text("bulk.due.lapsed") if batch == LAPSED else batch

    def _added_cells(self, outcome: Outcome) -> list[str]:
        issued = outcome.issued
        if outcome.skipped:
            reason = self._catalog.format_problem(Problem("row", outcome.skipped))
            return ["", "", "", "", reason, "", outcome.number, ""]
        if issued is None and not outcome.problems:
            return [""] * len(ADDED_COLUMNS)
        if issued is None:
            return ["", "", "", "", "", self._problems_text(outcome.problems), outcome.number, ""]
        return [
            str(issued.plan.certificate_expiry),
            str(issued.plan.card_expiry),
            issued.urls.page,
            issued.urls.feed,
            self._warnings_text(outcome, issued) if issued.cautions or outcome.warnings else "",
            self._missing_output_text(outcome.row.number),
            outcome.number,
            self._output.context.run_number.hex(),
        ]

    def _missing_output_text(self, number: int) -> str:
        """Return the reasons why a row has no letter or SMS, or ''."""
        output = self._output
        problems = (each.get(number) for each in (output.letter_problems, output.sms_problems))
        return " ".join(self._catalog.format_problem(each) for each in problems if each)

    def _warnings_text(self, outcome: Outcome, issued: IssuedLink) -> str:
        cautions = [self._catalog.format_caution(each) for each in issued.cautions]
        return " ".join([*cautions, self._problems_text(outcome.warnings)]).strip()

    def _problems_text(self, problems: Sequence[Problem]) -> str:
        return format_problems(problems, self._output.columns, self._catalog)


def _cells_by_position(rows: Iterable[Row], end: int) -> Iterator[Sequence[str]]:
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
            header = [self._catalog.text(f"bulk.column.{name}") for name in FAULTY_COLUMNS]
            content = table_output.start([[*header, *self._output.columns.headers]], table_format)
            yield FilePiece(self._name, content, appends=True, starts_file=True)
        if rows:
            yield FilePiece(self._name, table_output.write(rows, table_format), appends=True)

    def _cells(self, outcome: Outcome) -> Sequence[str]:
        reason = format_problems(outcome.problems, self._output.columns, self._catalog)
        return [str(outcome.row.number), reason, *outcome.row.cells]


# --- a file for each resident -------------------------------------------------------------------

FileRenderer = Callable[[IssuedLink, OutputContext], bytes | None]


@dataclass(frozen=True)
class FilePerResident:
    """One file for each resident, named by the row number. ``render`` may return None."""

    folder: str
    suffix: str
    render: FileRenderer
    output: OutputContext

    def start(self) -> Iterator[FilePiece]:
        """Yield no piece, because each file belongs to one row."""
        return iter(())

    def pieces(self, chunk: Sequence[Outcome]) -> Iterator[FilePiece]:
        """Yield the files, in one folder for each thousand rows."""
        for outcome in chunk:
            if content := self.output.attempt(self.render, outcome):
                number = outcome.number
                yield FilePiece(f"{self.folder}/{number[:-3]}/{number}.{self.suffix}", content)


def render_ics(issued: IssuedLink, _output: OutputContext) -> bytes | None:
    """Return the resident's calendar, with the same bytes as the feed."""
    options = get_feed_options(issued.municipality, issued.catalog, issued.preferences.reminders)
    return render_feed([LinkedCard(issued.plan)], options, issued.number, issued.urls)


def render_qr_svg(issued: IssuedLink, _output: OutputContext) -> bytes | None:
    """Return the QR code of the resident's page as SVG, for print."""
    return qr_codes.draw_svg(issued.urls.page)


def render_qr_png(issued: IssuedLink, _output: OutputContext) -> bytes | None:
    """Return the QR code of the resident's page as PNG."""
    return qr_codes.draw_png(issued.urls.page)


@dataclass(frozen=True)
class SelectedOnly:
    """Another format, limited to the selected residents."""

    output_format: OutputFormat
    output: OutputContext

    def start(self) -> Iterator[FilePiece]:
        """Yield the pieces before the first row."""
        return self.output_format.start()

    def pieces(self, chunk: Sequence[Outcome]) -> Iterator[FilePiece]:
        """Yield the pieces for the selected rows of the chunk."""
        return self.output_format.pieces([each for each in chunk if self.output.batch(each)])


LETTER_FORMATS: Mapping[bool, Callable[[OutputContext], OutputFormat]] = {
    False: letter_files.Letters,
    True: ordered_letters.OrderedLetters,
}
# Letters and SMS come first, because links.csv names the rows that have none.
FORMATS: Mapping[str, Callable[[OutputContext], OutputFormat]] = {
    "letters": lambda output: LETTER_FORMATS[output.selection.is_ordered](output),
    "sms": message_tables.SmsTable,
    "links": LinksTable,
    "ics": partial(FilePerResident, "ics", "ics", render_ics),
    "qr-svg": partial(FilePerResident, "qr", "svg", render_qr_svg),
    "qr-png": partial(FilePerResident, "qr", "png", render_qr_png),
    "eml": partial(FilePerResident, "eml", "eml", message_tables.render_eml),
    "mail-merge": message_tables.MailMerge,
}


def create_formats(names: Collection[str], output: OutputContext) -> list[OutputFormat]:
    """Return the formats ``names``, and always ``links``, the index of all others, and faulty rows.

    ``links`` keeps every row, whatever the selection.
    """
    formats = {
        name: create(output) for name, create in FORMATS.items() if name in {"links", *names}
    }
    if not output.selection.selects_all:
        selected = ((name, each) for name, each in formats.items() if name != "links")
        formats |= {name: SelectedOnly(each, output) for name, each in selected}
    return [*formats.values(), FaultyRows(output)]
