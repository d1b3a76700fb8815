"""Results come back in the form of the table, and the faulty rows alone as well."""

import io
from collections.abc import Sequence
from datetime import date

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calsvc.bulk import workbook_output
from calsvc.bulk.edition import Edition, Piece
from calsvc.bulk.formats import FaultyRows
from calsvc.bulk.links_table import LinksTable
from calsvc.bulk.records import Number, Uncomputed
from calsvc.bulk.rows import outcomes, shards
from calsvc.bulk.workbooks import Book
from tests.support.bulk_tables import OFFICE, opened
from tests.support.workbooks import HANAKO, HEADER, ods, xlsx

PADDED = ("宛名番号", *HEADER)


def packed(content: bytes) -> bytes:
    file = io.BytesIO()
    workbook_output.pack(io.BytesIO(content), file)
    return file.getvalue()


def workbook(rows: Sequence[Sequence[str]]) -> bytes:
    return packed(workbook_output.OPENING + workbook_output.write(rows))


def pieces_of(content: bytes, kind: type[LinksTable | FaultyRows]) -> list[Piece]:
    table, columns = opened(content)
    form = kind(Edition(table.header, table.form, columns, OFFICE, before=table.before))
    found = list(form.opening())
    for _, shard in shards(outcomes(table, columns, OFFICE)):
        found += form.pieces(shard)
    return found


def rows_in_excel(content: bytes) -> list[list[object]]:
    """Return the rows as openpyxl reads them, which knows nothing of how they were written."""
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


# --- writing workbooks ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cell",
    ["小樽 花子", "a & b <c>", "=1+1", " x ", "x\n", "\u3000", "0000012345", "'85", "x" * 32_767],
)
def test_a_cell_comes_back_as_it_was(cell: str) -> None:
    assert rows_in_excel(workbook([[cell, "x"]])) == [[cell, "x"]]


@settings(max_examples=20)
@given(st.lists(st.lists(st.text(max_size=6), min_size=2, max_size=3), min_size=1, max_size=4))
def test_any_text_comes_back_as_it_was(rows: list[list[str]]) -> None:
    rows = [["head", "x", "y"], *([cell.replace("\0", "") for cell in row] for row in rows)]
    book = Book(io.BytesIO(workbook(rows)))
    found = {row.number: [*row.cells] for row in book.rows(0)}
    book.close()
    for number, row in enumerate(rows, start=1):
        width = max(map(len, rows))
        expected = [*row, *[""] * (width - len(row))]
        assert found.get(number, [""] * width) == expected


def test_numbers_stay_numbers_and_blank_rows_stay() -> None:
    assert rows_in_excel(workbook([["a", Number("12.5")], [], ["", "b"]])) == [
        ["a", 12.5],
        [None, None],
        [None, "b"],
    ]


def test_an_error_stays_an_error() -> None:
    content = workbook([["a", "b"], [Uncomputed(), "=1"]])
    assert rows_in_excel(content) == [["a", "b"], ["#N/A", "=1"]]
    book = Book(io.BytesIO(content))
    assert [type(cell) for cell in [*book.rows(0)][1].cells] == [Uncomputed, str]
    book.close()


def test_the_same_rows_give_the_same_bytes() -> None:
    assert workbook([["a"]]) == workbook([["a"]])


# --- results --------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [xlsx, ods])
def test_a_workbook_comes_back_as_a_workbook(make: object) -> None:
    pieces = pieces_of(make(PADDED, ("0000000017", *HANAKO)), LinksTable)  # type: ignore[operator]
    assert {piece.name for piece in pieces} == {"links.xlsx"}
    header, row = rows_in_excel(packed(b"".join(piece.content for piece in pieces)))
    assert header[4:6] == ["電子証明書の期限", "カードの期限"]
    assert row[:6] == ["0000000017", HANAKO[0], *("1985-04-23", "2020-06-01"), *EXPIRIES]


EXPIRIES = ("2025-04-23", "2030-04-23")


def test_titles_stay_above_the_header_and_rows_in_their_places() -> None:
    content = xlsx(["名簿"], [], HEADER, [], HANAKO)
    (links,) = {piece.name for piece in pieces_of(content, LinksTable)}
    found = rows_in_excel(packed(b"".join(p.content for p in pieces_of(content, LinksTable))))
    assert links == "links.xlsx"
    assert [row[0] for row in found] == ["名簿", None, "氏名", None, "小樽 花子"]
    assert found[4][-3] == "0000005"


def test_rows_that_are_no_resident_s_say_why() -> None:
    content = "氏名,生年月日,発行日\n小樽,1985/4/23,2020/6/1\n合計,,\n".encode()
    text = b"".join(piece.content for piece in pieces_of(content, LinksTable)).decode()
    assert "合計,,,,,,,合計の行のため、リンクを作っていません。,,0000003" in text


def test_hidden_rows_stay_hidden() -> None:
    def hide(_book: object, sheet: openpyxl.worksheet.worksheet.Worksheet) -> None:
        sheet.row_dimensions[3].hidden = True

    content = xlsx(HEADER, HANAKO, HANAKO, HANAKO, change=hide)
    packed_rows = packed(b"".join(piece.content for piece in pieces_of(content, LinksTable)))
    sheet = openpyxl.load_workbook(io.BytesIO(packed_rows)).active
    hidden = [row for row in range(1, 5) if sheet.row_dimensions[row].hidden]
    assert hidden == [3]
    assert sheet.cell(3, 1).value == HANAKO[0]


def test_the_faulty_rows_come_alone_with_number_and_reason() -> None:
    content = "氏名,生年月日,発行日\n小樽,1985/4/23,2020/6/1\n塩谷,x,2020/6/1\n".encode("cp932")
    pieces = pieces_of(content, FaultyRows)
    assert [piece.name for piece in pieces] == ["faulty.csv", "faulty.csv"]
    header, row = b"".join(piece.content for piece in pieces).decode("cp932").splitlines()
    assert header == "行,エラー,氏名,生年月日,発行日"
    assert row.startswith("3,生年月日：日付として読めません。")
    assert row.endswith(",塩谷,x,2020/6/1")


def test_the_faulty_rows_can_be_mended_and_sent_again() -> None:
    content = "氏名,生年月日,発行日\n塩谷,x,2020/6/1\n".encode("cp932")
    faulty = b"".join(piece.content for piece in pieces_of(content, FaultyRows))
    mended = faulty.replace(b",x,", b",S60.4.23,")
    table, columns = opened(mended)
    (outcome,) = outcomes(table, columns, OFFICE)
    assert outcome.issued
    assert outcome.issued.plan.card_expiry == date(2030, 4, 23)


def test_there_is_no_table_of_faulty_rows_without_any() -> None:
    assert pieces_of(b"born,issued\n1985-04-23,2020-06-01\n", FaultyRows) == []
