"""One run of the bulk tool: from a table to a folder of links, letters and other files."""

import hashlib
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol

from calsvc.bulk.choices import NO_CHOICES, Choices
from calsvc.bulk.columns import Columns, header_aliases
from calsvc.bulk.due import EVERYBODY, Selection
from calsvc.bulk.explanations import explain, impersonal
from calsvc.bulk.formats import chosen
from calsvc.bulk.letter_check import check_letters
from calsvc.bulk.letter_files import printing_remarks
from calsvc.bulk.message_settings import (
    PLAIN_MESSAGES,
    MessageSettings,
    read_message_settings,
)
from calsvc.bulk.ordered_letters import SPOOL, set_in_order
from calsvc.bulk.outcomes import BulkContext, Outcome
from calsvc.bulk.output_context import UNMADE, FilePiece, OutputContext, OutputFormat
from calsvc.bulk.output_folder import Journal
from calsvc.bulk.records import HIDDEN, Row, Table
from calsvc.bulk.rows import SHARD, columns_of, outcomes
from calsvc.bulk.tables import open_table, scan_file
from calsvc.bulk.worker_processes import map_in_order
from calsvc.errors import CalsvcError, MunicipalityFileError, ParamValue, where
from calsvc.feed.builder import REVISION
from calsvc.i18n.catalogs import Catalog
from calsvc.letters import fonts
from calsvc.letters.city_settings import read_settings
from calsvc.letters.compiler import Sheet
from calsvc.letters.layout import plain_sheet

logger = logging.getLogger("calsvc.bulk")
WHY = "why: "
"""Prefix of the counts of reasons in a tally."""
MIN_SHARED_ROWS = 5000
"""With fewer rows, starting worker processes takes longer than the work."""
MIN_SHARED_LETTERS = 1000
SKIPPED = (HIDDEN, "row.total")
"""Message keys of rows that are not those of residents."""
STAYS = "stays"
"""Key of the count of rows whose printed expiry was read as the end of the stay."""


@dataclass(frozen=True)
class Order:
    """The options of a run. ``secret``: the sealing key, of which only a digest is written."""

    context: BulkContext
    formats: tuple[str, ...]
    secret: bytes = field(repr=False)
    choices: Choices = NO_CHOICES
    sheet: Sheet | None = None
    messages: MessageSettings = PLAIN_MESSAGES
    selection: Selection = EVERYBODY

    def digest(self, content: str) -> str:
        """Return a digest of the options and of the input file, whose digest is ``content``."""
        city = self.context.municipalities_digest.hex()
        sheet = self.sheet.digest if self.sheet else ""
        key = hashlib.sha256(self.secret).hexdigest()
        parts = [content, self.context.base_url, city, sheet, key, str(REVISION)]
        parts += [
            *sorted(self.formats),
            self.choices.to_json(),
            self.messages.digest,
            str(self.selection),
        ]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@dataclass(frozen=True)
class Run:
    """A run whose input was checked. ``digest``: of input and options."""

    table: Table
    columns: Columns
    digest: str
    expected: int
    """An estimate of the rows, or 0."""


class LetterWishes(NamedTuple):
    """A clerk's options for letters.

    ``font`` and ``settings``: paths. ``dated``: the printed date. ``number``: the office's document
    number. ``also``: the second language.
    """

    font: str = ""
    settings: str = ""
    dated: date | None = None
    number: str = ""
    also: str = ""

    def sheet(self, today: date) -> Sheet:
        """Return the layout of letters. Raises `BadFontError` and `MunicipalityFileError`."""
        font = fonts.load(self.font)
        if not self.settings:
            return replace(plain_sheet(font), also=self.also)
        sheet = read_settings(Path(self.settings), font, self.dated or today, self.number)
        return replace(sheet, also=self.also)


NO_WISHES = LetterWishes()


def with_sheet(order: Order, wishes: LetterWishes = NO_WISHES) -> Order:
    """Return ``order`` with message settings, and for letters with a sheet and a check of names.

    Raises `BadFontError` and `MunicipalityFileError`.
    """
    if wishes.settings:
        order = replace(order, messages=read_message_settings(Path(wishes.settings)))
    if "letters" not in order.formats:
        return order
    sheet = wishes.sheet(order.context.today)
    if wishes.settings:
        checked = check_letters(sheet, order.context.city, order.context.today)
        if checked.faults:
            raise MunicipalityFileError(Path(wishes.settings).name, "", "; ".join(checked.faults))
    context = replace(order.context, check_print=partial(printing_remarks, sheet=sheet))
    return replace(order, context=context, sheet=sheet)


