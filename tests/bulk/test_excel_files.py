"""Workbooks of Excel: their cells as text, and what is refused."""

import io
import zipfile
from datetime import datetime

import openpyxl
import pytest

from calsvc.bulk import excel_files
from calsvc.bulk.csv_files import UTF_8_BOM, Form, Table
from calsvc.errors import InvalidInput


def cells_of(table: Table) -> list[list[str]]:
    return [list(row.cells) for row in (table.header, *table.rows)]


def workbook(*rows: list[object]) -> io.BytesIO:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file


def test_a_workbook_gives_its_cells_as_text() -> None:
    day = datetime(2020, 6, 1)
    file = workbook(["氏名", "発行日", "数"], ["𠮷田", day, 12.5], [], [True, None, 20200601])
    assert excel_files.is_workbook(file)
    table = excel_files.read(file)
    assert cells_of(table) == [
        ["氏名", "発行日", "数"],
        ["𠮷田", "2020-06-01", "12.5"],
        [],
        ["TRUE", "", "20200601"],
    ]
    assert table.form == Form(UTF_8_BOM, ",")


def test_rows_of_a_workbook_keep_their_numbers() -> None:
    file = workbook([], ["a"], [], ["x"], [], [" "])
    table = excel_files.read(file)
    assert table.header.number == 2
    assert [(row.number, row.blank) for row in table.rows] == [(3, True), (4, False)]


def test_a_row_beyond_those_of_excel_is_not_waited_for() -> None:
    whole, file = zipfile.ZipFile(workbook(["a"], ["b"])), io.BytesIO()
    with zipfile.ZipFile(file, "w") as changed:
        for part in whole.namelist():
            changed.writestr(part, whole.read(part).replace(b'<row r="2"', b'<row r="2000000000"'))
    with pytest.raises(InvalidInput) as caught:
        list(excel_files.read(file).rows)
    assert caught.value.problems[0].key == "table.too_large"


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("43983", "2020-06-01"),
        ("20200601", "20200601"),
        ("2020/6/1 0:00", "2020/6/1"),
        ("0", "0"),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_a_day_that_excel_shows_as_a_number_is_understood(cell: str, day: str) -> None:
    assert excel_files.day_text(cell) == day


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "table.old_excel"),
        (b"PK\x03\x04 no zip", "table.not_excel"),
    ],
)
def test_other_workbooks_are_refused_with_advice(content: bytes, key: str) -> None:
    file = io.BytesIO(content)
    with pytest.raises(InvalidInput) as caught:
        excel_files.is_workbook(file) and excel_files.read(file)
    assert caught.value.problems[0].key == key


def zipped(part: str, claimed: int = 0) -> io.BytesIO:
    """A ZIP file of one part, whose directory claims it to be so many bytes long."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(part, "x")
        archive.filelist[0].file_size = claimed or 1
    return file


@pytest.mark.parametrize(
    ("file", "key"),
    [
        (zipped("word/document.xml"), "table.not_excel"),
        (zipped("xl/worksheets/sheet1.xml", 3 << 30), "table.too_large"),
    ],
)
def test_zip_files_that_are_no_workbooks_are_refused(file: io.BytesIO, key: str) -> None:
    assert excel_files.is_workbook(file)
    with pytest.raises(InvalidInput) as caught:
        excel_files.read(file)
    assert caught.value.problems[0].key == key


def test_a_workbook_that_is_damaged_in_the_middle_is_refused() -> None:
    whole = workbook(["a"], *([number] for number in range(5000)))
    file = io.BytesIO()
    with zipfile.ZipFile(whole) as read, zipfile.ZipFile(file, "w") as written:
        for part in read.namelist():
            content = read.read(part)
            cut = len(content) // 2 if "sheet1" in part else None
            written.writestr(part, content[:cut])
    table = excel_files.read(file)
    assert table.header.cells == ["a"]
    with pytest.raises(InvalidInput, match=r"table\.not_excel"):
        list(table.rows)


@pytest.mark.parametrize(
    "entity", ['SYSTEM "file:///etc/passwd"', '"&b;&b;"><!ENTITY b "lol"', 'PUBLIC "x" "http://x/"']
)
def test_a_workbook_that_declares_entities_is_refused(entity: str) -> None:
    declared = f"<!DOCTYPE worksheet [<!ENTITY a {entity}>]><worksheet"
    file = with_changed_sheet("<worksheet", declared)
    with pytest.raises(InvalidInput, match=r"table\.not_excel"):
        list(excel_files.read(file).rows)


def test_a_workbook_with_an_attribute_that_is_not_excels_is_refused() -> None:
    file = with_changed_sheet("<dimension", '<dimension unknown="1"')
    with pytest.raises(InvalidInput, match=r"table\.not_excel"):
        list(excel_files.read(file).rows)


def with_changed_sheet(old: str, new: str) -> io.BytesIO:
    whole, file = workbook(["a"], ["b"]), io.BytesIO()
    with zipfile.ZipFile(whole) as read, zipfile.ZipFile(file, "w") as written:
        for part in read.namelist():
            content = read.read(part)
            if "sheet1" in part:
                assert old.encode() in content
                content = content.replace(old.encode(), new.encode(), 1)
            written.writestr(part, content)
    return file


def test_the_first_sheet_that_is_shown_is_read() -> None:
    book = openpyxl.Workbook()
    book.active.append(["hidden"])
    book.active.sheet_state = "hidden"
    book.create_sheet().append(["shown"])
    file = io.BytesIO()
    book.save(file)
    assert excel_files.read(file).header.cells == ["shown"]


def test_an_empty_workbook_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"table\.empty"):
        excel_files.read(workbook())
