"""One run of the bulk tool: from a file to a folder of links, letters and the rest."""

import hashlib
import io
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby
from typing import BinaryIO, NamedTuple, Protocol

from calsvc.bulk.choices import AS_FOUND, Choices
from calsvc.bulk.columns import Columns, known_names
from calsvc.bulk.due import EVERYBODY, Selection
from calsvc.bulk.edition import UNMADE, Edition, Format, Piece
from calsvc.bulk.explanations import explain, impersonal
from calsvc.bulk.formats import chosen
from calsvc.bulk.letter_files import printing_check
from calsvc.bulk.links_table import SPOOL as LINKS_SPOOL
from calsvc.bulk.links_table import Place, WaitingLinks
from calsvc.bulk.ordered_letters import SPOOL, set_in_order
from calsvc.bulk.outcomes import Office, Outcome
from calsvc.bulk.output_folder import Journal
from calsvc.bulk.records import HIDDEN, Row, Table
from calsvc.bulk.rows import SHARD, columns_of, outcomes
from calsvc.bulk.styles import NO_WISHES, PLAIN_STYLES, LetterWishes, Styles
from calsvc.bulk.tables import open_table, survey
from calsvc.bulk.worker_processes import map_in_order
from calsvc.errors import CalsvcError, ParamValue, where
from calsvc.feed.builder import REVISION
from calsvc.i18n.catalogs import Catalog

logger = logging.getLogger("calsvc.bulk")
WHY = "why: "
"""Leads the tally's entries for reasons."""
MIN_SHARED_ROWS = 5000
"""Fewer are made sooner than workers are started."""
MIN_SHARED_LETTERS = 1000
SKIPPED = (HIDDEN, "row.total")
"""Why rows are no resident's."""
STAYS = "stays"
"""Counts the rows whose printed date was taken as the end of a stay."""


@dataclass(frozen=True)
class Order:
    """What a run is asked for; ``secret``: the key that seals, whose digest alone is written."""

    office: Office
    formats: tuple[str, ...]
    secret: bytes = field(repr=False)
    choices: Choices = AS_FOUND
    styles: Styles = PLAIN_STYLES
    selection: Selection = EVERYBODY

    def digest(self, content: str) -> str:
        """What stands for this order, upon a file whose digest is ``content``."""
        city = self.office.params.hex()
        key = hashlib.sha256(self.secret).hexdigest()
        parts = [content, self.office.base, city, key, str(REVISION), *sorted(self.formats)]
        parts += [self.choices.text(), self.styles.digest, str(self.selection)]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@dataclass(frozen=True)
class Run:
    """A run whose input has been looked at and found usable; nothing has been made yet."""

    table: Table
    columns: Columns
    digest: str
    expected: int
    """About how many rows there are, or 0."""


def with_styles(order: Order, styles: Styles, wishes: LetterWishes = NO_WISHES) -> Order:
    """Returns ``order`` with what its letters and messages look like.

    Where letters are made, each row is checked for what the font cannot print. Raises
    `BadFontError`.
    """
    if "letters" not in order.formats:
        return replace(order, styles=styles.without_letters())
    ready = styles.of_run(wishes, order.office.today)
    office = replace(order.office, check_print=printing_check(ready))
    return replace(order, office=office, styles=ready)


class RowsError(CalsvcError):
    """The rows from ``first`` to ``last`` could not be written down; the reason is logged."""

    def __init__(self, first: int, last: int) -> None:
        """``first`` and ``last``: as spreadsheets count."""
        self.first, self.last = first, last
        super().__init__(first, last)


class Store(Protocol):
    """Where the output goes, such as `calsvc.bulk.output_folder.Stage`."""

    def put_all(self, pieces: Iterable[Piece], /) -> None:
        """Write down ``pieces``, as they are made."""
        ...

    def commit(self, journal: Journal, /) -> None:
        """Make sure of all that was put."""
        ...

    def taken(self, name: str, /) -> BinaryIO | None:
        """Open a file that grew, or none, to read it. It is left out of the output."""
        ...


def look(file: BinaryIO, order: Order) -> Run:
    """See whether ``file`` can be worked on. Raises `InvalidInputError`."""
    scan = survey(file, order.choices.encoding)
    table = open_table(file, scan.encoding, order.choices)
    columns = columns_of(table, order.choices)
    return Run(table, columns, order.digest(scan.digest), table.expected or scan.lines)


def remarks(run: Run, catalog: Catalog) -> Iterator[str]:
    """Yield what is told before anything is made: the sheet, hidden rows, the columns."""
    yield from map(catalog.problem, run.table.remarks)
    columns = run.columns
    used = columns.used
    pairs = (f"{known_names()[used[at]][0]}={columns.headers[at]}" for at in sorted(used))
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
    beforehand: Sequence[Piece] = (),
) -> Iterator[Journal]:
    """Write everything to ``stage``, from where ``journal`` ends; yields how far it has come.

    ``due`` says after each shard whether what was written is to be made safe now. ``tick`` is
    called for each letter, because a shard of letters takes seconds. A large table is shared among
    so many ``workers``, which do not tick. ``beforehand``: what is written first.
    """
    office = replace(
        order.office,
        today=date.fromisoformat(journal.today),
        run_number=bytes.fromhex(journal.run_number),
    )
    edition = _edition(run, office, order, journal, tick)
    formats = chosen(order.formats, edition)
    if not journal.sizes:
        for each in formats:
            stage.put_all(each.opening())
        stage.put_all(beforehand)
    maker = _Maker(run.table, edition, formats)
    with edition.resources:
        yield from _produced(run, maker, journal, (stage, due), workers)