class RowsError(CalsvcError):
    """The rows from ``first`` to ``last`` (inclusive) failed. The cause was logged."""

    def __init__(self, first: int, last: int) -> None:
        """``first`` and ``last``: row numbers from 1."""
        self.first, self.last = first, last
        super().__init__(first, last)


class Store(Protocol):
    """A target of the output, such as `calsvc.bulk.output_folder.Stage`."""

    def put_all(self, pieces: Iterable[FilePiece], /) -> None:
        """Write ``pieces``, one by one as they are made."""
        ...

    def commit(self, journal: Journal, /) -> None:
        """Make all output safe against a crash, up to ``journal``."""
        ...

    def taken(self, name: str, /) -> BinaryIO | None:
        """Open an appended file for reading, or return None. It will not be published."""
        ...


def look(file: BinaryIO, order: Order) -> Run:
    """Read the encoding, header and columns of ``file``. Raises `InvalidInputError`."""
    scan = scan_file(file, order.choices.encoding)
    table = open_table(file, scan.encoding, order.choices)
    columns = columns_of(table, order.choices)
    return Run(table, columns, order.digest(scan.digest), table.estimated_rows or scan.lines)


def remarks(run: Run, catalog: Catalog) -> Iterator[str]:
    """Yield notes for the clerk before files are made: sheet, hidden rows, columns."""
    yield from map(catalog.problem, run.table.notes)
    columns = run.columns
    used = columns.fields_by_index
    pairs = (f"{header_aliases()[used[at]][0]}={columns.headers[at]}" for at in sorted(used))
    yield catalog.text("bulk.columns.used", {"columns": ", ".join(pairs)})
    others = [name for at, name in enumerate(columns.headers) if at not in used and name.strip()]
    if others:
        yield catalog.text("bulk.columns.others", {"columns": ", ".join(others)})


def _ignore() -> None:
    """Do nothing."""


def produce(  # noqa: PLR0913 - each is a part of the run
    run: Run,
    order: Order,
    stage: Store,
    journal: Journal,
    due: Callable[[], bool],
    *,
    tick: Callable[[], None] = _ignore,
    workers: int = 1,
    beforehand: Sequence[FilePiece] = (),
) -> Iterator[Journal]:
    """Write all output to ``stage``, starting after ``journal``. Yield the journal of each shard.

    ``due``: called after each shard; True saves the journal. ``tick``: called for each letter,
    because a shard of letters takes seconds, but not by worker processes. ``workers``: their
    number for a large table. ``beforehand``: pieces that are written first.
    """
    context = replace(
        order.context,
        today=date.fromisoformat(journal.today),
        run_number=bytes.fromhex(journal.run_number),
    )
    output = _output(run, context, order, journal, tick)
    formats = chosen(order.formats, output)
    if not journal.sizes:
        for each in formats:
            stage.put_all(each.start())
        stage.put_all(beforehand)
    maker = _Maker(run.table, output, formats)
    with output.resources:
        yield from _produced(run, maker, journal, (stage, due), workers)


def _produced(
    run: Run,
    maker: "_Maker",
    journal: Journal,
    where_to: tuple[Store, Callable[[], bool]],
    workers: int,
) -> Iterator[Journal]:
    """Write each shard after ``journal``."""
    stage, due = where_to
    parts = _parts(_after(run.table.rows, journal.shards))
    started_files = set(journal.sizes)
    for made in _made(maker, parts, workers if run.expected >= MIN_SHARED_ROWS else 1):
        stage.put_all(_needed(made.pieces, started_files))
        tally = Counter(journal.tally) + made.tally
        journal = replace(journal, shards=made.number + 1, tally=dict(tally))
        if due():
            stage.commit(journal)
        yield journal
    stage.commit(journal)
    yield from _in_order(maker.output, stage, journal, workers)


def _in_order(
    output: OutputContext, stage: Store, journal: Journal, workers: int
) -> Iterator[Journal]:
    """Set the letters that are sorted after the last row.

    Files of letters are not in the journal. A resumed run makes all of them again.
    """
    if not output.selection.is_ordered or not (spool := stage.taken(SPOOL)):
        return
    shared = workers if journal.tally.get("links", 0) >= MIN_SHARED_LETTERS else 1
    with spool:
        for piece, unmade in set_in_order(spool, output, shared):
            stage.put_all([piece])
            tally = Counter(journal.tally) + Counter({UNMADE: unmade})
            journal = replace(journal, tally=dict(tally))
            yield journal


