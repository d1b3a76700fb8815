"""CSV files are read and written in every encoding without losing a cell."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calsvc.bulk import csv_files, encodings
from calsvc.bulk.encodings import CP932, UTF_8, UTF_8_BOM, UTF_16
from calsvc.bulk.records import Row, Table, TableFormat
from calsvc.errors import InvalidInputError

NAMES = ("髙橋", "山﨑", "𠮷田", "👨‍👩‍👧", "①Ⅲ㈱~-", "邉\U000e0101")
ONE_WAY = "\xa2\xa3\xac\u2016\u2212\u301c"
"""Characters that CP932 gives back as others."""
TEXT_OF_JAPAN = st.text(
    st.sampled_from("'=+-@5\t\n") | st.characters(codec="cp932", exclude_characters=f"\0{ONE_WAY}"),
    max_size=12,
)


def table_of(content: bytes, encoding: str = "") -> Table:
    file = io.BytesIO(content)
    return csv_files.read(file, encodings.scan_text_file(file, encoding).encoding)


def cells_of(table: Table) -> list[list[str]]:
    return [list(row.cells) for row in (table.header, *table.rows)]


def key_of(content: bytes, encoding: str = "") -> str:
    with pytest.raises(InvalidInputError) as caught:
        list(table_of(content, encoding).rows)
    return caught.value.problems[0].key


# --- encodings ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "detected"),
    [
        ("utf-8", UTF_8),
        ("utf-8-sig", UTF_8_BOM),
        ("cp932", CP932),
        ("utf-16", UTF_16),
    ],
)
@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_names_are_written_back_unchanged_in_every_encoding(
    written: str, detected: str, delimiter: str
) -> None:
    names = [name for name in NAMES if written != "cp932" or _encodable(name)]
    rows = [["氏名", "born"], *([name, "1985-04-23"] for name in names)]
    text = "".join(delimiter.join(cells) + "\r\n" for cells in rows)
    table = table_of(text.encode(written))
    assert table.table_format == TableFormat(detected, delimiter)
    assert cells_of(table) == rows
    assert csv_files.byte_order_mark(table.table_format) + csv_files.write(
        rows, table.table_format
    ) == text.encode(written)


def _encodable(name: str) -> bool:
    try:
        return bool(name.encode("cp932"))
    except UnicodeEncodeError:
        return False


def test_big_endian_utf_16_is_read_by_its_mark() -> None:
    table = table_of("\ufeff氏名\tborn\r\n𠮷田\tx\r\n".encode("utf-16-be"))
    assert cells_of(table) == [["氏名", "born"], ["𠮷田", "x"]]


def test_utf_16_without_a_mark_is_read_if_it_is_chosen() -> None:
    table = table_of("氏名\tborn\r\n".encode("utf-16-le"), UTF_16)
    assert (table.table_format.encoding, table.header.cells) == ("utf-16-le", ["氏名", "born"])


def test_every_cp932_character_is_written_back_unchanged() -> None:
    pairs = [bytes([lead, trail]) for lead in range(0x81, 0xFD) for trail in range(0x40, 0xFD)]
    known = [char for pair in pairs if len(char := pair.decode("cp932", "ignore")) == 1]
    assert len(known) > 9000
    table = table_of("".join(f"{char}\r\n" for char in ("氏名", *known)).encode("cp932"), CP932)
    cells = cells_of(table)
    again = table_of(csv_files.write(cells, table.table_format), CP932)
    assert [row[0].removeprefix("'") for row in cells_of(again)] == ["氏名", *known]


def test_one_byte_that_is_not_utf_8_makes_a_file_cp932() -> None:
    content = ("氏名,born\r\n" + "a,b\r\n" * 500_000).encode("cp932") + "髙橋,x\r\n".encode("cp932")
    assert encodings.scan_text_file(io.BytesIO(content)).encoding == CP932
    ascii_until_late = b"name,born\r\n" + b"a,b\r\n" * 500_000 + "髙橋,x\r\n".encode("cp932")
    assert encodings.scan_text_file(io.BytesIO(ascii_until_late)).encoding == CP932


def test_bytes_of_an_unknown_encoding_are_rejected_first() -> None:
    assert key_of("氏名,born\r\n".encode("cp932") + b"\xff\xff,\x81\r\n") == "table.encoding"
    assert key_of("氏名,born\r\n".encode("utf-16") + b"\x00", UTF_16) == "table.encoding"


@pytest.mark.parametrize("encoding", [CP932, UTF_8])
def test_undecodable_rows_are_faulty_and_written_back_unchanged(
    encoding: str,
) -> None:
    content = "氏名,born\r\n".encode(encoding) + b"\xff\x81,x\r\n" + "花子,y\r\n".encode(encoding)
    table = table_of(content, encoding)
    rows = list(table.rows)
    assert [row.problem_key for row in rows] == ["row.undecodable", ""]
    assert (
        csv_files.write([table.header.cells, *(row.cells for row in rows)], table.table_format)
        == content
    )


def test_lone_surrogate_in_utf_16_is_written_back() -> None:
    content = "\ufeff氏名,born\r\n\ud842,x\r\n".encode("utf-16-le", "surrogatepass")
    table = table_of(content)
    rows = list(table.rows)
    assert rows[0].problem_key == "row.undecodable"
    assert csv_files.write([table.header.cells, rows[0].cells], table.table_format) == content[2:]


# --- lines and quotes -----------------------------------------------------------------------------


def test_mixed_line_endings_separate_rows() -> None:
    table = table_of(b"a,b\r\n1,2\n3,4\r5,6\r\n")
    assert cells_of(table) == [["a", "b"], ["1", "2"], ["3", "4"], ["5", "6"]]


def test_quoted_line_breaks_and_delimiters_stay_in_their_cell() -> None:
    table = table_of(b'a,b\r\n"1\r\nx,""y""\n",2\r\n')
    assert cells_of(table)[1] == ['1\r\nx,"y"\n', "2"]


def test_blank_lines_count_as_rows() -> None:
    table = table_of(b"\r\n\r\na,b\r\n\r\n1,2\r\n,,\r\n")
    assert (table.header.number, table.header.cells) == (3, ["a", "b"])
    assert [(row.number, row.is_blank) for row in table.rows] == [(4, True), (5, False), (6, True)]


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        (b'1,"2\r\n3,4\r\n5,6\r\n', [Row(2, ['1,"2'], "row.quotes"), ["3", "4"], ["5", "6"]]),
        (b'1,"2\r\n3,"4"\r\n', [Row(2, ['1,"2'], "row.quotes"), ["3", "4"]]),
        (b'1,"2"x\r\n3,4\r\n', [Row(2, ['1,"2"x'], "row.quotes"), ["3", "4"]]),
    ],
)
def test_unclosed_quote_costs_one_row(content: bytes, rows: list[Row | list[str]]) -> None:
    found = list(table_of(b"a,b\r\n" + content).rows)
    assert [row if row.problem_key else row.cells for row in found] == rows


def test_unclosed_quote_in_a_long_file_costs_one_row() -> None:
    rows = list(table_of(b'a,b\r\n1,"2\r\n' + b"3,4\r\n" * 50_000).rows)
    assert [row.problem_key for row in rows[:2]] == ["row.quotes", ""]
    assert len(rows) == 50_001


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"", "table.empty"),
        (b"\r\n,,\r\n", "table.empty"),
        (b"a,b\r\n" + b"x" * 2_000_000, "table.line_too_long"),
    ],
)
def test_file_that_is_no_table_is_rejected(content: bytes, key: str) -> None:
    assert key_of(content) == key


# --- formulas -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+81-134-32-4111", "'+81-134-32-4111"),
        ("-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\uff1d1", "'\uff1d1"),
        ("'=1", "''=1"),
        ("-5", "-5"),
        ("+819012345678", "+819012345678"),
        ("-1,234.5", "-1,234.5"),
        ("'85", "'85"),
        ("花子=", "花子="),
        ("", ""),
    ],
)
def test_formulas_are_escaped_with_an_apostrophe(cell: str, written: str) -> None:
    content = csv_files.write([[cell, "x"]], TableFormat(UTF_8, ","))
    assert next(csv.reader([content.decode()], strict=True))[0].rstrip("\r\n") == written


@given(st.lists(st.lists(TEXT_OF_JAPAN, min_size=2, max_size=4), min_size=1, max_size=5))
def test_escapes_of_formulas_can_be_removed(rows: list[list[str]]) -> None:
    def undone(cell: str) -> str:
        return cell[1:] if cell.startswith("'") and csv_files.FORMULA_PATTERN.match(cell) else cell

    written = csv_files.write(rows, TableFormat(CP932, ",")).decode("cp932")
    read = [[undone(cell) for cell in row] for row in csv.reader(io.StringIO(written, newline=""))]
    assert read == rows


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_rejected_without_a_crash(content: bytes) -> None:
    for encoding in ("", *encodings.ENCODINGS):
        try:
            table = table_of(content, encoding)
            csv_files.write(cells_of(table), table.table_format)
        except InvalidInputError:
            continue
