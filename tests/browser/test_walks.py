"""Walks of residents on phones with counted taps: languages, LINE, expired cards, changes.

A text field counts one tap, a selection two, a button or a link one.
"""

from datetime import date, timedelta

import httpx2
import pytest
from playwright.sync_api import Page, expect

from calsvc.clock import today_in_japan
from calsvc.i18n.languages import LANGUAGES
from tests.support.browsing import ANDROID, IPHONE, LINE, OpenPage, axe_violations, open_all_details
from tests.support.cases import large_except
from tests.support.waiting import HANG_SECONDS
from tests.support.walking import SMALL, OpenPhone, PageUser

FACEBOOK = IPHONE.replace("Safari/604.1", "[FBAN/FBIOS;FBAV/450.0]")
YAHOO = f"{ANDROID} YJApp-ANDROID jp.co.yahoo.android.yjtop"
TODAY = today_in_japan()


def birthday(days: int, years_old: int) -> tuple[date, date]:
    """Return a birth date, and the expiry date of a card ``days`` after today."""
    expires = TODAY + timedelta(days=days)
    if (expires.month, expires.day) == (
        2,
        29,
    ):  # 29 February exists as a birth date only in leap years
        expires += timedelta(days=1)
    return expires.replace(year=expires.year - years_old), expires


def page_url(base: str, *days: int, lang: str = "ja", years_old: int = 40) -> str:
    """Create a link for cards that expire ``days`` from today, and return the URL of its page."""
    cards = []
    for number, offset in enumerate(days, start=1):
        born, expires = birthday(offset, years_old)
        name = {"name": f"家族{number}"} if len(days) > 1 else {}
        cards.append({"born": str(born), "card_expires": str(expires), **name})
    response = httpx2.post(
        f"{base}/api/links", json={"cards": cards, "lang": lang}, timeout=HANG_SECONDS
    )
    assert response.status_code == 200
    return str(response.json()["page"])


def count_primary_buttons(page: Page) -> int:
    return page.locator("main .button >> visible=true").count()


@pytest.mark.parametrize(
    ("agent", "scheme"),
    [(LINE, "http"), pytest.param(FACEBOOK, "", marks=pytest.mark.large), (YAHOO, "intent:")],
)
def test_in_app_browser_has_one_button_to_leave_it(
    open_phone: OpenPhone,
    base: str,
    agent: str,
    scheme: str,
) -> None:
    page = open_phone(user_agent=agent)
    page.goto(page_url(base, 59, years_old=74))
    assert count_primary_buttons(page) == (1 if scheme else 0)
    assert page.locator(".subscribe").count() == 0
    if scheme:
        button = page.locator(".line a.button")
        expect(button).to_be_in_viewport()
        assert (button.get_attribute("href") or "").startswith(scheme)
        page.click(".line summary")
    expect(page.locator("#page-address")).to_have_value(page.url)
    expect(page.locator(".line p", has_text="ブラウザで開く").last).to_be_visible()


def test_expired_card_shows_its_status_first(open_phone: OpenPhone, base: str) -> None:
    page = open_phone(user_agent=IPHONE)
    page.goto(page_url(base, -400, years_old=40))
    expect(page.locator(".status .word")).to_have_text("失効しています")
    expect(page.locator(".status .word")).to_be_in_viewport()
    assert page.locator(".doing a").count() >= 3
    assert page.locator(".subscribe").count() == 0


def test_household_shows_the_status_of_each_card_first(open_phone: OpenPhone, base: str) -> None:
    page = open_phone()
    page.goto(page_url(base, -15, -400, 1000))
    lines = page.locator(".household-status li")
    assert lines.count() == 3
    for line in lines.all():
        expect(line.locator(".word")).to_be_in_viewport()
    expect(lines.nth(0).locator(".word")).to_have_text("失効しています")
    expect(lines.nth(1).locator(".word")).to_have_text("失効しています")


@pytest.mark.parametrize(
    ("days", "word"),
    [
        pytest.param(-15, "失効しています", marks=pytest.mark.large),
        (0, "急いでください"),
        pytest.param(100, "まだ先です", marks=pytest.mark.large),
    ],
)
def test_link_page_shows_the_status_of_the_card(
    open_phone: OpenPhone,
    base: str,
    days: int,
    word: str,
) -> None:
    page = open_phone()
    page.goto(page_url(base, days, years_old=16))
    expect(page.locator(".status .word")).to_have_text(word)
    expect(page.locator(".status .word")).to_be_in_viewport()


def test_renewal_is_confirmed_in_two_taps(open_phone: OpenPhone, base: str) -> None:
    page = open_phone()
    page.goto(page_url(base, 1500))
    user = PageUser(page)
    user.go("button[value=renewed] >> nth=0")
    assert user.taps <= 2
    expect(page.locator(".changed")).to_be_in_viewport()
    description = page.locator(".timeline desc").first.text_content() or ""
    assert description.count("有効期限") == 1
    assert "更新していなければ" not in description


@pytest.mark.parametrize("lang", large_except(("ja-x-easy", "vi"), ("vi",)))
def test_other_language_is_two_taps_away(open_phone: OpenPhone, base: str, lang: str) -> None:
    page = open_phone()
    page.goto(page_url(base, 100))
    page.click(".languages summary")
    user = PageUser(page, taps=1)
    user.go(f".languages a[href*='lang={lang}'] >> nth=0")
    assert user.taps == 2
    assert page.locator(".languages [aria-current]").count() == 1


def test_printed_page_has_place_price_and_things_to_bring(open_phone: OpenPhone, base: str) -> None:
    page = open_phone()
    for days in (59, 2000):
        page.goto(page_url(base, days))
        page.emulate_media(media="print")
        for term in page.locator(".todo dt").all():
            expect(term).to_be_visible()
        expect(page.locator(".made")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "path", large_except(("privacy", "accessibility", "embed", "api"), ("embed", "api"))
)
def test_axe_finds_nothing_on_pages_around_the_form(
    open_page: OpenPage, scheme: str, path: str
) -> None:
    page = open_page(SMALL, color_scheme=scheme)
    page.goto(f"/{path}?lang=ja")
    assert axe_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == SMALL["width"]


@pytest.mark.large
@pytest.mark.parametrize("lang", LANGUAGES)
def test_axe_finds_nothing_in_dark_mode(open_page: OpenPage, base: str, lang: str) -> None:
    page = open_page(color_scheme="dark", user_agent=ANDROID)
    page.goto(page_url(base, 59, lang=lang))
    open_all_details(page)
    assert axe_violations(page) == []


@pytest.mark.large
@pytest.mark.parametrize("lang", LANGUAGES)
def test_axe_finds_nothing_in_other_states(open_page: OpenPage, base: str, lang: str) -> None:
    page = open_page(color_scheme="dark", user_agent=FACEBOOK)
    page.goto(page_url(base, -15, 1500, 3000, lang=lang))
    open_all_details(page)
    assert axe_violations(page) == []
    page.goto(f"/?lang={lang}")
    assert axe_violations(page) == []


@pytest.mark.large
@pytest.mark.parametrize("lang", LANGUAGES)
def test_axe_finds_nothing_in_forced_colours(open_page: OpenPage, base: str, lang: str) -> None:
    page = open_page(forced_colors="active")
    page.goto(page_url(base, 59, lang=lang))
    assert axe_violations(page) == []
    diamond = "getComputedStyle(document.querySelector('.timeline .expiry')).fill"
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(diamond) != page.evaluate(ground)
