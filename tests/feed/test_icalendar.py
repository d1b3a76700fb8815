"""The feed as RFC 5545 and RFC 7986 demand it: lines, properties, events and alarms."""

import re
from dataclasses import replace
from datetime import date, datetime

import pytest

from calsvc.feed.builder import FeedOptions, build_feed
from calsvc.i18n.catalogs import get_catalog
from calsvc.i18n.languages import LANGUAGES
from calsvc.links.content import Reminders
from calsvc.rules.card import Card
from tests.feed.feeds import (
    ADULT,
    CARDS,
    MINOR,
    OTARU,
    STAY,
    calendar_of,
    events_in,
    feed_of,
    linked,
    unfolded,
)


def alarms_in(content: bytes) -> dict[str, list[str]]:
    """The triggers of each event, by the first two words of its UID."""
    found: dict[str, list[str]] = {}
    uid = ""
    for line in unfolded(content):
        if line.startswith("UID:"):
            uid = line.removeprefix("UID:").rpartition("-")[0]
            found[uid] = []
        if line.startswith("TRIGGER"):
            found[uid].append(line)
    return found


# --- lines and properties -------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("case", CARDS)
def test_every_line_ends_with_cr_lf(case: str, lang: str) -> None:
    content = feed_of(CARDS[case], lang)
    assert content.endswith(b"END:VCALENDAR\r\n")
    assert content.count(b"\n") == content.count(b"\r") == content.count(b"\r\n")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("case", CARDS)
def test_no_line_is_longer_than_75_octets_or_splits_a_character(case: str, lang: str) -> None:
    for line in feed_of(CARDS[case], lang).split(b"\r\n"):
        assert len(line) <= 75
        assert line.decode().isprintable()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("case", CARDS)
