"""The printed page of a card: one sheet of A4 without interactive parts."""

import io
from datetime import date

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from calsvc.i18n.languages import LANGUAGES
from tests.support.browsing import (
    DESK,
    EXPIRES,
    FAR_EXPIRY,
    OpenPage,
    make_calendar,
    make_cautioned_calendar,
)
from tests.support.cases import LANGUAGE_WITH_LONGEST_TEXTS, alternating, large_except

CARDS = {"older card": EXPIRES, "newer card": FAR_EXPIRY}


def print_page(page: Page) -> PdfReader:
    return PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))


@pytest.mark.parametrize(("lang", "expires"), alternating(LANGUAGES, CARDS, quick=("ja",)))
def test_a_card_is_printed_on_one_sheet_of_a4(
    open_page: OpenPage, lang: str, expires: date
) -> None:
    page = open_page(DESK)
    make_calendar(page, lang, expires)
    printed = print_page(page)
    assert len(printed.pages) == 1
    box = printed.pages[0].mediabox
    assert (round(box.width), round(box.height)) == (595, 842)
    assert "0134-32-4111" in printed.pages[0].extract_text()


@pytest.mark.parametrize("lang", large_except(LANGUAGES, (LANGUAGE_WITH_LONGEST_TEXTS,)))
def test_page_with_cautions_prints_on_one_sheet(open_page: OpenPage, lang: str) -> None:
    page = open_page(DESK)
    make_cautioned_calendar(page, lang)
    expect(page.locator(".cautions li")).to_have_count(3)
    assert len(print_page(page).pages) == 1


def test_interactive_parts_are_not_printed(open_page: OpenPage) -> None:
    page = open_page(DESK)
    make_calendar(page)
    page.emulate_media(media="print")
    for unseen in (".subscribe", ".languages", ".actions", ".event .standing", ".key"):
        expect(page.locator(unseen).first).to_be_hidden()
    for seen in ("h1", ".event h3 >> visible=true", ".timeline svg", ".contact", ".qr"):
        expect(page.locator(seen).first).to_be_visible()
