"""From a card to its calendar: the days that the API promises, in every language."""

import re
from datetime import date
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Page, expect

from calsvc.i18n.catalogs import get_catalog
from calsvc.i18n.languages import LANGUAGES
from calsvc.web.ruby import READING
from tests.support.browsing import (
    BORN,
    EXPIRES,
    OpenPage,
    enter,
    enter_era,
    follow,
    make_calendar,
    promised,
    submit,
    token_of,
)
from tests.support.cases import large_except


def said(milestone: dict[str, str], lang: str) -> str:
    """The days of a milestone as the page says them."""
    catalog = get_catalog(lang)
    start, end = (date.fromisoformat(milestone[each]) for each in ("start", "end"))
    if start == end:
        return catalog.day(start)
    return catalog.text("page.days", {"start": start, "end": end})


def shown(page: Page) -> list[str]:
    """The days of each event on the page."""
    return [each.locator(".when").text_content() or "" for each in page.locator(".event").all()]


def test_the_printed_expiry_leads_to_the_days_that_the_api_promises(page: Page, base: str) -> None:
    make_calendar(page)
    expected = promised(base, "ja", f"card_expires={EXPIRES}&born={BORN}")
    assert len(expected) == 8
    assert shown(page) == [said(each, "ja") for each in expected]


def test_what_was_typed_stands_in_no_address_and_no_log(page: Page, log: Path) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    make_calendar(page)
    traces = re.compile(rf"{EXPIRES.year}|1985|{token_of(page)}")
    assert not traces.search("\n".join(each.split("/c/")[0] for each in asked))
    without_request_numbers = re.sub(r"\[[0-9a-f]+\]", "", log.read_text(encoding="utf-8"))
    assert not traces.search(without_request_numbers)


def test_the_issue_date_can_be_given_instead(page: Page, base: str) -> None:
    page.goto("/")
    expect(page.locator("#c1-issued-year")).to_be_hidden()
    page.click("details:has(#c1-issued-year) > summary")
    enter_era(page, "c1-issued", "令和", 5, 6, 1)
    enter(page, "c1-born", date(2012, 3, 15))
    submit(page)
    expected = promised(base, "ja", "issued=2023-06-01&born=2012-03-15")
    assert shown(page) == [said(each, "ja") for each in expected]


@pytest.mark.parametrize("lang", large_except(LANGUAGES, ("vi",)))
def test_each_language_is_spoken_from_the_form_to_the_calendar(page: Page, lang: str) -> None:
    make_calendar(page, lang)
    catalog = get_catalog(lang)
    expect(page.locator("html")).to_have_attribute("lang", catalog.head.html_lang)
    title = catalog.text("page.calendar.title")
    shown_title = READING.sub(r"\1\2", title) if catalog.head.has_readings else title
    expect(page.locator("h1")).to_have_text(shown_title)
    current = page.locator(".languages [aria-current]")
    expect(current).to_have_text(catalog.head.name)
    assert httpx2.get(page.input_value("#address")).headers["Content-Language"] == lang


def test_another_language_is_one_press_away_and_has_a_link_of_its_own(page: Page) -> None:
    make_calendar(page)
    japanese = page.locator("#address").input_value()
    page.click(".languages summary")
    follow(page, ".languages a >> text=English")
    assert page.locator("#address").input_value() != japanese
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.locator(".event").count() == 8
    page.click(".languages summary")
    follow(page, ".languages a >> text=日本語 >> nth=0")
    expect(page.locator("html")).to_have_attribute("lang", "ja")
    assert page.locator("#address").input_value() == japanese


def test_the_browsers_language_is_spoken_first(open_page: OpenPage) -> None:
    page = open_page(locale="en-GB")
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", "en")
