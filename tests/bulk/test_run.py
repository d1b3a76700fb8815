"""A run of the bulk tool: what it writes, commits, counts and says, with output kept in memory."""

import io
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pytest

from calsvc.bulk.choices import Choices
from calsvc.bulk.edition import Piece
from calsvc.bulk.links_table import LINKS
from calsvc.bulk.outcomes import Wish
from calsvc.bulk.output_folder import Journal
from calsvc.bulk.run import Order, RowsError, look, produce, summary, with_styles
from calsvc.bulk.styles import PLAIN_STYLES, LetterWishes, Style, Styles
from calsvc.errors import InvalidInputError
from calsvc.i18n.catalogs import get_catalog
from calsvc.letters import fonts
from calsvc.letters.postal_address import PostalAddress
from calsvc.links.content import Reminders
from tests.support.bulk_tables import KEYS, OFFICE, OTARU
from tests.support.letters import SHEET

ORDER = Order(OFFICE, ("links",), KEYS[0])
HEADER, GOOD, FAULTY = b"born,issued\n", b"1985-04-23,2020-06-01\n", b"1985-04-23,2015-12-31\n"


@dataclass
class Memory:
    """Keeps the output of a run in memory."""

    files: dict[str, bytes] = field(default_factory=dict)
    committed: list[Journal] = field(default_factory=list)

    def put_all(self, pieces: Iterable[Piece]) -> None:
        for piece in pieces:
            before = self.files.get(piece.name, b"") if piece.grows else b""
            self.files[piece.name] = before + piece.content

    def commit(self, journal: Journal) -> None:
        sizes = {name: len(content) for name, content in self.files.items()}
        self.committed.append(replace(journal, sizes=sizes))


def start(content: bytes, order: Order = ORDER) -> Journal:
    return Journal(look(io.BytesIO(content), order).digest, "2026-11-24", "0102030405060708")


def run(
    content: bytes, store: Memory, journal: Journal, *, due: bool = True, workers: int = 1
) -> list[Journal]:
    looked = look(io.BytesIO(content), ORDER)
    return list(produce(looked, ORDER, store, journal, lambda: due, workers=workers))


def digest(content: bytes = HEADER + GOOD, **changed: object) -> str:
    return look(io.BytesIO(content), replace(ORDER, **changed)).digest  # type: ignore[arg-type]


# --- looking --------------------------------------------------------------------------------------


def test_a_file_that_cannot_be_worked_on_is_refused() -> None:
    with pytest.raises(InvalidInputError):
        look(io.BytesIO(b"name\nx\n"), ORDER)


def test_the_number_of_rows_is_expected() -> None:
    assert look(io.BytesIO(HEADER + GOOD * 3), ORDER).expected in (3, 4)


def test_the_digest_is_of_the_input_and_all_that_shapes_the_output() -> None:
    digests = [
        digest(),
        digest(HEADER + GOOD + GOOD),
        digest(formats=("links", "ics")),
        digest(secret=b"another key"),
        digest(office=replace(OFFICE, base="https://other.example.jp")),
        digest(choices=Choices(given={"born": ("born",)})),
        digest(choices=Choices(encoding="utf-8")),
        digest(styles=Styles(Style(sheet=SHEET))),
        digest(styles=Styles(own={"012033": Style(sheet=SHEET)})),
    ]
    assert len(set(digests)) == len(digests)


def test_the_digest_is_the_same_on_another_day_and_in_another_order_of_formats() -> None:
    assert digest() == digest(office=replace(OFFICE, today=date(2027, 1, 1)))
    assert digest(formats=("ics", "eml")) == digest(formats=("eml", "ics"))


# --- producing ------------------------------------------------------------------------------------


def test_each_batch_is_committed_where_it_is_due_and_the_last_always() -> None:
    content = HEADER + GOOD * 2500
    for due, shards in ((True, [1, 2, 3, 3]), (False, [3])):
        store = Memory()
        run(content, store, start(content), due=due)
        assert [each.shards for each in store.committed] == shards


