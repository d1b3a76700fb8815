"""A run of the bulk tool, with its output in memory."""

import io
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pytest

from calsvc.bulk.choices import Choices
from calsvc.bulk.links_table import LINKS_TABLE_NAME
from calsvc.bulk.outcomes import Preferences
from calsvc.bulk.output_context import FilePiece
from calsvc.bulk.output_folder import Checkpoint
from calsvc.bulk.result_counts import format_summary
from calsvc.bulk.run import RowsError, RunOptions, execute, prepare, with_styles
from calsvc.bulk.styles import PLAIN_STYLES, LetterOptions, Style, Styles
from calsvc.errors import InvalidInputError
from calsvc.i18n.catalogs import get_catalog
from calsvc.letters import fonts
from calsvc.letters.postal_address import PostalAddress
from calsvc.links.content import Reminders
from tests.support.bulk_tables import CONTEXT, KEYS, OTARU
from tests.support.letters import SHEET

OPTIONS = RunOptions(CONTEXT, ("links",), KEYS[0])
HEADER, VALID_ROW, FAULTY = b"born,issued\n", b"1985-04-23,2020-06-01\n", b"1985-04-23,2015-12-31\n"


@dataclass
class MemoryTarget:
    """Keeps the output of a run in memory."""

    files: dict[str, bytes] = field(default_factory=dict)
    committed: list[Checkpoint] = field(default_factory=list)

    def write_all(self, pieces: Iterable[FilePiece]) -> None:
        for piece in pieces:
            before = self.files.get(piece.name, b"") if piece.appends else b""
            self.files[piece.name] = before + piece.content

    def commit(self, checkpoint: Checkpoint) -> None:
        sizes = {name: len(content) for name, content in self.files.items()}
        self.committed.append(replace(checkpoint, sizes=sizes))


def start_run(content: bytes, options: RunOptions = OPTIONS) -> Checkpoint:
    return Checkpoint(
        prepare(io.BytesIO(content), options).digest, "2026-11-24", "0102030405060708"
    )


def execute_all(
    content: bytes,
    target: MemoryTarget,
    checkpoint: Checkpoint,
    *,
    due: bool = True,
    workers: int = 1,
) -> list[Checkpoint]:
    looked = prepare(io.BytesIO(content), OPTIONS)
    return list(execute(looked, OPTIONS, target, checkpoint, lambda: due, workers=workers))


def digest(content: bytes = HEADER + VALID_ROW, **changed: object) -> str:
    return prepare(io.BytesIO(content), replace(OPTIONS, **changed)).digest  # type: ignore[arg-type]


# --- looking --------------------------------------------------------------------------------------


def test_table_without_required_columns_is_rejected() -> None:
    with pytest.raises(InvalidInputError):
        prepare(io.BytesIO(b"name\nx\n"), OPTIONS)


def test_number_of_rows_is_estimated() -> None:
    assert prepare(io.BytesIO(HEADER + VALID_ROW * 3), OPTIONS).estimated_rows in (3, 4)


def test_digest_covers_input_and_all_options_of_the_output() -> None:
    digests = [
        digest(),
        digest(HEADER + VALID_ROW + VALID_ROW),
        digest(formats=("links", "ics")),
        digest(sealing_key=b"another key"),
        digest(context=replace(CONTEXT, base_url="https://other.example.jp")),
        digest(choices=Choices(overrides={"born": ("born",)})),
        digest(choices=Choices(encoding="utf-8")),
        digest(styles=Styles(Style(sheet=SHEET))),
        digest(styles=Styles(own={"012033": Style(sheet=SHEET)})),
    ]
    assert len(set(digests)) == len(digests)


def test_digest_ignores_the_day_and_the_order_of_formats() -> None:
    assert digest() == digest(context=replace(CONTEXT, today=date(2027, 1, 1)))
    assert digest(formats=("ics", "eml")) == digest(formats=("eml", "ics"))


# --- producing ------------------------------------------------------------------------------------


def test_chunks_are_committed_when_due_and_the_last_always() -> None:
    content = HEADER + VALID_ROW * 2500
    for due, chunks in ((True, [1, 2, 3, 3]), (False, [3])):
        target = MemoryTarget()
        execute_all(content, target, start_run(content), due=due)
        assert [each.chunks for each in target.committed] == chunks


