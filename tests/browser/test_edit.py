"""Corrections on a phone: one tap, or the form with dates from the card."""

from datetime import date
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from calsvc.i18n.catalogs import get_catalog
from tests.support.browsing import (
    BORN,
    EXPIRES,
    LINE,
    PHONE,
    OpenPage,
    axe_violations,
    enter,
    fits,
    follow,
    make_calendar,
    make_cautioned_calendar,
    open_all_details,
    submit,
)
from tests.support.cases import large_except

WINDOW = date(EXPIRES.year - 5, 1, 24)
"""The first day of the window of the certificate on a card that ends on `EXPIRES`."""


def test_one_tap_confirms_a_renewed_certificate(phone: Page) -> None:
    make_calendar(phone)
    old = phone.url
    expect(phone.locator(".renewed")).to_contain_text(get_catalog("ja").format_date(WINDOW))
    assert fits(phone)
    follow(phone, "button[value=renewed]")
    assert phone.url != old
    assert "/c/" in phone.url
    expect(phone.locator(".changed")).to_be_visible()
    assert phone.locator(".event").count() == 4
    expect(phone.locator(".cautions")).to_have_count(0)


def test_printed_expiry_removes_the_caution_on_the_card(phone: Page) -> None:
    make_cautioned_calendar(phone)
    follow(phone, ".cautions .settle a >> nth=0")
    assert urlsplit(phone.url).path.endswith("/edit")
    expect(phone.locator("#c1-card_expires-year")).to_be_in_viewport()
    expect(phone.locator("#c1-card_expires-year")).to_have_value("")
    expect(phone.locator(".computed")).to_have_count(2)
    assert fits(phone)
    enter(phone, "c1-card_expires", date(2032, 8, 20))
    submit(phone)
    expect(phone.locator("#c1-born-fault")).to_be_visible()
    enter(phone, "c1-born", date(2003, 8, 20))
    submit(phone)
    expect(phone.locator(".changed")).to_be_visible()
    expect(phone.locator(".cautions")).to_have_count(0)


def test_one_button_confirms_the_end_of_a_stay(phone: Page) -> None:
    phone.goto("/")
    enter(phone, "c1-card_expires", date(EXPIRES.year, 5, 31))
    enter(phone, "c1-born", BORN)
    submit(phone)
    assert fits(phone)
    follow(phone, "button[value=stay-1]")
    phone.wait_for_url("**/c/*")
    assert phone.locator(".event").count() == 3


@pytest.mark.parametrize("lang", large_except(("ja", "vi"), ()))
def test_axe_finds_nothing_on_the_edit_form(open_page: OpenPage, lang: str) -> None:
    page = open_page(PHONE, user_agent=LINE)
    make_calendar(page, lang)
    assert axe_violations(page) == []
    follow(page, ".actions a >> nth=0")
    assert axe_violations(page) == []
    enter(page, "c1-card_expires", date(EXPIRES.year, 5, 31))
    enter(page, "c1-born", BORN)
    submit(page)
    open_all_details(page)
    assert axe_violations(page) == []
