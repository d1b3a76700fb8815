"""One run of the bulk tool: from a table to a folder of links, letters and other files."""

import hashlib
import io
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby
from typing import BinaryIO, NamedTuple, Protocol

from calsvc.bulk.choices import NO_CHOICES, Choices
from calsvc.bulk.columns import Columns, header_aliases
from calsvc.bulk.due import ALL_RESIDENTS, Selection
from calsvc.bulk.formats import create_formats
from calsvc.bulk.letter_files import build_print_check
from calsvc.bulk.links_table import PENDING_ROWS_NAME as LINKS_SPOOL
from calsvc.bulk.links_table import LetterLocation, PendingLinksTable
from calsvc.bulk.ordered_letters import PENDING_ROWS_NAME, set_sorted_letters
from calsvc.bulk.outcomes import BulkContext
from calsvc.bulk.output_context import UNMADE, FilePiece, OutputContext, OutputFormat
from calsvc.bulk.output_folder import Checkpoint
from calsvc.bulk.records import Row, Table
from calsvc.bulk.result_counts import count_results
from calsvc.bulk.rows import CHUNK_ROWS, match_table_columns, process_rows
from calsvc.bulk.styles import NO_LETTER_OPTIONS, PLAIN_STYLES, LetterOptions, Styles
from calsvc.bulk.tables import open_table, scan_file
from calsvc.bulk.worker_processes import map_in_order
from calsvc.errors import CalsvcError, error_location
from calsvc.feed.builder import REVISION
from calsvc.i18n.catalogs import Catalog

logger = logging.getLogger("calsvc.bulk")
MIN_SHARED_ROWS = 5000
"""With fewer rows, starting worker processes takes longer than the work."""
MIN_SHARED_LETTERS = 1000


@dataclass(frozen=True)
class RunOptions:
    """The options of a run. Of ``sealing_key``, only a digest is written."""

    context: BulkContext
    formats: tuple[str, ...]
    sealing_key: bytes = field(repr=False)
    choices: Choices = NO_CHOICES
    styles: Styles = PLAIN_STYLES
    selection: Selection = ALL_RESIDENTS

    def digest(self, content: str) -> str:
        """Return a digest of the options and of the input file, whose digest is ``content``."""
        municipality = self.context.municipalities_digest.hex()
        key = hashlib.sha256(self.sealing_key).hexdigest()
        parts = [content, self.context.base_url, municipality, key, str(REVISION)]
        parts += [
            *sorted(self.formats),
            self.choices.to_json(),
            self.styles.digest,
            str(self.selection),
        ]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@dataclass(frozen=True)
class PreparedRun:
    """A run whose input was checked. ``digest``: of input and options."""

    table: Table
    columns: Columns
    digest: str
    estimated_rows: int
    """An estimate of the rows, or 0."""


def with_styles(
    options: RunOptions, styles: Styles, letter_options: LetterOptions = NO_LETTER_OPTIONS
) -> RunOptions:
    """Return ``options`` with the styles of letters and messages.

    If the run makes letters, each row is checked for characters that the font lacks.
    Raises `InvalidFontError`.
    """
    if "letters" not in options.formats:
        return replace(options, styles=styles.without_letters())
    ready = styles.build_run_styles(letter_options, options.context.today)
    context = replace(options.context, check_print=build_print_check(ready))
    return replace(options, context=context, styles=ready)


class RowsError(CalsvcError):
    """The rows from ``first`` to ``last`` (inclusive) failed. The cause was logged."""

    def __init__(self, first: int, last: int) -> None:
        """``first`` and ``last``: row numbers from 1."""
        self.first, self.last = first, last
        super().__init__(first, last)


