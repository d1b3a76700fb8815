"""Workbooks are read by a child process with limits."""

import io
import json
import resource
import subprocess
from collections.abc import Callable, Collection
from datetime import date, datetime
from pathlib import Path

import pytest

from calsvc.bulk import reader_process, workbooks
from calsvc.bulk.date_cells import build_day_reader, day_of_serial
from calsvc.bulk.records import Number, Uncomputed
from calsvc.bulk.workbooks import Book
from calsvc.child_process import start_module
from calsvc.errors import InvalidInputError
from tests.support.workbooks import HANAKO, HEADER, SHEET, patched, with_part, xls, xlsx

END = b"</sheetData>"


def cells_of(content: bytes, sheet: int = 0) -> list[list[str]]:
    book = Book(io.BytesIO(content))
    rows = [list(row.cells) for row in book.rows(sheet)]
    book.close()
    return rows


def key_of(content: bytes) -> str:
    with pytest.raises(InvalidInputError) as caught:
        cells_of(content)
    return caught.value.problems[0].key


def with_cells(cells: bytes) -> bytes:
    return with_part(xlsx(HEADER, HANAKO), SHEET, END, cells + END)


# --- cells ----------------------------------------------------------------------------------------


def test_a_workbook_gives_its_cells_as_text() -> None:
    content = xlsx(["𠮷田", datetime(2020, 6, 1), 12.5], [True, None, 20200601])
    assert cells_of(content) == [["𠮷田", "2020-06-01", "12.5"], ["TRUE", "", "20200601"]]


def test_rows_and_columns_have_the_same_positions() -> None:
    book = Book(io.BytesIO(xlsx([], ["", "a"], [], ["", "x"])))
    assert [(row.number, row.cells) for row in book.rows(0)] == [(2, ["", "a"]), (4, ["", "x"])]
    book.close()


def test_leading_zeros_of_a_number_format_are_kept() -> None:
    def padded(_book: object, sheet: dict[str, object]) -> None:
        sheet["A2"].number_format = "0000000000"  # type: ignore[attr-defined]

    content = xlsx(["宛名番号", "数"], [12345, 7], change=padded)  # type: ignore[arg-type]
    assert cells_of(content)[1] == ["0000012345", "7"]


def test_numbers_texts_and_missing_results_are_distinguished() -> None:
    rows = cells_of(xlsx(["31160", 31160, "=A1"]))
    assert [type(cell) for cell in rows[0]] == [str, Number, Uncomputed]


@pytest.mark.parametrize("escaped", ["a_x000D_\nb", "_x0041_"])
def test_escapes_of_the_file_format_are_undone(escaped: str) -> None:
    """openpyxl writes the text as it is, which in the file stands for another."""
    (cell,) = cells_of(xlsx([escaped]))[0]
    assert "_x" not in cell


# --- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cells",
    [
        b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        b'<row r="1048576"><c r="GR1048576"><v>1</v></c></row>',
        b'<row r="2000000000"><c r="A2000000000"><v>1</v></c></row>',
        b"<row><c><v>1</v></c></row>" * 1_500_000,
        b" " * (20 << 20),
    ],
    ids=["a far cell", "a far cell within the columns", "no such row", "rows", "spaces"],
)
def test_zip_bomb_is_rejected(cells: bytes) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert key_of(with_cells(cells)) in {"table.too_large", "table.too_many_columns"}
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime - before.ru_utime <= reader_process.MIN_PROCESSOR_SECONDS + 1


@pytest.mark.parametrize("entity", ['SYSTEM "file:///etc/passwd"', '"lol"'])
def test_entities_of_a_workbook_are_not_replaced(entity: str) -> None:
    declared = f"<!DOCTYPE worksheet [<!ENTITY a {entity}>]><worksheet".encode()
    content = with_part(xlsx(["x"]), SHEET, b"<worksheet", declared)
    cell = b'<row r="2"><c r="A2" t="inlineStr"><is><t>[&a;]</t></is></c></row>'
    try:
        found = cells_of(with_part(content, SHEET, END, cell + END))
    except InvalidInputError:
        found = []
    assert not [text for row in found for text in row if "lol" in text or "root" in text]


