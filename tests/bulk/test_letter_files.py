"""Letters of a run: their files, where each one is, and why some are not there."""

import io
from collections import Counter
from dataclasses import replace

import pypdfium2

from calsvc.bulk import csv_files, encodings
from calsvc.bulk.edition import UNMADE, Edition
from calsvc.bulk.formats import chosen
from calsvc.bulk.letter_files import printing_check, printing_remarks
from calsvc.bulk.links_table import LINKS
from calsvc.bulk.rows import outcomes, shards
from calsvc.bulk.styles import Style, Styles
from calsvc.i18n.catalogs import get_catalog
from calsvc.letters.compiler import Sheet
from calsvc.letters.fonts import Font
from calsvc.letters.postal_address import PostalAddress
from tests.support.bulk_tables import OFFICE, opened
from tests.support.letters import FONT, SHEET, text_of

JA = get_catalog("ja")
HEADER = "氏名,宛名,生年月日,発行日,郵便番号,住所,方書\n"
GOOD = "小樽 花子,,1985-04-23,2022-06-01,047-0024,小樽市花園2丁目12番1号,花園荘203号\n"
LOST_ZERO = "小樽 一郎,,1985-04-23,2022-06-01,470024,小樽市花園2丁目12番1号,\n"
TOO_LONG = f"小樽 次郎,,1985-04-23,2022-06-01,0470024,{'小樽市花園' * 90},\n"


def printed(text: str, sheet: Sheet = SHEET) -> tuple[dict[str, bytes], Counter[str]]:
    table, columns = opened(text.encode())
    styles = Styles(Style(sheet=sheet))
    office = replace(OFFICE, check_print=printing_check(styles))
    edition = Edition(table.header, table.form, columns, office, styles)
    files: dict[str, bytes] = {}
    with edition.resources:
        formats = chosen(["letters"], edition)
        pieces = [piece for each in formats for piece in each.opening()]
        for _, shard in shards(outcomes(table, columns, office)):
            pieces += [piece for each in formats for piece in each.pieces(shard)]
    for piece in pieces:
        files[piece.name] = files.get(piece.name, b"") + piece.content
    return files, edition.failures


def last_cells(content: bytes) -> list[list[str]]:
    """Return error, number, key, letter and run number of each row."""
    file = io.BytesIO(content)
    table = csv_files.read(file, encodings.survey(file).encoding)
    return [list(row.cells[-5:]) for row in table.rows]


def test_a_table_with_addresses_makes_letters_for_a_window() -> None:
    files, failures = printed(HEADER + GOOD)
    text = text_of(pypdfium2.PdfDocument(files["letters/letters-0000000.pdf"])[0])
    assert "〒047-0024 小樽市花園2丁目12番1号 花園荘203号 小樽 花子 様" in text.replace("\xa0", "")
    assert "No. 0000002" in text
    assert not failures


def test_the_addressee_of_a_table_goes_before_the_name() -> None:
    files, _ = printed(HEADER + GOOD.replace("小樽 花子,", "小樽 花子,小樽太郎"))
    text = text_of(pypdfium2.PdfDocument(files["letters/letters-0000000.pdf"])[0])
    assert "花園荘203号 小樽太郎" in text


def test_links_csv_says_where_each_letter_is_or_why_there_is_none() -> None:
    files, failures = printed(HEADER + GOOD + LOST_ZERO + TOO_LONG + GOOD)
    found = last_cells(files[LINKS])
    assert [row[3] for row in found] == [
        *("letters/letters-0000000.pdf 1", "", "", "letters/letters-0000000.pdf 2"),
    ]
    assert found[1][0].startswith("郵便番号が6桁")
    assert found[2][0].startswith("住所か宛名が長く")
    assert failures == {UNMADE: 2}


def test_a_file_holds_the_letters_of_500_rows() -> None:
    files, _ = printed(HEADER + GOOD + "\n" * 496 + GOOD + GOOD + "\n" * 500 + GOOD)
    names = [name for name in files if name.startswith("letters/")]
    assert names == [f"letters/letters-{first}.pdf" for first in ("0000000", "0000500", "0001000")]


def test_a_clerk_is_told_what_the_font_lacks() -> None:
    def keys(name: str, line: str = "") -> list[str]:
        return [each.key for each in printing_remarks(name, PostalAddress("", (line,)), JA, SHEET)]

    assert keys("葛\U000e0100飾") == []
    assert keys("葛\U000e0107飾") == ["name.variant_not_in_font"]
    assert keys("\ue000", "\ue001") == ["name.not_in_font", "address.not_in_font"]


def test_a_letter_says_the_gist_in_a_second_language() -> None:
    files, _ = printed(HEADER + GOOD, replace(SHEET, also="en"))
    (page,) = pypdfium2.PdfDocument(files["letters/letters-0000000.pdf"])
    text = text_of(page)
    for words in (
        "マイナンバーカードの有効期限のお知らせ",
        "[Certificate] It can be renewed soon.",
    ):
        assert words in text
    assert "Please renew from Sun 24 Jan 2027 to Fri 23 Apr 2027." in text


def test_a_language_whose_script_the_font_lacks_gets_english() -> None:
    widths = {char: wide for char, wide in FONT.widths.items() if not "\uac00" <= char <= "\ud7a3"}
    sheet = replace(SHEET, font=Font(FONT.path, widths, FONT.variants))
    text = (HEADER + GOOD).replace("方書\n", "方書,言語\n").replace("203号\n", "203号,ko\n")
    (page,) = pypdfium2.PdfDocument(printed(text, sheet)[0]["letters/letters-0000000.pdf"])
    assert "When your My Number Card expires" in text_of(page)
    remarks = printing_remarks("花子", PostalAddress(), get_catalog("ko"), sheet)
    assert [each.key for each in remarks] == ["lang.not_in_font"]
