"""The feed of an ended link has one event, which says so and holds no date of a card."""

from datetime import date

import pytest

from calsvc.feed.ended import build_ended_feed
from calsvc.i18n.catalogs import get_catalog
from calsvc.i18n.languages import LANGUAGES
from calsvc.links.urls import LinkUrls
from tests.feed.feeds import NUMBER, calendar_of, events_in, options_for, unfolded

ADDRESSES = LinkUrls("https://calendar.example.jp", "1token")


@pytest.mark.parametrize("language", LANGUAGES)
def test_feed_of_an_ended_link_states_the_end_in_each_language(language: str) -> None:
    catalog = get_catalog(language)
    (event,) = events_in(build_ended_feed(NUMBER, options_for(language), ADDRESSES))
    assert event["summary"] == catalog.text("ended.title")
    assert event["description"] == catalog.text("ended.text")
    assert event["url"] == "https://calendar.example.jp/"
    assert event["uid"] == "ended-0102030405060708@calsvc"


def test_the_event_of_an_ended_link_recurs_every_month() -> None:
    (event,) = events_in(build_ended_feed(NUMBER, options_for()))
    assert event["dtstart"].dt == date(2026, 11, 1)
    assert event["dtend"].dt == date(2026, 11, 2)
    assert event["rrule"] == {"FREQ": ["MONTHLY"]}
    assert "url" not in event


def test_the_feed_of_an_ended_link_has_name_and_source() -> None:
    content = build_ended_feed(NUMBER, options_for(), ADDRESSES)
    assert calendar_of(content)["x-wr-calname"] == get_catalog("ja").text("calendar.name")
    assert "SOURCE;VALUE=URI:https://calendar.example.jp/c/1token.ics" in unfolded(content)
    assert build_ended_feed(NUMBER, options_for(), ADDRESSES) == content
