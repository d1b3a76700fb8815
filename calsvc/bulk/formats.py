"""Output formats of a run. Each makes pieces of output files from chunks of rows."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from calsvc import qr_codes
from calsvc.bulk import letter_files, message_tables, ordered_letters, table_output
from calsvc.bulk.explanations import format_problems
from calsvc.bulk.links_table import LinksTable, PendingLinksTable
from calsvc.bulk.outcomes import IssuedLink, Outcome
from calsvc.bulk.output_context import FilePiece, OutputContext, OutputFormat
from calsvc.feed.templates import get_feed_options, render_feed
from calsvc.links.content import LinkedCard

FAULTY = "faulty.csv"
FAULTY_COLUMNS = ("row", "error")


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


def _letters(output: OutputContext) -> OutputFormat:
    is_ordered = output.selection.is_ordered
    return ordered_letters.OrderedLetters(output) if is_ordered else letter_files.Letters(output)


def _links(output: OutputContext) -> OutputFormat:
    return PendingLinksTable(output) if output.waits_for_letters else LinksTable(output)


# Letters and SMS come first, because links.csv names the rows that have none.
FORMATS: Mapping[str, Callable[[OutputContext], OutputFormat]] = {
    "letters": _letters,
    "sms": message_tables.SmsTable,
    "links": _links,
    "ics": partial(FilePerResident, "ics", "ics", render_ics),
    "qr-svg": partial(FilePerResident, "qr", "svg", render_qr_svg),
    "qr-png": partial(FilePerResident, "qr", "png", render_qr_png),
    "eml": partial(FilePerResident, "eml", "eml", message_tables.render_eml),
    "mail-merge": message_tables.MailMerge,
}


def create_formats(names: Collection[str], output: OutputContext) -> list[OutputFormat]:
    """Return the formats ``names``, the table of links and the table of faulty rows.

    The table of links has all rows. The selection applies to the other formats.
    """
    formats = {
        name: create(output) for name, create in FORMATS.items() if name in {"links", *names}
    }
    if not output.selection.selects_all:
        selected = ((name, each) for name, each in formats.items() if name != "links")
        formats |= {name: SelectedOnly(each, output) for name, each in selected}
    return [*formats.values(), FaultyRows(output)]
