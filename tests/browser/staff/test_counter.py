"""The counter: from sign-in to a slip with only the keyboard."""

from datetime import date, timedelta

import pypdfium2
import pytest
from playwright.sync_api import Page, expect

from calsvc.clock import today_in_japan
from calsvc.web.staff.one_resident import FIRST_FIELD
from tests.support.browsing import OpenPage, axe_violations, fits
from tests.support.cases import large_except
from tests.support.clients import STAFF_PASSWORD
from tests.support.letters import picture_of, text_of
from tests.support.qr_codes import read_code
from tests.support.staff import CLERK
from tests.support.staff_browsing import sign_in, words

EXPIRES = date(today_in_japan().year + 4, 4, 23)
A6_MM = (105, 148)
PIXELS_PER_MM = 96 / 25.4
KEYS_BESIDES_DIGITS = 10
"""Tab from name to password, Enter, six Tabs between the parts of two dates, Enter, Enter."""


def press(page: Page, *keys: str) -> int:
    """Press ``keys`` at the current focus, and return their number."""
    for key in keys:
        page.keyboard.press(key)
    return len(keys)


def test_slip_needs_ten_keys_besides_digits_and_letters(open_page: OpenPage) -> None:
    page = open_page()
    page.add_init_script("window.print = () => { document.title = 'printed'; };")
    page.goto("/staff?lang=ja")
    expect(page.locator("#name")).to_be_focused()
    page.keyboard.insert_text(CLERK)
    keys = press(page, "Tab")
    page.keyboard.insert_text(STAFF_PASSWORD)
    with page.expect_navigation():
        keys += press(page, "Enter")
    expect(page.locator(f"#{FIRST_FIELD}")).to_be_focused()
    parts = [EXPIRES.year, EXPIRES.month, EXPIRES.day, "", 1985, 4, 23]
    for index, part in enumerate(parts):
        page.keyboard.insert_text(str(part))
        keys += press(page, "Tab") if index < len(parts) - 1 else 0
    with page.expect_navigation():
        keys += press(page, "Enter")
    expect(page.locator("[data-print]")).to_be_focused()
    keys += press(page, "Enter")
    assert page.title() == "printed"
    assert keys == KEYS_BESIDES_DIGITS


def make_slip(
    page: Page, lang: str = "ja", expires: date = EXPIRES, born: date = date(1985, 4, 23)
) -> None:
    sign_in(page)
    for part in ("year", "month", "day"):
        page.fill(f"#c1-card_expires-{part}", str(getattr(expires, part)))
        page.fill(f"#c1-born-{part}", str(getattr(born, part)))
    page.fill("#name", "髙橋 花子")
    page.select_option("#lang", lang)
    page.click(".submit button")
    expect(page.locator("h1")).to_have_text(words("made"))


@pytest.mark.parametrize("lang", large_except(("ja", "ja-x-easy", "vi", "pt"), ("ja",)))
def test_slip_is_one_sheet_with_the_code_of_the_page(open_page: OpenPage, lang: str) -> None:
    page = open_page()
    make_slip(page, lang)
    (sheet,) = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    assert read_code(picture_of(sheet, 200)) == page.input_value("#page")
    text = text_of(sheet).replace("\ufffe", "-")  # a hyphen at the end of a line
    assert str(EXPIRES.year) in text
    assert words("made") not in text
    assert page.input_value("#page").partition("?")[0][-20:] in text.replace(" ", "")


def test_page_of_one_resident_shows_the_status_of_the_card(open_page: OpenPage) -> None:
    page = open_page()
    make_slip(page)
    assert str(EXPIRES.year) in page.inner_text("#standing-title ~ table")
    assert axe_violations(page) == []
    assert fits(page)


def test_longest_slip_is_no_larger_than_a6(open_page: OpenPage) -> None:
    """A slip of a certificate to renew is the longest, because it has the card's dates, too."""
    page = open_page()
    days = today_in_japan() + timedelta(days=40), today_in_japan() + timedelta(days=41)
    soon = next(each for each in days if (each.month, each.day) != (2, 29))
    make_slip(page, expires=soon.replace(year=soon.year + 5), born=soon.replace(year=1985))
    page.emulate_media(media="print")
    assert page.locator(".slip tr").count() == 4
    box = page.locator(".slip").bounding_box()
    assert box
    assert box["width"] <= A6_MM[0] * PIXELS_PER_MM + 1
    assert box["height"] <= A6_MM[1] * PIXELS_PER_MM + 1