class OutputTarget(Protocol):
    """A target of the output, such as `calsvc.bulk.output_folder.OutputFolder`."""

    def write_all(self, pieces: Iterable[FilePiece], /) -> None:
        """Write ``pieces``, one by one as they are made."""
        ...

    def commit(self, checkpoint: Checkpoint, /) -> None:
        """Make all output safe against a crash, up to ``checkpoint``."""
        ...

    def withdraw(self, name: str, /) -> BinaryIO | None:
        """Open an appended file for reading, or return None. It will not be published."""
        ...


def prepare(file: BinaryIO, options: RunOptions) -> PreparedRun:
    """Read the encoding, header and columns of ``file``. Raises `InvalidInputError`."""
    scan = scan_file(file, options.choices.encoding)
    table = open_table(file, scan.encoding, options.choices)
    columns = match_table_columns(table, options.choices)
    return PreparedRun(
        table, columns, options.digest(scan.digest), table.estimated_rows or scan.lines
    )


def describe_input(run: PreparedRun, catalog: Catalog) -> Iterator[str]:
    """Yield notes for the clerk before files are made: sheet, hidden rows, columns."""
    yield from map(catalog.format_problem, run.table.notes)
    columns = run.columns
    used = columns.fields_by_index
    pairs = (f"{header_aliases()[used[at]][0]}={columns.headers[at]}" for at in sorted(used))
    yield catalog.text("bulk.columns.used", {"columns": ", ".join(pairs)})
    others = [name for at, name in enumerate(columns.headers) if at not in used and name.strip()]
    if others:
        yield catalog.text("bulk.columns.others", {"columns": ", ".join(others)})


def _do_nothing() -> None:
    """Do nothing."""


def execute(  # noqa: PLR0913 - each is a part of the run
    run: PreparedRun,
    options: RunOptions,
    target: OutputTarget,
    checkpoint: Checkpoint,
    is_due: Callable[[], bool],
    *,
    tick: Callable[[], None] = _do_nothing,
    workers: int = 1,
    first_pieces: Sequence[FilePiece] = (),
) -> Iterator[Checkpoint]:
    """Write all output to ``target`` after ``checkpoint``. Yield the checkpoint of each chunk.

    ``is_due``: called after each chunk. If it returns True, the checkpoint is saved.
    ``tick``: called for each letter, because a chunk of letters takes seconds. Worker processes do
    not call it. ``workers``: the number of processes for a large table. ``first_pieces``: pieces
    that are written first.
    """
    context = replace(
        options.context,
        today=date.fromisoformat(checkpoint.today),
        run_number=bytes.fromhex(checkpoint.run_number),
    )
    output = _output_context(run, context, options, checkpoint, tick)
    formats = create_formats(options.formats, output)
    if not checkpoint.sizes:
        for output_format in formats:
            target.write_all(output_format.start())
        target.write_all(first_pieces)
    processor = _ChunkProcessor(run.table, output, formats)
    with output.resources:
        yield from _write_chunks(run, processor, checkpoint, (target, is_due), workers)


def _write_chunks(
    run: PreparedRun,
    processor: "_ChunkProcessor",
    checkpoint: Checkpoint,
    target_and_is_due: tuple[OutputTarget, Callable[[], bool]],
    workers: int,
) -> Iterator[Checkpoint]:
    """Write each chunk after ``checkpoint``."""
    target, is_due = target_and_is_due
    chunks = _split_rows(_skip_chunks(run.table.rows, checkpoint.chunks))
    started_files = set(checkpoint.sizes)
    for made in _process_chunks(
        processor, chunks, workers if run.estimated_rows >= MIN_SHARED_ROWS else 1
    ):
        target.write_all(_without_repeated_starts(made.pieces, started_files))
        counts = Counter(checkpoint.counts) + made.counts
        checkpoint = replace(checkpoint, chunks=made.number + 1, counts=dict(counts))
        if is_due():
            target.commit(checkpoint)
        yield checkpoint
    target.commit(checkpoint)
    yield from _write_sorted_letters(processor.output, target, checkpoint, workers)


