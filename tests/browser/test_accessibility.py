"""Accessibility of resident pages: axe, keyboard, narrow screens, large text."""

import pytest
from playwright.sync_api import Browser, Page, expect

from calsvc.clock import today_in_japan
from calsvc.i18n.catalogs import get_catalog
from calsvc.i18n.languages import LANGUAGES
from tests.support.browsing import (
    ANDROID,
    DESK,
    EXPIRES,
    LINE,
    PHONE,
    OpenPage,
    axe_violations,
    follow,
    make_calendar,
    make_cautioned_calendar,
    open_all_details,
    submit,
)
from tests.support.cases import LANGUAGE_WITH_LONGEST_TEXTS, alternating, large_except


@pytest.mark.large
@pytest.mark.parametrize(
    ("lang", "viewport"), alternating(LANGUAGES, {"phone": PHONE, "desk": DESK}, kept=LANGUAGES)
)
def test_axe_finds_nothing_on_any_page(
    open_page: OpenPage, lang: str, viewport: dict[str, int]
) -> None:
    page = open_page(viewport, user_agent=ANDROID)
    page.goto(f"/?lang={lang}")
    assert axe_violations(page) == []
    open_all_details(page)
    follow(page, "button[value=add]")
    submit(page)
    assert axe_violations(page) == []
    page.goto(f"/nowhere?lang={lang}")
    assert axe_violations(page) == []
    make_calendar(page, lang)
    assert axe_violations(page) == []
    open_all_details(page)
    assert axe_violations(page) == []


def test_axe_finds_nothing_with_cautions_in_lines_browser(open_page: OpenPage) -> None:
    page = open_page(user_agent=LINE)
    make_cautioned_calendar(page)
    expect(page.locator(".cautions li")).to_have_count(3)
    assert axe_violations(page) == []


def press_until(page: Page, selector: str, key: str = "Tab", max_presses: int = 60) -> None:
    """Press ``key`` until the element has the focus and a visible outline."""
    for _ in range(max_presses):
        page.keyboard.press(key)
        if page.locator(selector).first.evaluate("each => each === document.activeElement"):
            outline = "getComputedStyle(document.activeElement).outlineStyle"
            assert page.evaluate(outline) != "none"
            return
    raise AssertionError(f"{selector} is not reached by keyboard")


def test_form_and_link_page_work_by_keyboard(open_page: OpenPage) -> None:
    page = open_page(DESK)
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    for part in ("year", "month", "day"):
        press_until(page, f"#c1-card_expires-{part}")
        page.keyboard.type(str(getattr(EXPIRES, part)))
    press_until(page, "#c1-born-era")
    for _ in ("令和", "平成", "昭和"):
        page.keyboard.press("ArrowDown")
    for part, number in (("year", "60"), ("month", "4"), ("day", "23")):
        press_until(page, f"#c1-born-{part}")
        page.keyboard.type(number)
    press_until(page, ".further > summary")
    page.keyboard.press("Enter")
    press_until(page, "#c1-stay_until-era")
    press_until(page, ".submit button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/c/*")
    press_until(page, "[data-way=google]")
    press_until(page, ".others > summary")
    page.keyboard.press("Enter")
    press_until(page, "#address")
    press_until(page, "[data-copy]")
    press_until(page, ".past > summary")
    page.keyboard.press("Enter")
    press_until(page, ".event details > summary")
    page.keyboard.press("Enter")
    expect(page.locator(".description >> visible=true")).to_have_count(1)
    press_until(page, "[data-print]")


def test_buttons_have_the_minimum_target_size(open_page: OpenPage) -> None:
    page = open_page(user_agent=ANDROID)
    for path in ("/", None):
        page.goto(path) if path else make_calendar(page)
        open_all_details(page)
        for target in page.locator("button, .button, .button-quiet, select, summary").all():
            box = target.bounding_box()
            if box and box["width"] > 1:
                is_large = target.evaluate("each => !each.closest('.event, .past')")
                assert box["height"] >= (44 if is_large else 24)


def scroll_width(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth"))


@pytest.mark.parametrize("lang", large_except(LANGUAGES, (LANGUAGE_WITH_LONGEST_TEXTS,)))
def test_pages_fit_a_width_of_320_pixels(open_page: OpenPage, lang: str) -> None:
    page = open_page({"width": 320, "height": 640}, user_agent=ANDROID)
    page.goto(f"/?lang={lang}")
    follow(page, "button[value=add]")
    submit(page)
    open_all_details(page)
    assert scroll_width(page) == 320
    make_calendar(page, lang)
    open_all_details(page)
    assert scroll_width(page) == 320


@pytest.mark.parametrize("lang", large_except(LANGUAGES, (LANGUAGE_WITH_LONGEST_TEXTS,)))
def test_pages_fit_with_text_at_twice_the_size(
    large_type_browser: Browser, base: str, lang: str
) -> None:
    page = large_type_browser.new_page(viewport=PHONE, base_url=base)
    page.goto(f"/?lang={lang}")
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "36px"
    open_all_details(page)
    assert scroll_width(page) == 390
    make_calendar(page, lang)
    open_all_details(page)
    assert scroll_width(page) == 390
    page.close()


def test_timeline_has_a_text_description(open_page: OpenPage) -> None:
    page = open_page()
    make_calendar(page)
    catalog = get_catalog("ja")
    description = page.locator(".timeline desc").text_content() or ""
    for day in (EXPIRES, EXPIRES.replace(year=EXPIRES.year - 5), today_in_japan()):
        assert catalog.format_date(day) in description