def test_a_feed_has_the_properties_that_the_rfc_requires(case: str, lang: str) -> None:
    calendar = calendar_of(feed_of(CARDS[case], lang))
    assert (calendar["version"], calendar["prodid"]) == ("2.0", "-//calsvc//calsvc//EN")
    assert not calendar.errors
    for event in calendar.walk("VEVENT"):
        assert not event.errors
        for name in ("UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "DESCRIPTION"):
            assert not isinstance(event[name], list)
    for alarm in calendar.walk("VALARM"):
        assert (alarm["ACTION"], bool(alarm["DESCRIPTION"])) == ("DISPLAY", True)


def test_the_calendar_has_name_and_description() -> None:
    calendar = calendar_of(feed_of(ADULT, "en"))
    shown = {name: str(calendar[name]) for name in ("NAME", "X-WR-CALNAME", "COLOR", "CALSCALE")}
    assert shown == {
        "NAME": "My Number Card dates",
        "X-WR-CALNAME": "My Number Card dates",
        "COLOR": "royalblue",
        "CALSCALE": "GREGORIAN",
    }
    assert calendar["X-WR-TIMEZONE"] == "Asia/Tokyo"
    described = [line.partition(":") for line in unfolded(feed_of(ADULT, "en")) if "DESC" in line]
    assert [name for name, _, _ in described[:2]] == ["DESCRIPTION", "X-WR-CALDESC"]
    assert described[0][2] == described[1][2]
    assert "(Otaru City)" in described[0][2]


def test_the_calendar_has_a_refresh_interval_of_twelve_hours() -> None:
    lines = unfolded(feed_of(ADULT))
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT12H" in lines
    assert "X-PUBLISHED-TTL:PT12H" in lines


def test_an_event_lasts_whole_days_with_an_exclusive_end() -> None:
    lines = unfolded(feed_of(ADULT))
    days = [line for line in lines if line.startswith(("DTSTART", "DTEND"))]
    assert days == [
        "DTSTART;VALUE=DATE:20250124",
        "DTEND;VALUE=DATE:20250125",
        "DTSTART;VALUE=DATE:20250123",
        "DTEND;VALUE=DATE:20250124",
        "DTSTART;VALUE=DATE:20250423",
        "DTEND;VALUE=DATE:20250424",
        "DTSTART;VALUE=DATE:20250723",
        "DTEND;VALUE=DATE:20250724",
        "DTSTART;VALUE=DATE:20300124",
        "DTEND;VALUE=DATE:20300125",
        "DTSTART;VALUE=DATE:20300123",
        "DTEND;VALUE=DATE:20300124",
        "DTSTART;VALUE=DATE:20300423",
        "DTEND;VALUE=DATE:20300424",
        "DTSTART;VALUE=DATE:20300723",
        "DTEND;VALUE=DATE:20300724",
    ]


@pytest.mark.parametrize(("case", "events"), [("adult", 8), ("minor", 4), ("stay", 2)])
def test_a_card_has_as_many_events_as_milestones(case: str, events: int) -> None:
    assert len(events_in(feed_of(CARDS[case]))) == events


def test_an_event_blocks_no_time_and_is_private() -> None:
    for event in events_in(feed_of(ADULT, "en")):
        assert event["TRANSP"] == "TRANSPARENT"
        assert "CLASS" not in event  # Google shows PRIVATE events without their titles
        assert [str(each) for each in event["CATEGORIES"].cats] == ["My Number Card"]


def test_events_have_a_location_but_notices_have_none() -> None:
    places = {
        event["UID"].split("-2")[0]: "LOCATION" in event for event in events_in(feed_of(ADULT))
    }
    assert places == {
        "certificate-window_opens": True,
        "certificate-notice": False,
        "certificate-expiry": True,
        "certificate-grace_ends": True,
        "card-window_opens": True,
        "card-notice": False,
        "card-expiry": True,
        "card-grace_ends": True,
    }


def test_special_characters_in_texts_are_escaped() -> None:
    named = replace(OTARU.counters[0], names={"ja": r"市役所; a,b\c"})
    city = replace(OTARU, counters=(named,))
    options = FeedOptions(city, get_catalog("ja"), Reminders.STANDARD)
    content = build_feed([linked(MINOR, 'は"な; a,b\\c:d')], options)
    lines = unfolded(content)
    assert ('SUMMARY:カードの期限（今日まで）（は"な\\; a\\,b\\\\c:d）') in lines
    assert r"窓口：市役所\; a\,b\\c" in content.decode().replace("\r\n ", "")
    assert {line.split(":")[0].split(";")[0] for line in lines} <= {
        *("BEGIN", "END", "VERSION", "PRODID", "CALSCALE", "DESCRIPTION", "X-WR-CALDESC", "NAME"),
        *("X-WR-CALNAME", "COLOR", "LAST-MODIFIED", "REFRESH-INTERVAL", "X-PUBLISHED-TTL"),
        *("X-WR-TIMEZONE", "SUMMARY", "DTSTART", "DTEND", "DTSTAMP", "UID", "CATEGORIES"),
        *("LOCATION", "TRANSP", "URL", "ACTION", "TRIGGER"),
    }
    event = events_in(content)[2]
    assert event["SUMMARY"].endswith('（は"な; a,b\\c:d）')
    assert "窓口：市役所; a,b\\c" in event["DESCRIPTION"]
    assert "\n" in event["DESCRIPTION"]


# --- alarms ---------------------------------------------------------------------------------------


def test_alarms_sound_at_nine_on_days_before() -> None:
    assert alarms_in(feed_of(ADULT)) == {
        "certificate-window_opens": ["TRIGGER:-PT15H"],
        "certificate-notice": [],
        "certificate-expiry": ["TRIGGER:-P29DT15H", "TRIGGER:-P6DT15H", "TRIGGER:-PT15H"],
        "certificate-grace_ends": ["TRIGGER:-P13DT15H", "TRIGGER:-PT15H"],
        "card-window_opens": ["TRIGGER:-PT15H"],
        "card-notice": [],
        "card-expiry": [
            # 2030-02-22 09:00, when to apply at the latest, is 59 days and 15 hours before.
            "TRIGGER:-P59DT15H",
            "TRIGGER:-P29DT15H",
            "TRIGGER:-P6DT15H",
            "TRIGGER:-PT15H",
        ],
        "card-grace_ends": ["TRIGGER:-P13DT15H", "TRIGGER:-PT15H"],
    }


def test_few_alarms_sound_before_an_expiry_only() -> None:
    found = alarms_in(feed_of(ADULT, alarms="few"))
    assert {event: triggers for event, triggers in found.items() if triggers} == {
        "certificate-expiry": ["TRIGGER:-P29DT15H", "TRIGGER:-PT15H"],
        "card-expiry": ["TRIGGER:-P29DT15H", "TRIGGER:-PT15H"],
    }
    assert len(found) == 8


def test_a_limited_stay_has_an_early_alarm_three_months_ahead() -> None:
    # 2026-02-28 09:00 is 91 days and 15 hours before 2026-05-31.
    assert alarms_in(feed_of(STAY)) == {
        "card-expiry": [
            "TRIGGER:-P91DT15H",
            "TRIGGER:-P29DT15H",
            "TRIGGER:-P6DT15H",
            "TRIGGER:-PT15H",
        ],
        "card-grace_ends": ["TRIGGER:-P13DT15H", "TRIGGER:-PT15H"],
    }


def test_only_the_card_of_a_limited_stay_has_an_early_alarm() -> None:
    card = Card(date(1990, 6, 15), date(2023, 7, 1), stay_until=date(2030, 1, 31))
    found = alarms_in(feed_of(card))
    assert len(found["certificate-expiry"]) == 3
    # 2029-10-31 09:00 is 91 days and 15 hours before 2030-01-31.
    assert found["card-expiry"][0] == "TRIGGER:-P91DT15H"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("case", CARDS)
def test_every_alarm_is_at_nine_on_a_day_before_its_event(case: str, lang: str) -> None:
    for event in events_in(feed_of(CARDS[case], lang)):
        midnight = datetime.combine(event["DTSTART"].dt, datetime.min.time())
        for alarm in event.walk("VALARM"):
            moment = midnight + alarm["TRIGGER"].dt
            assert (moment.hour, moment.minute) == (9, 0)
            assert moment.date() < event["DTSTART"].dt


@pytest.mark.parametrize("case", CARDS)
def test_without_alarms_a_feed_differs_only_in_alarms(case: str) -> None:
    loud, quiet = (feed_of(CARDS[case], alarms=alarms) for alarms in ("on", "off"))
    alarm = re.compile(rb"BEGIN:VALARM\r\n.*?END:VALARM\r\n", re.DOTALL)
    assert b"VALARM" not in quiet
    assert alarm.sub(b"", loud) == quiet


def test_a_check_event_has_an_alarm_on_the_day_before() -> None:
    card = Card(date(2003, 8, 20), date(2022, 6, 1))
    (check,) = [event for event in events_in(feed_of(card)) if event["UID"].startswith("check")]
    assert [alarm["TRIGGER"].dt.total_seconds() / 3600 for alarm in check.walk("VALARM")] == [-15]