def _write_sorted_letters(
    output: OutputContext, target: OutputTarget, checkpoint: Checkpoint, workers: int
) -> Iterator[Checkpoint]:
    """Set the letters that are sorted after the last row.

    Files of letters are not in the checkpoint. A resumed run makes all of them again.
    """
    if not output.waits_for_letters:
        return
    shared = workers if checkpoint.counts.get("links", 0) >= MIN_SHARED_LETTERS else 1
    locations: dict[int, LetterLocation] = {}
    with _withdraw(target, PENDING_ROWS_NAME) as spool:
        for file in set_sorted_letters(spool, output, shared):
            target.write_all([file.piece] if file.piece else [])
            locations.update(file.locations)
            counts = Counter(checkpoint.counts) + Counter({UNMADE: file.unmade})
            checkpoint = replace(checkpoint, counts=dict(counts))
            yield checkpoint
    with _withdraw(target, LINKS_SPOOL) as spool:
        target.write_all(PendingLinksTable(output).complete(spool, locations))


def _withdraw(target: OutputTarget, name: str) -> BinaryIO:
    return target.withdraw(name) or io.BytesIO()


def _split_rows(rows: Iterator[Row]) -> Iterator[tuple[int, Sequence[Row]]]:
    """Yield the rows of each chunk with its number."""
    for number, chunk in groupby(rows, lambda each: each.number // CHUNK_ROWS):
        yield number, list(chunk)


class _ChunkOutput(NamedTuple):
    """The output of the chunk ``number``."""

    number: int
    pieces: Sequence[FilePiece]
    counts: Counter[str]


class _ChunkProcessor(NamedTuple):
    """Makes pieces of output from the rows of ``table``."""

    table: Table
    output: OutputContext
    formats: Sequence[OutputFormat]

    def make(self, chunk: tuple[int, Sequence[Row]]) -> _ChunkOutput:
        """Return the output of a chunk. ``chunk``: its number and rows. Raises `RowsError`."""
        number, rows = chunk
        try:
            return self._process(number, rows)
        except Exception as error:  # its message may hold a cell
            first, last = rows[0].number, rows[-1].number
            logger.error(
                "rows %d to %d could not be written: %s", first, last, error_location(error)
            )
            raise RowsError(first, last) from None

    def _process(self, number: int, rows: Sequence[Row]) -> _ChunkOutput:
        output = self.output
        chunk = [
            *process_rows(replace(self.table, rows=iter(rows)), output.columns, output.context)
        ]
        pieces = [piece for each in self.formats for piece in each.pieces(chunk)]
        counts = count_results(chunk, output.columns, output.catalog) + output.failures
        output.failures.clear()
        return _ChunkOutput(number, pieces, counts)


def _process_chunks(
    processor: _ChunkProcessor, chunks: Iterator[tuple[int, Sequence[Row]]], workers: int
) -> Iterator[_ChunkOutput]:
    if workers == 1:
        return map(processor.make, chunks)
    return map_in_order(processor.make, chunks, workers)


def _without_repeated_starts(
    pieces: Iterable[FilePiece], started_files: set[str]
) -> Iterator[FilePiece]:
    """Yield the pieces, but not the beginnings of ``started_files``. Every worker makes one."""
    for piece in pieces:
        if not piece.starts_file or piece.name not in started_files:
            yield piece
        started_files.add(piece.name)


def _output_context(
    run: PreparedRun,
    context: BulkContext,
    options: RunOptions,
    checkpoint: Checkpoint,
    tick: Callable[[], None],
) -> OutputContext:
    return OutputContext(
        run.table.header,
        run.table.table_format,
        run.columns,
        context,
        options.styles,
        rows_above=run.table.rows_above,
        started_files=tuple(checkpoint.sizes),
        tick=tick,
        selection=options.selection,
    )


def _skip_chunks(rows: Iterator[Row], chunks: int) -> Iterator[Row]:
    return (row for row in rows if row.number >= chunks * CHUNK_ROWS)
