"""Letters in every language, for each standing, to people with the longest names and addresses."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import pypdfium2
import pytest

from calsvc.bulk.letter_files import compose_letter
from calsvc.bulk.outcomes import IssuedLink, Preferences
from calsvc.i18n.catalogs import get_catalog
from calsvc.i18n.languages import LANGUAGES
from calsvc.letters.layout import build_run_sheet
from calsvc.letters.page_rows import Letter, build_letter_row
from calsvc.letters.postal_address import PostalAddress
from calsvc.letters.window import A4_WIDTH_MM, Box, compute_visible_areas
from calsvc.links.content import Reminders
from calsvc.links.urls import LinkUrls
from calsvc.rules.card import Card
from calsvc.rules.plan import check_and_assess
from tests.support.bulk_tables import OTARU
from tests.support.letters import FONT, MM, SHEET, picture_of, print_rows, text_of

ADULT = Card(date(1985, 4, 23), date(2020, 6, 1))
MINOR = Card(date(2012, 3, 15), date(2023, 6, 1))
STAY = Card(date(1990, 6, 15), date(2023, 7, 1), stay_until=date(2026, 5, 31))
STANDINGS = {
    "lapsed": (ADULT, date(2030, 6, 1)),
    "unsure": (ADULT, date(2027, 1, 5)),
    "open": (ADULT, date(2025, 2, 1)),
    "soon": (ADULT, date(2024, 11, 24)),
    "far": (ADULT, date(2021, 11, 24)),
    "to apply": (ADULT, date(2030, 2, 1)),
    "both open": (MINOR, date(2028, 1, 10)),
    "stay lapsed": (STAY, date(2026, 6, 10)),
    "stay open": (STAY, date(2026, 5, 10)),
}
IVS = "葛\U000e0100"
SHORT = PostalAddress("0470024", ("北海道小樽市花園2丁目12番1号", f"𠮷髙{IVS}荘203号"))
FOUR_LINES = PostalAddress(
    "0470024", ("北海道小樽市" + "花園" * 12 + "2丁目12番1号", "花園" * 14 + "203号")
)
RESIDENTS = (
    (f"𠮷田 髙橋 {IVS}飾" * 3, SHORT),
    (f"𠮷髙{IVS}" * 25, SHORT),
    ("MARIA DA CONCEICAO " * 5 + "LIMA", FOUR_LINES),
    ("A" * 100, SHORT),
    (f"{IVS}城 邉太郎", FOUR_LINES),
)
LETTER_SHEET = build_run_sheet(SHEET, FONT, date(2026, 12, 1))


def _letter_of(card: Card, dated: date) -> Letter:
    """Return a letter that is made on 2025-01-10 and dated later."""
    plan, urls = check_and_assess(card, None).plan, LinkUrls("https://a.jp", "1" + "x" * 56)
    wish = Preferences(get_catalog("ja"), Reminders.STANDARD, OTARU)
    issued = IssuedLink(1, "花子", "", wish, plan, (), b"", urls, "花子", SHORT)
    return compose_letter(issued, date(2025, 1, 10), build_run_sheet(SHEET, FONT, dated))


def row_of(number: int, language: str, name: str, address: PostalAddress) -> Mapping[str, Any]:
    """Return the row of a letter in the standing of that number."""
    card, today = [*STANDINGS.values()][number]
    wish = Preferences(get_catalog(language), Reminders.STANDARD, OTARU)
    plan, urls = check_and_assess(card, None).plan, LinkUrls("https://a.jp", "1" + "x" * 56)
    issued = IssuedLink(number + 1, name, "", wish, plan, (), b"", urls, name, address)
    sheet = build_run_sheet(SHEET, FONT, today)
    return build_letter_row(compose_letter(issued, today, sheet), sheet)


def texts(value: object) -> Iterator[str]:
    """Yield every text of a row."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (text for each in value.values() for text in texts(each))
    elif isinstance(value, list | tuple):
        yield from (text for each in value for text in texts(each))


def boxes(page: pypdfium2.PdfPage) -> Iterator[Box]:
    """Yield where the texts of a page stand, in millimetres from its top left corner."""
    for each in page.get_objects(filter=[1]):
        left, bottom, right, top = each.get_bounds()
        yield Box(left / MM, 297 - top / MM, (right - left) / MM, (top - bottom) / MM)


@pytest.mark.parametrize("language", LANGUAGES)
def test_letters_of_every_state_and_resident_fit_their_page(language: str) -> None:
    rows = [
        row_of(number, language, *RESIDENTS[number % len(RESIDENTS)])
        for number in range(len(STANDINGS))
    ]
    assert not any(FONT.lacks(text.replace("\u200b", "")) for text in texts(rows))
    printed = print_rows(rows, LETTER_SHEET)
    assert printed.misfits == {}
    seen = compute_visible_areas(SHEET.envelope, A4_WIDTH_MM, SHEET.lengths["fold-1"])
    sheet = Box(4, 10, A4_WIDTH_MM - 4 - 20, 287 - 10)
    for page, row in zip(pypdfium2.PdfDocument(printed.pdf), rows, strict=True):
        found = [*boxes(page)]
        assert all(sheet.contains(each) for each in found)
        address = [each for each in found if seen.ever.overlaps(each)]
        assert address
        assert all(seen.always.contains(each) for each in address)
        shown_text = re.sub(r"[\s\u200b]", "", text_of(page))
        assert re.sub(r"\s", "", str(row["addressee"])) in shown_text


def test_variant_character_is_printed_with_its_own_glyph() -> None:
    pages = [
        pypdfium2.PdfDocument(print_rows([row_of(4, "ja", name, SHORT)], LETTER_SHEET).pdf)[0]
        for name in (f"{IVS}城", "葛城")
    ]
    variant, plain = map(picture_of, pages)
    assert variant.tobytes() != plain.tobytes()


def test_letter_describes_the_state_on_its_own_date() -> None:
    opening = {
        dated: "".join(_letter_of(ADULT, dated).opening)
        for dated in (date(2025, 1, 23), date(2025, 1, 24))
    }
    assert "まもなく更新できるようになります" in opening[date(2025, 1, 23)]
    assert "今、更新できます" in opening[date(2025, 1, 24)]


def test_easy_japanese_has_its_readings_above_the_characters() -> None:
    page = pypdfium2.PdfDocument(
        print_rows([row_of(4, "ja-x-easy", "花子", SHORT)], LETTER_SHEET).pdf
    )[0]
    text = text_of(page)
    assert "きげん 期限" in text
    assert "(きげん)" not in text