def _produced(
    run: Run,
    maker: "_Maker",
    journal: Journal,
    where_to: tuple[Store, Callable[[], bool]],
    workers: int,
) -> Iterator[Journal]:
    """Write each shard from where ``journal`` ends."""
    stage, due = where_to
    parts = _parts(_after(run.table.rows, journal.shards))
    begun = set(journal.sizes)
    for made in _made(maker, parts, workers if run.expected >= MIN_SHARED_ROWS else 1):
        stage.put_all(_needed(made.pieces, begun))
        tally = Counter(journal.tally) + made.tally
        journal = replace(journal, shards=made.number + 1, tally=dict(tally))
        if due():
            stage.commit(journal)
        yield journal
    stage.commit(journal)
    yield from _in_order(maker.edition, stage, journal, workers)


def _in_order(edition: Edition, stage: Store, journal: Journal, workers: int) -> Iterator[Journal]:
    """Set the letters that wait for the last row. Another run begins with the first of them."""
    if not edition.waits_for_letters:
        return
    shared = workers if journal.tally.get("links", 0) >= MIN_SHARED_LETTERS else 1
    places: dict[int, Place] = {}
    with _taken(stage, SPOOL) as spool:
        for each in set_in_order(spool, edition, shared):
            stage.put_all([each.piece] if each.piece else [])
            places.update(each.places)
            tally = Counter(journal.tally) + Counter({UNMADE: each.unmade})
            journal = replace(journal, tally=dict(tally))
            yield journal
    with _taken(stage, LINKS_SPOOL) as spool:
        stage.put_all(WaitingLinks(edition).complete(spool, places))


def _taken(stage: Store, name: str) -> BinaryIO:
    return stage.taken(name) or io.BytesIO()


def _parts(rows: Iterator[Row]) -> Iterator[tuple[int, Sequence[Row]]]:
    """Yield the rows of each shard with its number."""
    for number, part in groupby(rows, lambda each: each.number // SHARD):
        yield number, list(part)


class _Made(NamedTuple):
    """What came of the shard ``number``."""

    number: int
    pieces: Sequence[Piece]
    tally: Counter[str]


class _Maker(NamedTuple):
    """Makes pieces of the rows of ``table``."""

    table: Table
    edition: Edition
    formats: Sequence[Format]

    def make(self, part: tuple[int, Sequence[Row]]) -> _Made:
        """Returns what comes of a shard: its number and its rows. Raises `RowsError`."""
        number, rows = part
        try:
            return self._written(number, rows)
        except Exception as error:  # its message may hold a cell
            first, last = rows[0].number, rows[-1].number
            logger.error("rows %d to %d could not be written: %s", first, last, where(error))
            raise RowsError(first, last) from None

    def _written(self, number: int, rows: Sequence[Row]) -> _Made:
        edition = self.edition
        shard = [*outcomes(replace(self.table, rows=iter(rows)), edition.columns, edition.office)]
        pieces = [piece for each in self.formats for piece in each.pieces(shard)]
        tally = count(shard, edition.columns, edition.catalog) + edition.failures
        edition.failures.clear()
        return _Made(number, pieces, tally)


def _made(
    maker: _Maker, parts: Iterator[tuple[int, Sequence[Row]]], workers: int
) -> Iterator[_Made]:
    if workers == 1:
        return map(maker.make, parts)
    return map_in_order(maker.make, parts, workers)


def _needed(pieces: Iterable[Piece], begun: set[str]) -> Iterator[Piece]:
    """Yield the pieces but those that open a file which is ``begun``: each worker opens it."""
    for piece in pieces:
        if not piece.opens or piece.name not in begun:
            yield piece
        begun.add(piece.name)


def _edition(
    run: Run, office: Office, order: Order, journal: Journal, tick: Callable[[], None]
) -> Edition:
    return Edition(
        run.table.header,
        run.table.form,
        run.columns,
        office,
        order.styles,
        before=run.table.before,
        begun=tuple(journal.sizes),
        tick=tick,
        selection=order.selection,
    )


def _after(rows: Iterator[Row], shards: int) -> Iterator[Row]:
    return (row for row in rows if row.number >= shards * SHARD)


def count(shard: Sequence[Outcome], columns: Columns, catalog: Catalog) -> Counter[str]:
    """How many rows came to what, and why. Nothing that stands in a row is in it."""
    tally: Counter[str] = Counter()
    for outcome in shard:
        tally["rows"] += 1
        if outcome.issued:
            tally["links"] += 1
            tally["cautions"] += bool(outcome.issued.cautions or outcome.remarks)
            tally[STAYS] += bool(outcome.remarks) and outcome.takes_stay
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
    """The counts in words, the reasons for faulty rows most frequent first."""
    names = ("rows", "links", "cautions", "faulty", "blank")
    yield catalog.text("bulk.summary", {name: tally.get(name, 0) for name in names})
    for name in (*SKIPPED, UNMADE, STAYS):
        if number := tally.get(name):
            yield catalog.text(f"bulk.summary.{name}", {"number": number})
    for name, number in Counter(tally).most_common():
        if name.startswith(WHY):
            params: dict[str, ParamValue] = {"number": number, "reason": name.removeprefix(WHY)}
            yield catalog.text("bulk.summary.reason", params)
