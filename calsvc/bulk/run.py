"""One run of the bulk tool: from a file to a folder of links, letters and the rest."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import BinaryIO, Protocol

from calsvc.bulk.columns import Columns
from calsvc.bulk.csv_files import Row, Table
from calsvc.bulk.fonts import Font
from calsvc.bulk.fonts import load as load_font
from calsvc.bulk.formats import Edition, Piece, chosen, explain, name_check
from calsvc.bulk.output_folder import Journal
from calsvc.bulk.rows import (
    SHARD,
    Office,
    Outcome,
    columns_of,
    open_table,
    outcomes,
    shards,
    survey,
)
from calsvc.errors import Fact, Problem
from calsvc.feed.builder import REVISION
from calsvc.i18n.catalogs import Catalog

WHY = "why: "
"""Leads the tally's entries for reasons."""
PARTS_OF_DATES = {"era", "letter", "year"}


@dataclass(frozen=True)
class Order:
    """What a run is asked for. ``encoding`` may be '', ``given`` maps fields to headers."""

    office: Office
    formats: tuple[str, ...]
    encoding: str
    given: Mapping[str, str]
    font: Font | None
    secret: bytes = field(repr=False)
    """The key that seals; only its digest is ever written."""

    def digest(self, content: str) -> str:
        """What stands for this order, upon a file whose digest is ``content``."""
        city = self.office.city.digest.hex()
        font = hashlib.sha256(self.font.path.read_bytes()).hexdigest() if self.font else ""
        key = hashlib.sha256(self.secret).hexdigest()
        parts = [content, self.office.base, self.encoding, city, font, key, str(REVISION)]
        parts += [*sorted(self.formats), *(f"{each}" for each in sorted(self.given.items()))]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@dataclass(frozen=True)
class Run:
    """A run whose input has been looked at and found usable; nothing has been made yet."""

    table: Table
    columns: Columns
    digest: str
    expected: int
    """About how many rows there are, or 0."""


def with_font(order: Order, font: str = "") -> Order:
    """Returns ``order`` with what letters need: a font, and names that it can print.

    ``font``: the path of a font, or '' for the built-in one. Raises `BadFontError`.
    """
    if "letters" not in order.formats:
        return order
    loaded = load_font(font)
    office = replace(order.office, check_name=name_check(loaded))
    return replace(order, office=office, font=loaded)


class Store(Protocol):
    """Where the output goes, such as `calsvc.bulk.output_folder.Stage`."""

    def put_all(self, pieces: Iterable[Piece], /) -> None:
        """Write down ``pieces``, as they are made."""
        ...

    def commit(self, journal: Journal, /) -> None:
        """Make sure of all that was put."""
        ...


def look(file: BinaryIO, order: Order) -> Run:
    """See whether ``file`` can be worked on. Raises `InvalidInput`."""
    scan = survey(file, order.encoding)
    table = open_table(file, scan.encoding)
    columns = columns_of(table, order.given)
    return Run(table, columns, order.digest(scan.digest), table.expected or scan.lines)


def produce(
    run: Run, order: Order, stage: Store, journal: Journal, due: Callable[[], bool]
) -> Iterator[Journal]:
    """Write everything to ``stage``, from where ``journal`` ends; yields how far it has come.

    ``due`` says after each shard whether what was written is to be made safe now.
    """
    office = replace(
        order.office,
        today=date.fromisoformat(journal.today),
        run_number=bytes.fromhex(journal.run_number),
    )
    edition = Edition(run.table.header, run.table.form, run.columns, office, order.font)
    formats = chosen(order.formats, edition)
    if not journal.sizes:
        for each in formats:
            stage.put_all(each.opening())
    table = replace(run.table, rows=_after(run.table.rows, journal.shards))
    for number, shard in shards(outcomes(table, run.columns, office)):
        for each in formats:
            stage.put_all(each.pieces(shard))
        tally = Counter(journal.tally) + count(shard, run.columns, edition.words)
        journal = replace(journal, shards=number + 1, tally=dict(tally))
        if due():
            stage.commit(journal)
        yield journal
    stage.commit(journal)


def _after(rows: Iterator[Row], shards: int) -> Iterator[Row]:
    return (row for row in rows if row.number >= shards * SHARD)


def count(shard: Sequence[Outcome], columns: Columns, words: Catalog) -> Counter[str]:
    """How many rows came to what, and why. Nothing that stands in a row is in it."""
    tally: Counter[str] = Counter()
    for outcome in shard:
        tally["rows"] += 1
        if outcome.issued:
            tally["links"] += 1
            tally["cautions"] += bool(outcome.issued.cautions or outcome.remarks)
        else:
            tally["faulty" if outcome.problems else "blank"] += 1
        for problem in outcome.problems:
            tally[f"{WHY}{explain(_impersonal(problem), columns, words)}"] += 1
    return tally


def _impersonal(problem: Problem) -> Problem:
    """The problem without the dates that it speaks of."""
    facts = {
        name: "…" if isinstance(fact, date) or name in PARTS_OF_DATES else fact
        for name, fact in problem.facts.items()
    }
    return replace(problem, facts=facts)


def summary(tally: Mapping[str, int], words: Catalog) -> Iterator[str]:
    """The counts in words, the reasons for faulty rows most frequent first."""
    names = ("rows", "links", "cautions", "faulty", "blank")
    yield words.text("bulk.summary", {name: tally.get(name, 0) for name in names})
    for name, number in Counter(tally).most_common():
        if name.startswith(WHY):
            facts: dict[str, Fact] = {"number": number, "reason": name.removeprefix(WHY)}
            yield words.text("bulk.summary.reason", facts)
