"""The buttons to subscribe: the calendar of the device comes first, then all others."""

from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from playwright.sync_api import Page, expect

from calsvc.clock import today_in_japan
from tests.support.browsing import (
    ANDROID,
    BORN,
    DESK,
    EXPIRES,
    IPHONE,
    LINE,
    OpenPage,
    enter,
    fetch_milestones,
    make_calendar,
    submit,
    token_of,
)
from tests.support.waiting import HANG_SECONDS


def subscribe_url(page: Page, name: str) -> str:
    """Return the URL of the only button of a calendar on the page."""
    buttons = page.locator(f"[data-way={name}]")
    assert buttons.count() == 1
    return buttons.get_attribute("href") or ""


def primary_methods(page: Page) -> list[str | None]:
    buttons = page.locator(".subscribe a.button").all()
    return [each.get_attribute("data-way") for each in buttons]


def test_every_button_has_the_subscribe_url_of_its_calendar(page: Page, base: str) -> None:
    make_calendar(page)
    feed, name = f"{base}/c/{token_of(page)}.ics", "マイナンバーカードの期限"
    webcal = feed.replace("http://", "webcal://")
    assert subscribe_url(page, "apple") == webcal
    google = urlsplit(subscribe_url(page, "google"))
    assert (google.netloc, google.path) == ("calendar.google.com", "/calendar/r")
    assert parse_qs(google.query) == {"cid": [webcal]}
    for button, host in (("outlook", "outlook.live.com"), ("office", "outlook.office.com")):
        url = urlsplit(subscribe_url(page, button))
        assert (url.netloc, url.path) == (host, "/calendar/0/addfromweb")
        assert parse_qs(url.query) == {"url": [feed], "name": [name]}
    assert subscribe_url(page, "download") == feed
    assert page.input_value("#address") == feed
    assert httpx2.get(feed, timeout=HANG_SECONDS).text.count("BEGIN:VEVENT") == 8


@pytest.mark.parametrize(
    ("agent", "first"),
    [
        (IPHONE, ["apple"]),
        (ANDROID, ["download"]),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64)", ["google"]),
    ],
    ids=["iPhone", "Android", "Windows"],
)
def test_calendar_of_the_device_comes_before_the_others(
    open_page: OpenPage, agent: str, first: list[str]
) -> None:
    page = open_page(user_agent=agent)
    make_calendar(page)
    assert primary_methods(page) == first
    for name in ("apple", "google", "outlook", "office", "download", "app"):
        assert subscribe_url(page, name)
    assert page.locator("#address").count() == 1


def test_android_can_add_upcoming_events_one_by_one(open_page: OpenPage, base: str) -> None:
    page = open_page(user_agent=ANDROID)
    make_calendar(page)
    milestones = fetch_milestones(base, "ja", f"card_expires={EXPIRES}&born={BORN}")
    today = today_in_japan().isoformat()
    coming = [each for each in milestones if each["end"] >= today]
    offered = [
        parse_qs(urlsplit(each.get_attribute("href") or "").query)
        for each in page.locator("[data-way=event]").all()
    ]
    assert [each["text"] for each in offered] == [[each["title"]] for each in coming]
    starts = [each["dates"][0].split("/")[0] for each in offered]
    assert starts == [each["start"].replace("-", "") for each in coming]


def test_line_browser_shows_a_button_to_open_another_browser(open_page: OpenPage) -> None:
    page = open_page(user_agent=LINE)
    page.goto("/")
    enter(page, "c1-card_expires", EXPIRES)
    enter(page, "c1-born", BORN)
    submit(page)
    assert urlsplit(page.url).query == "openExternalBrowser=1"
    link = page.locator(".line a.button")
    expect(link).to_be_in_viewport()
    expect(link).to_have_attribute("href", page.url)


def test_other_browsers_do_not_show_the_line_button(open_page: OpenPage) -> None:
    page = open_page(user_agent=IPHONE)
    make_calendar(page)
    assert page.locator(".line").count() == 0
    assert urlsplit(page.url).query == ""


def test_feed_url_is_copied_with_one_click(open_page: OpenPage) -> None:
    page = open_page(DESK, permissions=["clipboard-read", "clipboard-write"])
    make_calendar(page)
    page.click(".others > summary")
    page.click("[data-copy]")
    expect(page.locator(".copy [role=status]")).to_have_text("コピーしました")
    assert page.evaluate("navigator.clipboard.readText()") == page.input_value("#address")


def test_buttons_for_scripts_are_hidden_without_javascript(open_page: OpenPage) -> None:
    page = open_page(java_script_enabled=False)
    make_calendar(page)
    page.click(".others > summary")
    for button in page.locator("[data-copy], [data-print]").all():
        expect(button).to_be_hidden()
