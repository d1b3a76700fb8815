"""The URLs by which calendars subscribe to a link."""

from datetime import date
from urllib.parse import parse_qs, quote, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from calsvc.i18n.calendar_texts import CalendarText
from calsvc.links.urls import LinkUrls, google_event_url, percent_encode
from calsvc.rules.card import Subject
from calsvc.rules.milestones import Milestone, MilestoneKind

URLS = LinkUrls("https://calendar.example.jp", "1abc-_Z")


def test_the_page_url_opens_outside_line() -> None:
    assert URLS.page == "https://calendar.example.jp/c/1abc-_Z?openExternalBrowser=1"


def test_apple_has_a_webcal_url() -> None:
    assert URLS.feed == "https://calendar.example.jp/c/1abc-_Z.ics"
    assert URLS.webcal == "webcal://calendar.example.jp/c/1abc-_Z.ics"


def test_google_has_the_webcal_url() -> None:
    parts = urlsplit(URLS.google)
    assert (parts.netloc, parts.path) == ("calendar.google.com", "/calendar/r")
    assert parse_qs(parts.query) == {"cid": ["webcal://calendar.example.jp/c/1abc-_Z.ics"]}


def test_both_outlooks_have_the_feed_url_and_a_name() -> None:
    for address, host in [
        (URLS.outlook_com("カード & 期限"), "outlook.live.com"),
        (URLS.microsoft_365("カード & 期限"), "outlook.office.com"),
    ]:
        parts = urlsplit(address)
        assert (parts.netloc, parts.path) == (host, "/calendar/0/addfromweb")
        assert parse_qs(parts.query) == {
            "url": ["https://calendar.example.jp/c/1abc-_Z.ics"],
            "name": ["カード & 期限"],
        }
        assert "+" not in parts.query


def test_a_google_event_has_an_exclusive_end() -> None:
    milestone = Milestone(Subject.CARD, MilestoneKind.NOTICE, date(2026, 12, 20), date(2027, 1, 20))
    event = CalendarText(milestone, "通知書", "本文\n二行目", "窓口", "https://example.jp")
    query = parse_qs(urlsplit(google_event_url(event, "花子: 通知書")).query)
    assert query == {
        "action": ["TEMPLATE"],
        "text": ["花子: 通知書"],
        "dates": ["20261220/20261221"],
        "details": ["本文\n二行目"],
        "location": ["窓口"],
    }


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_text_is_percent_encoded_as_the_standard_library_does(text: str) -> None:
    assert percent_encode(text) == quote(text, safe="")
