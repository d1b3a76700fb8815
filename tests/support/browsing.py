"""Actions of residents in a browser: fill in the card form, follow links, open details."""

from collections.abc import Callable
from datetime import date
from urllib.parse import urlsplit

import httpx2
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from calsvc.clock import today_in_japan

OpenPage = Callable[..., Page]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
ANDROID = (
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/131.0.0.0 Mobile Safari/537.36"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1"
)
LINE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Mobile/15E148 Safari Line/14.20.0"
)
EXPIRES = date(today_in_japan().year + 4, 4, 23)
"""The expiry of an adult's card: days of the certificate are past, days of the card upcoming."""
FAR_EXPIRY = date(today_in_japan().year + 9, 4, 23)
"""The expiry of a card so new that all its days are upcoming."""
BORN = date(1985, 4, 23)
WCAG_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def enter(page: Page, field: str, day: date) -> None:
    """Type a Gregorian date."""
    for part in ("year", "month", "day"):
        page.fill(f"#{field}-{part}", str(getattr(day, part)))


def enter_era(page: Page, field: str, era: str, *numbers: int) -> None:
    """Type a date with an era: year, month and day."""
    page.select_option(f"#{field}-era", era)
    for part, number in zip(("year", "month", "day"), numbers, strict=True):
        page.fill(f"#{field}-{part}", str(number))


def follow(page: Page, selector: str) -> None:
    """Click an element that leads to another page, and wait for that page."""
    with page.expect_navigation():
        page.click(selector)


def submit(page: Page) -> None:
    follow(page, ".submit button")


def make_calendar(page: Page, lang: str = "ja", expires: date = EXPIRES) -> None:
    """Go from the empty form to the page of an adult's card."""
    page.goto(f"/?lang={lang}")
    enter(page, "c1-card_expires", expires)
    enter(page, "c1-born", BORN)
    submit(page)
    page.wait_for_url("**/c/*")


def make_cautioned_calendar(page: Page, lang: str = "ja") -> None:
    """Go from the empty form to the page of a card that has a caution."""
    page.goto(f"/?lang={lang}")
    page.click("details:has(#c1-issued-year) > summary")
    enter(page, "c1-issued", date(2022, 6, 1))
    enter(page, "c1-born", date(2003, 8, 20))
    submit(page)


def open_all_details(page: Page) -> None:
    """Open all details."""
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")


def axe_violations(page: Page) -> list[str]:
    """Return the violations of WCAG 2.2 AA that axe finds."""
    result = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG_TAGS}})
    return [f"{each['id']}: {each['nodes']}" for each in result.response["violations"]]


def fits(page: Page) -> bool:
    """Return True if the page needs no horizontal scrolling."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def token_of(page: Page) -> str:
    return urlsplit(page.url).path.removeprefix("/c/")


def fetch_milestones(base: str, lang: str, query: str) -> list[dict[str, str]]:
    """Return the milestones of a card from the API, sorted by day."""
    milestones = httpx2.get(f"{base}/api/milestones?{query}&lang={lang}").json()["milestones"]
    return sorted(milestones, key=lambda milestone: str(milestone["start"]))
