"""Letters of a run: their files, their locations, and the reasons why some are missing."""

import io
from collections import Counter
from dataclasses import replace

import pypdfium2

from calsvc.bulk import csv_files, encodings
from calsvc.bulk.formats import create_formats
from calsvc.bulk.letter_files import build_print_check, find_print_problems
from calsvc.bulk.links_table import LINKS_TABLE_NAME
from calsvc.bulk.output_context import UNMADE, OutputContext
from calsvc.bulk.rows import process_rows, split_into_chunks
from calsvc.bulk.styles import Style, Styles
from calsvc.i18n.catalogs import get_catalog
from calsvc.letters.compiler import LetterSheet
from calsvc.letters.fonts import Font
from calsvc.letters.postal_address import PostalAddress
from tests.support.bulk_tables import CONTEXT, opened
from tests.support.letters import FONT, SHEET, text_of

JA = get_catalog("ja")
HEADER = "氏名,宛名,生年月日,発行日,郵便番号,住所,方書\n"
VALID_ROW = "小樽 花子,,1985-04-23,2022-06-01,047-0024,小樽市花園2丁目12番1号,花園荘203号\n"
LOST_ZERO = "小樽 一郎,,1985-04-23,2022-06-01,470024,小樽市花園2丁目12番1号,\n"
TOO_LONG = f"小樽 次郎,,1985-04-23,2022-06-01,0470024,{'小樽市花園' * 90},\n"


def make_letters(text: str, sheet: LetterSheet = SHEET) -> tuple[dict[str, bytes], Counter[str]]:
    table, columns = opened(text.encode())
    styles = Styles(Style(sheet=sheet))
    context = replace(CONTEXT, check_print=build_print_check(styles))
    output = OutputContext(table.header, table.table_format, columns, context, styles)
    files: dict[str, bytes] = {}
    with output.resources:
        formats = create_formats(["letters"], output)
        pieces = [piece for each in formats for piece in each.start()]
        for _, chunk in split_into_chunks(process_rows(table, columns, context)):
            pieces += [piece for each in formats for piece in each.pieces(chunk)]
    for piece in pieces:
        files[piece.name] = files.get(piece.name, b"") + piece.content
    return files, output.failures


def read_rows(content: bytes) -> list[list[str]]:
    """Return the cells of each row of links.csv."""
    file = io.BytesIO(content)
    table = csv_files.read(file, encodings.scan_text_file(file).encoding)
    return [list(row.cells) for row in table.rows]


def last_cells(content: bytes) -> list[list[str]]:
    """Return error, number, key, letter and run number of each row."""
    return [row[-5:] for row in read_rows(content)]


def test_a_table_with_addresses_makes_letters_for_a_window() -> None:
    files, failures = make_letters(HEADER + VALID_ROW)
    text = text_of(pypdfium2.PdfDocument(files["letters/letters-0000000.pdf"])[0])
    assert "〒047-0024 小樽市花園2丁目12番1号 花園荘203号 小樽 花子 様" in text.replace("\xa0", "")
    assert "No. 0000002" in text
    assert not failures


def test_addressee_column_takes_precedence_over_the_name() -> None:
    files, _ = make_letters(HEADER + VALID_ROW.replace("小樽 花子,", "小樽 花子,小樽太郎"))
    text = text_of(pypdfium2.PdfDocument(files["letters/letters-0000000.pdf"])[0])
    assert "花園荘203号 小樽太郎" in text


def test_links_csv_has_the_location_or_problem_of_each_letter() -> None:
    files, failures = make_letters(HEADER + VALID_ROW + LOST_ZERO + TOO_LONG + VALID_ROW)
    found = last_cells(files[LINKS_TABLE_NAME])
    assert [row[3] for row in found] == [
        *("letters/letters-0000000.pdf 1", "", "", "letters/letters-0000000.pdf 2"),
    ]
    assert found[1][0].startswith("郵便番号が6桁")
    assert found[2][0].startswith("住所か宛名が長く")
    assert failures == {UNMADE: 2}


def test_a_file_holds_the_letters_of_500_rows() -> None:
    files, _ = make_letters(
        HEADER + VALID_ROW + "\n" * 496 + VALID_ROW + VALID_ROW + "\n" * 500 + VALID_ROW
    )
    names = [name for name in files if name.startswith("letters/")]
    assert names == [f"letters/letters-{first}.pdf" for first in ("0000000", "0000500", "0001000")]


def test_characters_missing_in_the_font_are_warnings() -> None:
    def keys(name: str, line: str = "") -> list[str]:
        return [
            each.key for each in find_print_problems(name, PostalAddress("", (line,)), JA, SHEET)
        ]

    assert keys("葛\U000e0100飾") == []
    assert keys("葛\U000e0107飾") == ["name.variant_not_in_font"]
    assert keys("\ue000", "\ue001") == ["name.not_in_font", "address.not_in_font"]


def test_letter_has_a_summary_in_a_second_language() -> None:
    files, _ = make_letters(HEADER + VALID_ROW, replace(SHEET, also="en"))
    (page,) = pypdfium2.PdfDocument(files["letters/letters-0000000.pdf"])
    text = text_of(page)
    for words in (
        "マイナンバーカードの有効期限のお知らせ",
        "[Certificate] It can be renewed soon.",
    ):
        assert words in text
    assert "Please renew from Sun 24 Jan 2027 to Fri 23 Apr 2027." in text


def test_letter_is_in_english_if_the_font_lacks_the_script() -> None:
    widths = {char: wide for char, wide in FONT.widths.items() if not "\uac00" <= char <= "\ud7a3"}
    sheet = replace(SHEET, font=Font(FONT.path, widths, FONT.variants))
    text = (HEADER + VALID_ROW).replace("方書\n", "方書,言語\n").replace("203号\n", "203号,ko\n")
    (page,) = pypdfium2.PdfDocument(make_letters(text, sheet)[0]["letters/letters-0000000.pdf"])
    assert "When your My Number Card expires" in text_of(page)
    remarks = find_print_problems("花子", PostalAddress(), get_catalog("ko"), sheet)
    assert [each.key for each in remarks] == ["lang.not_in_font"]