def test_resumed_run_writes_the_same_bytes_and_counts() -> None:
    content = HEADER + VALID_ROW * 1500 + FAULTY + VALID_ROW * 999
    whole = MemoryTarget()
    counted = execute_all(content, whole, start_run(content))[-1]
    first = whole.committed[0]
    rest = MemoryTarget(
        {LINKS_TABLE_NAME: whole.files[LINKS_TABLE_NAME][: first.sizes[LINKS_TABLE_NAME]]}
    )
    assert execute_all(content, rest, first)[-1].counts == counted.counts
    assert rest.files == whole.files


def test_workers_write_the_same_bytes_and_checkpoints() -> None:
    content = HEADER + (VALID_ROW * 900 + FAULTY) * 9
    alone, shared = MemoryTarget(), MemoryTarget()
    checkpoints = execute_all(content, alone, start_run(content))
    assert execute_all(content, shared, start_run(content), workers=3) == checkpoints
    assert shared.files == alone.files
    assert shared.committed == alone.committed


def test_workers_resume_an_interrupted_run() -> None:
    content = HEADER + (VALID_ROW * 900 + FAULTY) * 9
    whole = MemoryTarget()
    counted = execute_all(content, whole, start_run(content))[-1]
    third = whole.committed[2]
    rest = MemoryTarget({name: whole.files[name][:size] for name, size in third.sizes.items()})
    assert execute_all(content, rest, third, workers=2)[-1].counts == counted.counts
    assert rest.files == whole.files


@pytest.mark.parametrize("workers", [1, 2])
def test_rows_that_fail_end_the_run_with_their_numbers(
    workers: int, caplog: pytest.LogCaptureFixture
) -> None:
    content = HEADER + VALID_ROW * 5500
    options = replace(OPTIONS, context=replace(CONTEXT, base_url="https://\ud800"))
    looked, checkpoint = prepare(io.BytesIO(content), OPTIONS), start_run(content)
    with pytest.raises(RowsError) as caught:
        list(execute(looked, options, MemoryTarget(), checkpoint, lambda: False, workers=workers))
    assert (caught.value.first, caught.value.last) == (2, 999)
    assert "1985" not in caplog.text + str(caught.value)


def test_small_table_is_processed_by_one_process() -> None:
    """Each file ticks in the process that makes it."""
    content, options, ticks = HEADER + VALID_ROW * 10, replace(OPTIONS, formats=("qr-svg",)), [0]
    looked, checkpoint = prepare(io.BytesIO(content), options), start_run(content, options)

    def tick() -> None:
        ticks[0] += 1

    list(execute(looked, options, MemoryTarget(), checkpoint, lambda: False, tick=tick, workers=2))
    assert ticks == [10]


def test_dates_are_checked_against_the_first_day_of_the_run() -> None:
    content = HEADER + b"1985-04-23,2027-12-01\n"
    for day, links in (("2026-11-24", 0), ("2027-06-01", 1)):
        checkpoint = replace(start_run(content), today=day)
        assert execute_all(content, MemoryTarget(), checkpoint)[-1].counts.get("links", 0) == links


# --- counting -------------------------------------------------------------------------------------


def test_summary_counts_rows_and_reasons_without_dates() -> None:
    content = HEADER + VALID_ROW * 3 + FAULTY * 2 + b"1985-04-23,x\n\n"
    counts = execute_all(content, MemoryTarget(), start_run(content))[-1].counts
    lines = list(format_summary(counts, get_catalog("en")))
    assert lines[0].startswith("7 rows: 3 links (0 with a caution), 3 faulty rows")
    assert [line.strip()[:2] for line in lines[1:]] == ["2 ", "1 "]
    assert "1985" not in "".join(lines)


# --- fonts ----------------------------------------------------------------------------------------


def test_font_is_loaded_only_for_letters() -> None:
    assert with_styles(OPTIONS, PLAIN_STYLES).styles.default.sheet is None
    with_letters = with_styles(replace(OPTIONS, formats=("letters",)), PLAIN_STYLES)
    assert with_letters.styles.default.sheet
    wish = Preferences(get_catalog("ja"), Reminders.STANDARD, OTARU)
    assert with_letters.context.check_print
    assert [*with_letters.context.check_print("👨", PostalAddress(), wish)]
    assert not [*with_letters.context.check_print("花子", PostalAddress(), wish)]


def test_file_that_is_no_font_is_rejected() -> None:
    with pytest.raises(fonts.InvalidFontError):
        with_styles(
            replace(OPTIONS, formats=("letters",)), PLAIN_STYLES, LetterOptions(str(Path(__file__)))
        )