def test_a_run_that_goes_on_writes_the_same_bytes_and_counts() -> None:
    content = HEADER + GOOD * 1500 + FAULTY + GOOD * 999
    whole = Memory()
    counted = run(content, whole, start(content))[-1]
    first = whole.committed[0]
    rest = Memory({LINKS: whole.files[LINKS][: first.sizes[LINKS]]})
    assert run(content, rest, first)[-1].tally == counted.tally
    assert rest.files == whole.files


def test_workers_write_the_bytes_and_journals_of_one_process() -> None:
    content = HEADER + (GOOD * 900 + FAULTY) * 9
    alone, shared = Memory(), Memory()
    journals = run(content, alone, start(content))
    assert run(content, shared, start(content), workers=3) == journals
    assert shared.files == alone.files
    assert shared.committed == alone.committed


def test_workers_go_on_with_an_interrupted_run() -> None:
    content = HEADER + (GOOD * 900 + FAULTY) * 9
    whole = Memory()
    counted = run(content, whole, start(content))[-1]
    third = whole.committed[2]
    rest = Memory({name: whole.files[name][:size] for name, size in third.sizes.items()})
    assert run(content, rest, third, workers=2)[-1].tally == counted.tally
    assert rest.files == whole.files


@pytest.mark.parametrize("workers", [1, 2])
def test_rows_that_cannot_be_written_end_the_run_with_their_numbers(
    workers: int, caplog: pytest.LogCaptureFixture
) -> None:
    content = HEADER + GOOD * 5500
    order = replace(ORDER, office=replace(OFFICE, base="https://\ud800"))
    looked, journal = look(io.BytesIO(content), ORDER), start(content)
    with pytest.raises(RowsError) as caught:
        list(produce(looked, order, Memory(), journal, lambda: False, workers=workers))
    assert (caught.value.first, caught.value.last) == (2, 999)
    assert "1985" not in caplog.text + str(caught.value)


def test_a_small_table_is_left_to_one_process() -> None:
    """Each file ticks in the process that makes it."""
    content, order, ticks = HEADER + GOOD * 10, replace(ORDER, formats=("qr-svg",)), [0]
    looked, journal = look(io.BytesIO(content), order), start(content, order)

    def tick() -> None:
        ticks[0] += 1

    list(produce(looked, order, Memory(), journal, lambda: False, tick=tick, workers=2))
    assert ticks == [10]


def test_dates_are_checked_against_the_day_on_which_the_run_began() -> None:
    content = HEADER + b"1985-04-23,2027-12-01\n"
    for day, links in (("2026-11-24", 0), ("2027-06-01", 1)):
        journal = replace(start(content), today=day)
        assert run(content, Memory(), journal)[-1].tally.get("links", 0) == links


# --- counting -------------------------------------------------------------------------------------


def test_the_summary_counts_rows_and_reasons_and_tells_no_date() -> None:
    content = HEADER + GOOD * 3 + FAULTY * 2 + b"1985-04-23,x\n\n"
    tally = run(content, Memory(), start(content))[-1].tally
    lines = list(summary(tally, get_catalog("en")))
    assert lines[0].startswith("7 rows: 3 links (0 with a caution), 3 faulty rows")
    assert [line.strip()[:2] for line in lines[1:]] == ["2 ", "1 "]
    assert "1985" not in "".join(lines)


# --- fonts ----------------------------------------------------------------------------------------


def test_a_font_is_loaded_for_letters_alone() -> None:
    assert with_styles(ORDER, PLAIN_STYLES).styles.default.sheet is None
    ordered = with_styles(replace(ORDER, formats=("letters",)), PLAIN_STYLES)
    assert ordered.styles.default.sheet
    wish = Wish(get_catalog("ja"), Reminders.STANDARD, OTARU)
    assert ordered.office.check_print
    assert [*ordered.office.check_print("👨", PostalAddress(), wish)]
    assert not [*ordered.office.check_print("花子", PostalAddress(), wish)]


def test_a_font_that_is_none_is_refused() -> None:
    with pytest.raises(fonts.BadFontError):
        with_styles(
            replace(ORDER, formats=("letters",)), PLAIN_STYLES, LetterWishes(str(Path(__file__)))
        )