def _parts(rows: Iterator[Row]) -> Iterator[tuple[int, Sequence[Row]]]:
    """Yield the rows of each shard with its number."""
    for number, part in groupby(rows, lambda each: each.number // SHARD):
        yield number, list(part)


class _Made(NamedTuple):
    """The output of the shard ``number``."""

    number: int
    pieces: Sequence[FilePiece]
    tally: Counter[str]


class _Maker(NamedTuple):
    """Makes pieces of output from the rows of ``table``."""

    table: Table
    output: OutputContext
    formats: Sequence[OutputFormat]

    def make(self, part: tuple[int, Sequence[Row]]) -> _Made:
        """Return the output of a shard. ``part``: its number and rows. Raises `RowsError`."""
        number, rows = part
        try:
            return self._written(number, rows)
        except Exception as error:  # its message may hold a cell
            first, last = rows[0].number, rows[-1].number
            logger.error("rows %d to %d could not be written: %s", first, last, where(error))
            raise RowsError(first, last) from None

    def _written(self, number: int, rows: Sequence[Row]) -> _Made:
        output = self.output
        shard = [*outcomes(replace(self.table, rows=iter(rows)), output.columns, output.context)]
        pieces = [piece for each in self.formats for piece in each.pieces(shard)]
        tally = count(shard, output.columns, output.catalog) + output.failures
        output.failures.clear()
        return _Made(number, pieces, tally)


def _made(
    maker: _Maker, parts: Iterator[tuple[int, Sequence[Row]]], workers: int
) -> Iterator[_Made]:
    if workers == 1:
        return map(maker.make, parts)
    return map_in_order(maker.make, parts, workers)


def _needed(pieces: Iterable[FilePiece], started_files: set[str]) -> Iterator[FilePiece]:
    """Yield the pieces, but not the beginnings of ``started_files``. Every worker makes one."""
    for piece in pieces:
        if not piece.starts_file or piece.name not in started_files:
            yield piece
        started_files.add(piece.name)


def _output(
    run: Run, context: BulkContext, order: Order, journal: Journal, tick: Callable[[], None]
) -> OutputContext:
    return OutputContext(
        run.table.header,
        run.table.table_format,
        run.columns,
        context,
        order.sheet,
        rows_above=run.table.rows_above,
        started_files=tuple(journal.sizes),
        tick=tick,
        messages=order.messages,
        selection=order.selection,
    )


def _after(rows: Iterator[Row], shards: int) -> Iterator[Row]:
    return (row for row in rows if row.number >= shards * SHARD)


def count(shard: Sequence[Outcome], columns: Columns, catalog: Catalog) -> Counter[str]:
    """Return the counts of rows by result and reason. They contain no personal data."""
    tally: Counter[str] = Counter()
    for outcome in shard:
        tally["rows"] += 1
        if outcome.issued:
            tally["links"] += 1
            tally["cautions"] += bool(outcome.issued.cautions or outcome.warnings)
            tally[STAYS] += bool(outcome.warnings) and outcome.has_assumed_stay
        else:
            tally[_kind(outcome)] += 1
        for problem in outcome.problems:
            tally[f"{WHY}{explain(impersonal(problem), columns, catalog)}"] += 1
    return tally


def _kind(outcome: Outcome) -> str:
    if outcome.skipped:
        return outcome.skipped
    return "faulty" if outcome.problems else "blank"


def summary(tally: Mapping[str, int], catalog: Catalog) -> Iterator[str]:
    """Yield the counts as sentences. Reasons for faulty rows are sorted by frequency."""
    names = ("rows", "links", "cautions", "faulty", "blank")
    yield catalog.text("bulk.summary", {name: tally.get(name, 0) for name in names})
    for name in (*SKIPPED, UNMADE, STAYS):
        if number := tally.get(name):
            yield catalog.text(f"bulk.summary.{name}", {"number": number})
    for name, number in Counter(tally).most_common():
        if name.startswith(WHY):
            params: dict[str, ParamValue] = {"number": number, "reason": name.removeprefix(WHY)}
            yield catalog.text("bulk.summary.reason", params)
