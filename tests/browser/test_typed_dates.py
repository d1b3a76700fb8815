"""Inputs on a phone remain after the Back button and after a change of language."""

from datetime import date

from playwright.sync_api import Page, expect

from tests.support.browsing import BORN, EXPIRES, enter, enter_era, follow, submit


def test_back_button_restores_the_inputs(phone: Page) -> None:
    phone.goto("/")
    enter(phone, "c1-card_expires", EXPIRES)
    enter_era(phone, "c1-born", "昭和", 60, 4, 23)
    submit(phone)
    phone.wait_for_url("**/c/*")
    phone.go_back()
    expect(phone.locator("#c1-card_expires-year")).to_have_value(str(EXPIRES.year))
    expect(phone.locator("#c1-born-era")).to_have_value("昭和")
    expect(phone.locator("#c1-born-day")).to_have_value("23")


def test_changing_the_language_keeps_the_inputs(phone: Page) -> None:
    phone.goto("/")
    enter(phone, "c1-card_expires", EXPIRES)
    enter(phone, "c1-born", BORN)
    phone.click(".languages summary")
    follow(phone, ".languages button >> text=English")
    expect(phone.locator("html")).to_have_attribute("lang", "en")
    expect(phone.locator("#c1-card_expires-year")).to_have_value(str(EXPIRES.year))
    phone.locator("#c1-born-day").press("Enter")
    phone.wait_for_url("**/c/*")
    expect(phone.locator("html")).to_have_attribute("lang", "en")


def test_edit_link_of_a_card_opens_its_dates(phone: Page) -> None:
    phone.goto("/")
    enter(phone, "c1-card_expires", EXPIRES)
    enter(phone, "c1-born", BORN)
    submit(phone)
    follow(phone, ".correct a")
    expect(phone.locator("#c1-card_expires-year")).to_have_value(str(EXPIRES.year))
    expect(phone.locator("#c1-born-year")).to_have_value("")
    enter(phone, "c1-card_expires", date(EXPIRES.year + 1, 4, 23))
    enter(phone, "c1-born", BORN)
    submit(phone)
    phone.click(".removal summary")
    expect(phone.locator(".removal li").first).to_be_visible()