def test_long_cell_is_rejected() -> None:
    assert key_of(with_cells(_long_cell())) == "table.cell_too_long"


def _long_cell() -> bytes:
    return b'<row r="3"><c r="A3" t="inlineStr"><is><t>' + b"x" * 40_000 + b"</t></is></c></row>"


def test_damaged_sheet_is_rejected() -> None:
    def cut(name: str, part: bytes) -> bytes:
        return part[: len(part) // 2] if name == SHEET else part

    assert key_of(patched(xlsx(*([HANAKO] * 500)), cut)) == "table.not_excel"


def test_workbook_without_relations_is_rejected() -> None:
    def emptied(name: str, part: bytes) -> bytes:
        return b"<a/>" if name == "_rels/.rels" else part

    assert key_of(patched(xlsx(HEADER), emptied)) == "table.not_excel"


# --- the process ----------------------------------------------------------------------------------


def test_reader_process_has_no_keys_and_no_stderr(tmp_path: Path) -> None:
    path = tmp_path / "table"
    path.write_bytes(b"PK\x03\x04 garbage of a resident")
    with path.open("rb") as file:
        descriptor = file.fileno()
        process = start_module(workbooks.READER_MODULE, str(descriptor), descriptors=[descriptor])
        environ = Path(f"/proc/{process.pid}/environ").read_bytes()
        stderr = Path(f"/proc/{process.pid}/fd/2").readlink()
        said = process.communicate(b"")[0]
    assert b"CALSVC_" not in environ
    assert stderr == Path("/dev/null")
    assert json.loads(said[4:]) == {"refused": "not_excel"}


def started(program: str) -> Callable[..., "subprocess.Popen[bytes]"]:
    """Return what starts ``program`` in place of a reader."""

    def start(*_: str, **__: Collection[int]) -> "subprocess.Popen[bytes]":
        return subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    return start


def test_table_is_rejected_if_the_reader_process_dies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "start_module", started("false"))
    assert key_of(xlsx(HEADER)) == "table.too_large"


def test_endless_reader_process_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "start_module", started("yes"))
    assert key_of(xlsx(HEADER)) == "table.too_large"


def test_garbage_collected_book_leaves_no_process() -> None:
    book = Book(io.BytesIO(xlsx(HEADER)))
    process: subprocess.Popen[bytes] = book._process
    del book
    assert process.poll() is not None


# --- days of numbers ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("serial", "epoch", "day"),
    [
        (1, 1900, date(1900, 1, 1)),
        (59, 1900, date(1900, 2, 28)),
        (60, 1900, None),
        (61, 1900, date(1900, 3, 1)),
        (43983, 1900, date(2020, 6, 1)),
        (42521, 1904, date(2020, 6, 1)),
        (0, 1900, None),
        (109_575, 1900, None),
        (43983, 0, None),
    ],
)
def test_a_number_is_a_day_of_its_epoch(serial: int, epoch: int, day: date | None) -> None:
    assert day_of_serial(serial, epoch) == day


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        (Number("43983"), "2020-06-01"),
        (Number("20200601"), "20200601"),
        ("020601", "020601"),
        ("43983", "43983"),
        ("2020/6/1 0:00", "2020/6/1"),
        ("2020-06-01 09:30:00", "2020-06-01"),
        ("2020-06-01T09:30:00Z", "2020-06-01T09:30:00Z"),
        ('="2020/6/1"', "2020/6/1"),
        ("'2020/6/1", "2020/6/1"),
        (Uncomputed(), "#"),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_day_is_read_by_the_type_of_the_cell(cell: str, day: str) -> None:
    assert build_day_reader(1900)(cell) == day


def test_a_number_without_a_known_epoch_stays_a_number() -> None:
    assert build_day_reader(0)(Number("43983")) == "43983"


def test_the_epoch_of_an_old_workbook_is_found() -> None:
    for epoch in (False, True):
        book = Book(io.BytesIO(xls(HEADER, epoch_1904=epoch)))
        assert book.epoch == (1904 if epoch else 1900)
        book.close()
