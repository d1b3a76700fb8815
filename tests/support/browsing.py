"""What a person does in a browser: fills in the card form, follows links, unfolds details."""

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
"""On an adult's card, so that the certificate's days are past and the card's are to come."""
FAR = date(today_in_japan().year + 9, 4, 23)
"""On a card so new that all of its days are to come."""
BORN = date(1985, 4, 23)
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def enter(page: Page, field: str, day: date) -> None:
    """Type a Western date."""
    for part in ("year", "month", "day"):
        page.fill(f"#{field}-{part}", str(getattr(day, part)))


def enter_era(page: Page, field: str, era: str, *numbers: int) -> None:
    """Type a date with an era: year, month and day."""
    page.select_option(f"#{field}-era", era)
    for part, number in zip(("year", "month", "day"), numbers, strict=True):
        page.fill(f"#{field}-{part}", str(number))


def follow(page: Page, selector: str) -> None:
    """Press what leads to another page, and wait until that is there."""
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


def unfold(page: Page) -> None:
    """Open all details."""
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")


def violations(page: Page) -> list[str]:
    """Return what axe finds against WCAG 2.2 AA."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": LEVELS}})
    return [f"{each['id']}: {each['nodes']}" for each in found.response["violations"]]


def fits(page: Page) -> bool:
    """Return whether nothing reaches beyond the screen."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def token_of(page: Page) -> str:
    return urlsplit(page.url).path.removeprefix("/c/")


def promised(base: str, lang: str, query: str) -> list[dict[str, str]]:
    """Return the milestones that the API has for a card, in the order of days."""
    found = httpx2.get(f"{base}/api/milestones?{query}&lang={lang}").json()["milestones"]
    return sorted(found, key=lambda each: str(each["start"]))
