"""Output has the format of the input, also the table of faulty rows."""

import io
from collections.abc import Sequence
from datetime import date

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calsvc.bulk import workbook_output
from calsvc.bulk.formats import FaultyRows
from calsvc.bulk.links_table import LinksTable
from calsvc.bulk.output_context import FilePiece, OutputContext
from calsvc.bulk.records import Number, Uncomputed
from calsvc.bulk.rows import process_rows, split_into_chunks
from calsvc.bulk.workbooks import Book
from tests.support.bulk_tables import CONTEXT, opened
from tests.support.workbooks import HANAKO, HEADER, ods, xlsx

PADDED = ("宛名番号", *HEADER)


def pack(content: bytes) -> bytes:
    file = io.BytesIO()
    workbook_output.pack(io.BytesIO(content), file)
    return file.getvalue()


def write_workbook(rows: Sequence[Sequence[str]]) -> bytes:
    return pack(workbook_output.SHEET_START + workbook_output.write(rows))


def pieces_of(content: bytes, kind: type[LinksTable | FaultyRows]) -> list[FilePiece]:
    table, columns = opened(content)
    output_format = kind(
        OutputContext(
            table.header, table.table_format, columns, CONTEXT, rows_above=table.rows_above
        )
    )
    found = list(output_format.start())
    for _, chunk in split_into_chunks(process_rows(table, columns, CONTEXT)):
        found += output_format.pieces(chunk)
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
def test_cell_is_written_back_unchanged(cell: str) -> None:
    assert rows_in_excel(write_workbook([[cell, "x"]])) == [[cell, "x"]]


@settings(max_examples=20)
@given(st.lists(st.lists(st.text(max_size=6), min_size=2, max_size=3), min_size=1, max_size=4))
def test_any_text_is_written_back_unchanged(rows: list[list[str]]) -> None:
    rows = [["head", "x", "y"], *([cell.replace("\0", "") for cell in row] for row in rows)]
    book = Book(io.BytesIO(write_workbook(rows)))
    found = {row.number: [*row.cells] for row in book.rows(0)}
    book.close()
    for number, row in enumerate(rows, start=1):
        width = max(map(len, rows))
        expected = [*row, *[""] * (width - len(row))]
        assert found.get(number, [""] * width) == expected


def test_numbers_stay_numbers_and_blank_rows_stay() -> None:
    assert rows_in_excel(write_workbook([["a", Number("12.5")], [], ["", "b"]])) == [
        ["a", 12.5],
        [None, None],
        [None, "b"],
    ]


def test_an_error_stays_an_error() -> None:
    content = write_workbook([["a", "b"], [Uncomputed(), "=1"]])
    assert rows_in_excel(content) == [["a", "b"], ["#N/A", "=1"]]
    book = Book(io.BytesIO(content))
    assert [type(cell) for cell in [*book.rows(0)][1].cells] == [Uncomputed, str]
    book.close()


def test_the_same_rows_give_the_same_bytes() -> None:
    assert write_workbook([["a"]]) == write_workbook([["a"]])


# --- results --------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [xlsx, ods])
def test_a_workbook_comes_back_as_a_workbook(make: object) -> None:
    pieces = pieces_of(make(PADDED, ("0000000017", *HANAKO)), LinksTable)  # type: ignore[operator]
    assert {piece.name for piece in pieces} == {"links.xlsx"}
    header, row = rows_in_excel(pack(b"".join(piece.content for piece in pieces)))
    assert header[4:6] == ["電子証明書の期限", "カードの期限"]
    assert row[:6] == ["0000000017", HANAKO[0], *("1985-04-23", "2020-06-01"), *EXPIRIES]


EXPIRIES = ("2025-04-23", "2030-04-23")


def test_titles_stay_above_the_header_and_rows_keep_their_order() -> None:
    content = xlsx(["名簿"], [], HEADER, [], HANAKO)
    (links,) = {piece.name for piece in pieces_of(content, LinksTable)}
    found = rows_in_excel(pack(b"".join(p.content for p in pieces_of(content, LinksTable))))
    assert links == "links.xlsx"
    assert [row[0] for row in found] == ["名簿", None, "氏名", None, "小樽 花子"]
    assert found[4][-3] == "0000005"


def test_skipped_rows_have_their_reason() -> None:
    content = "氏名,生年月日,発行日\n小樽,1985/4/23,2020/6/1\n合計,,\n".encode()
    text = b"".join(piece.content for piece in pieces_of(content, LinksTable)).decode()
    assert "合計,,,,,,,合計の行のため、リンクを作っていません。,,0000003" in text


def test_hidden_rows_stay_hidden() -> None:
    def hide(_book: object, sheet: openpyxl.worksheet.worksheet.Worksheet) -> None:
        sheet.row_dimensions[3].hidden = True

    content = xlsx(HEADER, HANAKO, HANAKO, HANAKO, change=hide)
    packed_rows = pack(b"".join(piece.content for piece in pieces_of(content, LinksTable)))
    sheet = openpyxl.load_workbook(io.BytesIO(packed_rows)).active
    hidden = [row for row in range(1, 5) if sheet.row_dimensions[row].hidden]
    assert hidden == [3]
    assert sheet.cell(3, 1).value == HANAKO[0]


def test_faulty_table_has_faulty_rows_with_number_and_reason() -> None:
    content = "氏名,生年月日,発行日\n小樽,1985/4/23,2020/6/1\n塩谷,x,2020/6/1\n".encode("cp932")
    pieces = pieces_of(content, FaultyRows)
    assert [piece.name for piece in pieces] == ["faulty.csv", "faulty.csv"]
    header, row = b"".join(piece.content for piece in pieces).decode("cp932").splitlines()
    assert header == "行,エラー,氏名,生年月日,発行日"
    assert row.startswith("3,生年月日：日付として読めません。")
    assert row.endswith(",塩谷,x,2020/6/1")


def test_faulty_rows_can_be_corrected_and_submitted_again() -> None:
    content = "氏名,生年月日,発行日\n塩谷,x,2020/6/1\n".encode("cp932")
    faulty = b"".join(piece.content for piece in pieces_of(content, FaultyRows))
    mended = faulty.replace(b",x,", b",S60.4.23,")
    table, columns = opened(mended)
    (outcome,) = process_rows(table, columns, CONTEXT)
    assert outcome.issued
    assert outcome.issued.plan.card_expiry == date(2030, 4, 23)


def test_no_table_of_faulty_rows_without_faulty_rows() -> None:
    assert pieces_of(b"born,issued\n1985-04-23,2020-06-01\n", FaultyRows) == []
