"""The page of a card on paper: one sheet of A4, without what cannot be pressed there."""

import io
from datetime import date

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from calsvc.i18n.languages import LANGUAGES
from tests.support.browsing import (
    DESK,
    EXPIRES,
    FAR,
    OpenPage,
    make_calendar,
    make_cautioned_calendar,
)
from tests.support.cases import LANGUAGE_WITH_LONGEST_TEXTS, alternating, large_except

CARDS = {"older card": EXPIRES, "newer card": FAR}


def paper(page: Page) -> PdfReader:
    return PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))


@pytest.mark.parametrize(("lang", "expires"), alternating(LANGUAGES, CARDS, quick=("ja",)))
def test_a_card_is_printed_on_one_sheet_of_a4(
    open_page: OpenPage, lang: str, expires: date
) -> None:
    page = open_page(DESK)
    make_calendar(page, lang, expires)
    printed = paper(page)
    assert len(printed.pages) == 1
    box = printed.pages[0].mediabox
    assert (round(box.width), round(box.height)) == (595, 842)
    assert "0134-32-4111" in printed.pages[0].extract_text()


@pytest.mark.parametrize("lang", large_except(LANGUAGES, (LANGUAGE_WITH_LONGEST_TEXTS,)))
def test_a_caution_still_leaves_one_sheet(open_page: OpenPage, lang: str) -> None:
    page = open_page(DESK)
    make_cautioned_calendar(page, lang)
    expect(page.locator(".cautions li")).to_have_count(3)
    assert len(paper(page).pages) == 1


def test_what_cannot_be_pressed_on_paper_is_not_printed(open_page: OpenPage) -> None:
    page = open_page(DESK)
    make_calendar(page)
    page.emulate_media(media="print")
    for unseen in (".subscribe", ".languages", ".actions", ".event .standing", ".key"):
        expect(page.locator(unseen).first).to_be_hidden()
    for seen in ("h1", ".event h3 >> visible=true", ".timeline svg", ".contact", ".qr"):
        expect(page.locator(seen).first).to_be_visible()
