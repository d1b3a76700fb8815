"""Walks a to d of the residents' trial, with the same counts of taps and characters.

A field counts one tap and a selection two. A button, checkbox or disclosure counts one.
"""

from datetime import date

import pytest
from playwright.sync_api import expect

from calsvc.clock import today_in_japan
from calsvc.i18n.languages import LANGUAGES
from tests.support.browsing import (
    ANDROID,
    DESK,
    EXPIRES,
    LINE,
    PHONE,
    OpenPage,
    axe_violations,
    fits,
)
from tests.support.cases import large_except
from tests.support.walking import OpenPhone, PageUser

SOON = date(today_in_japan().year + 1, 1, 23)
"""The expiry of the card in walk a, whose renewal window is open."""


def test_walk_a_era_is_left_out_in_the_line_browser(open_phone: OpenPhone) -> None:
    user = PageUser(open_phone(user_agent=LINE))
    user.page.goto("/")
    user.type_date("c1-card_expires", str(SOON.year), "1", "23")
    user.type_date("c1-born", "27", "1", "23")
    user.go(".submit button")
    years = user.page.locator(".mends button")
    expect(years).to_have_text(["昭和27年（1952年）", "平成27年（2015年）"])
    assert user.page.locator("[aria-invalid]").count() == 2
    assert fits(user.page)
    user.go(".mends button >> nth=0")
    user.page.wait_for_url("**/c/*")
    user.go(".line a.button")
    user.taps += 1  # the button of the phone's calendar, which no browser here can follow
    assert user.taps <= 10
    assert user.characters <= 12


def test_walk_b_student_with_a_limited_stay_uses_the_box(open_phone: OpenPhone) -> None:
    user = PageUser(open_phone(user_agent=ANDROID, locale="vi-VN"))
    user.page.goto("/")
    user.type_date("c1-card_expires", str(EXPIRES.year), "8", "20")
    user.type_date("c1-born", "2003", "5", "3")
    user.tap("details:has(#c1-stay_until) > summary")
    user.tap("label[for=c1-stay_until]")
    user.go(".submit button")
    user.page.wait_for_url("**/c/*")
    expect(user.page.locator("html")).to_have_attribute("lang", "vi")
    assert user.page.locator(".event").count() > 0
    assert (user.taps, user.characters) == (9, 7 + 6)


def test_walk_b_student_without_the_box_uses_a_button(open_phone: OpenPhone) -> None:
    user = PageUser(open_phone(user_agent=ANDROID, locale="vi-VN"))
    user.page.goto("/")
    user.type_date("c1-card_expires", str(EXPIRES.year), "8", "20")
    user.type_date("c1-born", "2003", "5", "3")
    user.go(".submit button")
    assert user.page.locator(".mends").count() == 0
    user.go("button[value=stay-1]")
    user.page.wait_for_url("**/c/*")
    assert (user.taps, user.characters) == (8, 7 + 6)


@pytest.mark.large
def test_walk_c_mother_enters_three_cards(open_phone: OpenPhone) -> None:
    user = PageUser(open_phone())
    user.page.goto("/")
    user.type_date("c1-card_expires", str(EXPIRES.year), "4", "23")
    user.type_date("c1-born", "60", "4", "23")
    user.go("button[value=add]")
    expect(user.page.locator("#c1-name")).to_be_focused()
    expect(user.page.locator("#c1-born-era")).to_have_value("")
    user.write("#c1-name", "母")
    user.write("#c2-name", "太郎")
    user.type_date("c2-card_expires", str(EXPIRES.year), "5", "3")
    user.type_date("c2-born", str(EXPIRES.year - 10), "5", "3")
    user.go("button[value=add]")
    expect(user.page.locator("#c3-name")).to_be_focused()
    user.write("#c3-name", "花子")
    user.type_date("c3-card_expires", str(EXPIRES.year), "6", "7")
    user.type_date("c3-born", str(EXPIRES.year - 9), "6", "7")
    expect(user.page.locator(".card-head h2")).to_have_text(["母", "太郎", "3枚目のカード"])
    user.go(".submit button")
    user.page.wait_for_url("**/c/*")
    expect(user.page.locator(".household-status li")).to_have_count(3)
    for name in ("母", "太郎", "花子"):
        expect(user.page.locator(".household-status")).to_contain_text(name)
    assert fits(user.page)
    assert user.taps == 24


def test_walk_d_form_is_filled_in_by_keyboard(open_page: OpenPage) -> None:
    page = open_page(DESK, java_script_enabled=False)
    page.goto("/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the skip link
    parts = (EXPIRES.year, 4, 23), ("昭和60", 4, 23)
    for (year, month, day), name in zip(parts, ("card_expires", "born"), strict=True):
        for part, number in (("year", year), ("month", month), ("day", day)):
            page.keyboard.press("Tab")
            if page.locator("#c1-born-era").evaluate("each => each === document.activeElement"):
                page.keyboard.press("Tab")
            expect(page.locator(f"#c1-{name}-{part}")).to_be_focused()
            page.keyboard.insert_text(str(number))
    page.keyboard.press("Enter")
    page.wait_for_url("**/c/*")


@pytest.mark.parametrize("lang", large_except(LANGUAGES, ("vi",)))
def test_form_fits_two_phone_screens(open_page: OpenPage, lang: str) -> None:
    page = open_page(PHONE)
    page.goto(f"/?lang={lang}")
    first = page.locator("#c1-card_expires-year").bounding_box()
    last = page.locator(".submit button").bounding_box()
    assert first
    assert last
    assert first["y"] + first["height"] <= PHONE["height"]
    assert last["y"] + last["height"] <= 2 * PHONE["height"]


@pytest.mark.parametrize("lang", large_except(LANGUAGES, ()))
def test_axe_finds_nothing_with_correction_buttons(open_page: OpenPage, lang: str) -> None:
    page = open_page({"width": 320, "height": 640})
    page.goto(f"/?lang={lang}")
    user = PageUser(page)
    user.type_date("c1-card_expires", str(EXPIRES.year), "5", "4")
    user.type_date("c1-born", "27", "5", "3")
    user.go(".submit button")
    assert axe_violations(page) == []
    assert fits(page)
    user.go(".mends button >> nth=0")
    assert axe_violations(page) == []
    assert fits(page)
