"""The form in a browser: inputs, errors, and the cards of a household."""

from datetime import date

import pytest
from playwright.sync_api import Page, expect

from calsvc.i18n.catalogs import get_catalog
from tests.support.browsing import (
    BORN,
    EXPIRES,
    enter,
    enter_era,
    follow,
    make_calendar,
    submit,
)


def test_era_year_and_gregorian_year_give_the_same_events(page: Page) -> None:
    make_calendar(page)
    gregorian = page.locator(".event").all_inner_texts()
    page.goto("/")
    enter(page, "c1-card_expires", EXPIRES)
    enter_era(page, "c1-born", "昭和", 60, 4, 23)
    submit(page)
    assert page.locator(".event").all_inner_texts() == gregorian


def test_error_is_shown_at_its_field_and_inputs_remain(page: Page) -> None:
    page.goto("/")
    enter(page, "c1-card_expires", EXPIRES)
    enter_era(page, "c1-born", "昭和", 60, 13, 23)
    submit(page)
    expect(page.locator(".faults")).to_be_focused()
    expect(page.locator(".faults a")).to_have_attribute("href", "#c1-born-month")
    message = get_catalog("ja").text("page.error.date.month")
    expect(page.locator("#c1-born-fault")).to_contain_text(message)
    expect(page.locator("#c1-born-month")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#c1-born-era")).to_have_value("昭和")
    expect(page.locator("#c1-card_expires-year")).to_have_value(str(EXPIRES.year))
    page.fill("#c1-born-month", "4")
    submit(page)
    assert page.locator(".event").count() == 8


def test_error_summary_links_to_the_field(page: Page) -> None:
    page.goto("/")
    submit(page)
    assert page.locator(".faults li").count() == 2
    page.click(".faults a >> nth=1")
    expect(page.locator("#c1-born-year")).to_be_focused()


def test_error_in_a_folded_field_unfolds_it(page: Page) -> None:
    page.goto("/")
    enter(page, "c1-card_expires", EXPIRES)
    enter(page, "c1-born", BORN)
    page.click("details:has(#c1-cert_expires-year) > summary")
    enter(page, "c1-cert_expires", date(2099, 1, 1))
    submit(page)
    expect(page.locator("#c1-cert_expires-year")).to_be_visible()
    expect(page.locator("#c1-cert_expires-fault")).to_be_visible()
    expect(page.locator("#c1-stay_until-year")).to_be_hidden()


def test_expiry_off_a_birthday_asks_for_the_period_of_stay(page: Page) -> None:
    page.goto("/")
    enter(page, "c1-card_expires", date(EXPIRES.year, 5, 31))
    enter(page, "c1-born", BORN)
    submit(page)
    expect(page.locator("#c1-stay_until-year")).to_be_visible()
    enter(page, "c1-stay_until", date(EXPIRES.year, 5, 31))
    submit(page)
    assert page.locator(".event").count() == 3
    expect(page.locator(".cautions li")).to_have_count(1)


@pytest.mark.large
def test_household_of_three_cards_has_one_calendar(page: Page) -> None:
    page.goto("/")
    enter(page, "c1-card_expires", EXPIRES)
    enter(page, "c1-born", BORN)
    follow(page, "button[value=add]")
    expect(page.locator("#c1-name")).to_be_focused()
    page.fill("#c1-name", "花子さん")
    page.fill("#c2-name", "太郎さん")
    enter(page, "c2-card_expires", date(EXPIRES.year, 5, 3))
    enter(page, "c2-born", date(EXPIRES.year - 10, 5, 3))
    follow(page, "button[value=add]")
    page.click("details:has(#c3-issued-year) > summary")
    enter(page, "c3-issued", date(2023, 7, 1))
    enter(page, "c3-born", date(1990, 6, 15))
    submit(page)
    names = page.locator(".plan .subject").all_text_contents()
    assert [each.split("：")[0] for each in names] == ["花子さん", "太郎さん", "3枚目のカード"]
    assert page.locator(".plan svg[role=img]").count() == 1
    assert page.locator(".event").count() == 8 + 4 + 8
    assert {*page.locator(".event h3 .holder").all_text_contents()} == {
        "花子さん",
        "太郎さん",
        "3枚目のカード",
    }


def test_removing_a_card_leaves_the_other_cards(page: Page) -> None:
    page.goto("/")
    follow(page, "button[value=add]")
    page.fill("#c1-name", "一郎")
    page.fill("#c2-name", "二郎")
    follow(page, "button[value=add]")
    page.fill("#c3-name", "三郎")
    follow(page, "button[value=remove-2]")
    assert [page.input_value(f"#c{number}-name") for number in (1, 2)] == ["一郎", "三郎"]
    assert page.locator("#c3-name").count() == 0


def test_enter_key_submits_the_form(page: Page) -> None:
    page.goto("/")
    follow(page, "button[value=add]")
    follow(page, "button[value=remove-2]")
    enter(page, "c1-card_expires", EXPIRES)
    enter(page, "c1-born", BORN)
    page.press("#c1-born-day", "Enter")
    page.wait_for_url("**/c/*")
