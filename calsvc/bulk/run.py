"""One run of the bulk tool: from a file to a folder of links, letters and the rest."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol

from calsvc.bulk.choices import AS_FOUND, Choices
from calsvc.bulk.columns import Columns, known_names
from calsvc.bulk.edition import UNMADE, Edition, Format, Piece
from calsvc.bulk.explanations import explain, impersonal
from calsvc.bulk.formats import chosen
from calsvc.bulk.letter_check import check_letters
from calsvc.bulk.letter_files import printing_remarks
from calsvc.bulk.outcomes import Office, Outcome
from calsvc.bulk.output_folder import Journal
from calsvc.bulk.records import Row, Table
from calsvc.bulk.rows import SHARD, columns_of, outcomes, shards
from calsvc.bulk.tables import open_table, survey
from calsvc.errors import Fact, InvalidFile
from calsvc.feed.builder import REVISION
from calsvc.i18n.catalogs import Catalog
from calsvc.letters import fonts
from calsvc.letters.city_settings import read_settings
from calsvc.letters.compiler import Sheet
from calsvc.letters.layout import plain_sheet

WHY = "why: "
"""Leads the tally's entries for reasons."""
SKIPPED = ("row.hidden", "row.total")
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
    sheet: Sheet | None = None

    def digest(self, content: str) -> str:
        """What stands for this order, upon a file whose digest is ``content``."""
        city = self.office.facts.hex()
        sheet = self.sheet.digest if self.sheet else ""
        key = hashlib.sha256(self.secret).hexdigest()
        parts = [content, self.office.base, city, sheet, key, str(REVISION), *sorted(self.formats)]
        parts += [self.choices.text()]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@dataclass(frozen=True)
class Run:
    """A run whose input has been looked at and found usable; nothing has been made yet."""

    table: Table
    columns: Columns
    digest: str
    expected: int
    """About how many rows there are, or 0."""


class LetterWishes(NamedTuple):
    """What a clerk says of letters: font and settings (paths), date, number, second language."""

    font: str = ""
    settings: str = ""
    dated: date | None = None
    number: str = ""
    also: str = ""

    def sheet(self, today: date) -> Sheet:
        """Returns the sheet. Raises `BadFontError` and `InvalidFile`."""
        font = fonts.load(self.font)
        if not self.settings:
            return replace(plain_sheet(font), also=self.also)
        sheet = read_settings(Path(self.settings), font, self.dated or today, self.number)
        return replace(sheet, also=self.also)


NO_WISHES = LetterWishes()


def with_sheet(order: Order, wishes: LetterWishes = NO_WISHES) -> Order:
    """Returns ``order`` with what letters need: a sheet, and a check of what its font can print.

    Raises `BadFontError` and `InvalidFile`.
    """
    if "letters" not in order.formats:
        return order
    sheet = wishes.sheet(order.office.today)
    if wishes.settings:
        checked = check_letters(sheet, order.office.city, order.office.today)
        if checked.faults:
            raise InvalidFile(Path(wishes.settings).name, "", "; ".join(checked.faults))
    office = replace(order.office, check_print=partial(printing_remarks, sheet=sheet))
    return replace(order, office=office, sheet=sheet)


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
    scan = survey(file, order.choices.encoding)
    table = open_table(file, scan.encoding, order.choices)
    columns = columns_of(table, order.choices)
    return Run(table, columns, order.digest(scan.digest), table.expected or scan.lines)


def remarks(run: Run, words: Catalog) -> Iterator[str]:
    """Yield what is told before anything is made: the sheet, hidden rows, the columns."""
    yield from map(words.problem, run.table.remarks)
    columns = run.columns
    used = columns.used
    pairs = (f"{known_names()[used[at]][0]}={columns.headers[at]}" for at in sorted(used))
    yield words.text("bulk.columns.used", {"columns": ", ".join(pairs)})
    others = [name for at, name in enumerate(columns.headers) if at not in used and name.strip()]
    if others:
        yield words.text("bulk.columns.others", {"columns": ", ".join(others)})


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
) -> Iterator[Journal]:
    """Write everything to ``stage``, from where ``journal`` ends; yields how far it has come.

    ``due`` says after each shard whether what was written is to be made safe now. ``tick`` is
    called for each letter, because a shard of letters takes seconds.
    """
    office = replace(
        order.office,
        today=date.fromisoformat(journal.today),
        run_number=bytes.fromhex(journal.run_number),
    )
    edition = _edition(run, office, order, journal, tick)
    with edition.resources:
        yield from _produced(run, edition, chosen(order.formats, edition), (stage, journal, due))


def _produced(
    run: Run,
    edition: Edition,
    formats: Sequence[Format],
    where_to: tuple[Store, Journal, Callable[[], bool]],
) -> Iterator[Journal]:
    """Write each shard in all ``formats``."""
    stage, journal, due = where_to
    if not journal.sizes:
        for each in formats:
            stage.put_all(each.opening())
    table = replace(run.table, rows=_after(run.table.rows, journal.shards))
    for number, shard in shards(outcomes(table, run.columns, edition.office)):
        for each in formats:
            stage.put_all(each.pieces(shard))
        tally = Counter(journal.tally) + count(shard, run.columns, edition.words)
        tally += edition.failures
        edition.failures.clear()
        journal = replace(journal, shards=number + 1, tally=dict(tally))
        if due():
            stage.commit(journal)
        yield journal
    stage.commit(journal)


def _edition(
    run: Run, office: Office, order: Order, journal: Journal, tick: Callable[[], None]
) -> Edition:
    return Edition(
        run.table.header,
        run.table.form,
        run.columns,
        office,
        order.sheet,
        before=run.table.before,
        begun=tuple(journal.sizes),
        tick=tick,
    )


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
            tally[STAYS] += bool(outcome.remarks) and outcome.takes_stay
        else:
            tally[_kind(outcome)] += 1
        for problem in outcome.problems:
            tally[f"{WHY}{explain(impersonal(problem), columns, words)}"] += 1
    return tally


def _kind(outcome: Outcome) -> str:
    if outcome.skipped:
        return outcome.skipped
    return "faulty" if outcome.problems else "blank"


def summary(tally: Mapping[str, int], words: Catalog) -> Iterator[str]:
    """The counts in words, the reasons for faulty rows most frequent first."""
    names = ("rows", "links", "cautions", "faulty", "blank")
    yield words.text("bulk.summary", {name: tally.get(name, 0) for name in names})
    for name in (*SKIPPED, UNMADE, STAYS):
        if number := tally.get(name):
            yield words.text(f"bulk.summary.{name}", {"number": number})
    for name, number in Counter(tally).most_common():
        if name.startswith(WHY):
            facts: dict[str, Fact] = {"number": number, "reason": name.removeprefix(WHY)}
            yield words.text("bulk.summary.reason", facts)
