"""The page of a link: the same days as the API, in every language."""

import re
from datetime import date
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Page, expect

from calsvc.i18n.catalogs import get_catalog
from calsvc.i18n.languages import LANGUAGES
from calsvc.web.ruby import READING_PATTERN
from tests.support.browsing import (
    BORN,
    EXPIRES,
    OpenPage,
    enter,
    enter_era,
    fetch_milestones,
    follow,
    make_calendar,
    submit,
    token_of,
)
from tests.support.cases import large_except
from tests.support.waiting import HANG_SECONDS


def format_days(milestone: dict[str, str], lang: str) -> str:
    """Format the days of a milestone as the page does."""
    catalog = get_catalog(lang)
    start, end = (date.fromisoformat(milestone[key]) for key in ("start", "end"))
    if start == end:
        return catalog.format_date(start)
    return catalog.text("page.days", {"start": start, "end": end})


def days_on(page: Page) -> list[str]:
    """Return the days of each event on the page."""
    return [each.locator(".when").text_content() or "" for each in page.locator(".event").all()]


def test_days_on_the_page_equal_the_milestones_of_the_api(page: Page, base: str) -> None:
    make_calendar(page)
    expected = fetch_milestones(base, "ja", f"card_expires={EXPIRES}&born={BORN}")
    assert len(expected) == 8
    assert days_on(page) == [format_days(each, "ja") for each in expected]


def test_submitted_dates_are_in_no_url_and_no_log(page: Page, log: Path) -> None:
    urls: list[str] = []
    page.on("request", lambda request: urls.append(request.url))
    make_calendar(page)
    traces = re.compile(rf"{EXPIRES.year}|1985|{token_of(page)}")
    assert not traces.search("\n".join(each.split("/c/")[0] for each in urls))
    without_request_numbers = re.sub(r"\[[0-9a-f]+\]", "", log.read_text(encoding="utf-8"))
    assert not traces.search(without_request_numbers)


def test_issue_date_can_replace_the_printed_expiry(page: Page, base: str) -> None:
    page.goto("/")
    expect(page.locator("#c1-issued-year")).to_be_hidden()
    page.click("details:has(#c1-issued-year) > summary")
    enter_era(page, "c1-issued", "令和", 5, 6, 1)
    enter(page, "c1-born", date(2012, 3, 15))
    submit(page)
    expected = fetch_milestones(base, "ja", "issued=2023-06-01&born=2012-03-15")
    assert days_on(page) == [format_days(each, "ja") for each in expected]


@pytest.mark.parametrize("lang", large_except(LANGUAGES, ("vi",)))
def test_language_stays_from_form_to_calendar(page: Page, lang: str) -> None:
    make_calendar(page, lang)
    catalog = get_catalog(lang)
    expect(page.locator("html")).to_have_attribute("lang", catalog.head.html_lang)
    title = catalog.text("page.calendar.title")
    shown_title = READING_PATTERN.sub(r"\1\2", title) if catalog.head.has_readings else title
    expect(page.locator("h1")).to_have_text(shown_title)
    current = page.locator(".languages [aria-current]")
    expect(current).to_have_text(catalog.head.name)
    assert (
        httpx2.get(page.input_value("#address"), timeout=HANG_SECONDS).headers["Content-Language"]
        == lang
    )


def test_other_language_is_one_click_away_with_its_own_link(page: Page) -> None:
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


def test_first_page_is_in_the_language_of_the_browser(open_page: OpenPage) -> None:
    page = open_page(locale="en-GB")
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", "en")
