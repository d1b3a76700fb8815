"""The feed: RFC 5545 to the letter, nothing personal, and the same bytes for the same card."""

import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from icalendar import Calendar

from calsvc.feed.builder import REVISION, Edition, Holder, feed
from calsvc.i18n.catalogs import catalog
from calsvc.i18n.languages import LANGUAGES
from calsvc.links.urls import LinkAddresses
from calsvc.municipality import toml_reader
from calsvc.rules.card import Card
from calsvc.rules.plan import plan
from tests.support.paths import GOLDEN, ROOT

OTARU = toml_reader.load("otaru")

ADULT = Card(date(1985, 4, 23), date(2020, 6, 1))
MINOR = Card(date(2012, 3, 15), date(2023, 6, 1))
STAY = Card(date(1990, 6, 15), date(2023, 7, 1), stay_until=date(2026, 5, 31))
LEAPLING = Card(date(1980, 2, 29), date(2023, 8, 1))
CARDS = {"adult": ADULT, "minor": MINOR, "stay": STAY, "leapling": LEAPLING}


def holder(card: Card, name: str = "") -> Holder:
    return Holder(plan(card, OTARU.grace), name)


def feed_of(card: Card, lang: str = "ja", *, alarms: bool = True) -> bytes:
    return feed([holder(card)], OTARU, catalog(lang), alarms=alarms)


def calendar_of(content: bytes) -> Calendar:
    return Calendar.from_ical(content)


def events_in(content: bytes) -> list[Any]:
    return list(calendar_of(content).walk("VEVENT"))


def unfolded(content: bytes) -> list[str]:
    return content.decode().replace("\r\n ", "").split("\r\n")[:-1]


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


# --- whole feeds ----------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("case", CARDS)
def test_a_feed_is_the_golden_one_byte_for_byte(case: str, lang: str) -> None:
    assert feed_of(CARDS[case], lang) == (GOLDEN / f"{case}.{lang}.ics").read_bytes()


@pytest.mark.parametrize(
    ("seed", "zone"), [("1", "Pacific/Kiritimati"), ("31", "America/Los_Angeles")]
)
def test_no_byte_of_any_feed_has_changed_since_its_revision(seed: str, zone: str) -> None:
    """In a process of its own, with another hash seed and another time zone.

    If this fails: move REVISION in calsvc/feed/builder.py, then run
    ``python tests/golden/regenerate.py``.
    """
    done = subprocess.run(
        [sys.executable, GOLDEN / "regenerate.py", "--check"],
        env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_revisions_only_ever_move_on() -> None:
    lines = (GOLDEN / "revisions.csv").read_text(encoding="utf-8").splitlines()[1:]
    dates = list(dict.fromkeys(line.split(",")[0] for line in lines))
    assert dates == sorted(dates)
    assert dates[-1] == REVISION.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_the_revision_is_a_moment_in_utc() -> None:
    assert REVISION.tzinfo is UTC
    assert datetime(2026, 11, 24, tzinfo=UTC) <= REVISION


# --- RFC 5545 -------------------------------------------------------------------------------------


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
def test_a_feed_holds_what_the_rfc_demands(case: str, lang: str) -> None:
    calendar = calendar_of(feed_of(CARDS[case], lang))
    assert (calendar["version"], calendar["prodid"]) == ("2.0", "-//calsvc//calsvc//EN")
    assert not calendar.errors
    for event in calendar.walk("VEVENT"):
        assert not event.errors
        for name in ("UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "DESCRIPTION"):
            assert not isinstance(event[name], list)
    for alarm in calendar.walk("VALARM"):
        assert (alarm["ACTION"], bool(alarm["DESCRIPTION"])) == ("DISPLAY", True)


def test_the_calendar_says_what_it_is() -> None:
    calendar = calendar_of(feed_of(ADULT, "en"))
    shown = {name: str(calendar[name]) for name in ("NAME", "X-WR-CALNAME", "COLOR", "CALSCALE")}
    assert shown == {
        "NAME": "My Number card dates",
        "X-WR-CALNAME": "My Number card dates",
        "COLOR": "royalblue",
        "CALSCALE": "GREGORIAN",
    }
    assert calendar["X-WR-TIMEZONE"] == "Asia/Tokyo"
    described = [line.partition(":") for line in unfolded(feed_of(ADULT, "en")) if "DESC" in line]
    assert [name for name, _, _ in described[:2]] == ["DESCRIPTION", "X-WR-CALDESC"]
    assert described[0][2] == described[1][2]
    assert "(Otaru City)" in described[0][2]


def test_the_calendar_asks_to_be_fetched_every_twelve_hours() -> None:
    lines = unfolded(feed_of(ADULT))
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT12H" in lines
    assert "X-PUBLISHED-TTL:PT12H" in lines


def test_an_event_takes_whole_days_and_its_end_is_exclusive() -> None:
    lines = unfolded(feed_of(ADULT))
    days = [line for line in lines if line.startswith(("DTSTART", "DTEND"))]
    assert days == [
        "DTSTART;VALUE=DATE:20250124",
        "DTEND;VALUE=DATE:20250125",
        "DTSTART;VALUE=DATE:20250123",
        "DTEND;VALUE=DATE:20250224",
        "DTSTART;VALUE=DATE:20250423",
        "DTEND;VALUE=DATE:20250424",
        "DTSTART;VALUE=DATE:20250723",
        "DTEND;VALUE=DATE:20250724",
        "DTSTART;VALUE=DATE:20300124",
        "DTEND;VALUE=DATE:20300125",
        "DTSTART;VALUE=DATE:20300123",
        "DTEND;VALUE=DATE:20300224",
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
        assert (event["TRANSP"], event["CLASS"]) == ("TRANSPARENT", "PRIVATE")
        assert [str(each) for each in event["CATEGORIES"].cats] == ["My Number card"]


def test_an_event_says_where_to_go_but_a_letter_comes_by_itself() -> None:
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


def test_commas_semicolons_backslashes_and_line_breaks_in_texts_are_escaped() -> None:
    local = replace(OTARU.text("ja"), office=r"窓口; a,b\c")
    city = replace(OTARU, texts={"ja": local})
    content = feed([holder(MINOR, 'は"な; a,b\\c:d')], city, catalog("ja"))
    lines = unfolded(content)
    assert (
        'SUMMARY:は"な\\; a\\,b\\\\c:d: マイナンバーカードと電子証明書の有効期限です'
        "(この日まで有効)"
    ) in lines
    assert r"【問い合わせ】窓口\; a\,b\\c 電話" in content.decode().replace("\r\n ", "")
    assert {line.split(":")[0].split(";")[0] for line in lines} <= {
        *("BEGIN", "END", "VERSION", "PRODID", "CALSCALE", "DESCRIPTION", "X-WR-CALDESC", "NAME"),
        *("X-WR-CALNAME", "COLOR", "LAST-MODIFIED", "REFRESH-INTERVAL", "X-PUBLISHED-TTL"),
        *("X-WR-TIMEZONE", "SUMMARY", "DTSTART", "DTEND", "DTSTAMP", "UID", "CATEGORIES", "CLASS"),
        *("LOCATION", "TRANSP", "URL", "ACTION", "TRIGGER"),
    }
    event = events_in(content)[2]
    assert event["SUMMARY"].startswith('は"な; a,b\\c:d: ')
    assert "【問い合わせ】窓口; a,b\\c 電話 0134-32-4111" in event["DESCRIPTION"]
    assert "\n" in event["DESCRIPTION"]


# --- identity -------------------------------------------------------------------------------------


def test_an_event_is_known_by_what_it_is_about_and_its_day() -> None:
    assert [str(event["UID"]) for event in events_in(feed_of(MINOR))] == [
        "card-window_opens-20271216@city.otaru.lg.jp",
        "card-notice-20271215@city.otaru.lg.jp",
        "card-expiry-20280315@city.otaru.lg.jp",
        "card-grace_ends-20280615@city.otaru.lg.jp",
    ]


@pytest.mark.parametrize("case", CARDS)
def test_an_event_is_the_same_one_in_every_language_and_with_or_without_alarms(case: str) -> None:
    card = CARDS[case]
    feeds = [feed_of(card, lang, alarms=alarms) for lang in LANGUAGES for alarms in (True, False)]
    known = {tuple(str(event["UID"]) for event in events_in(content)) for content in feeds}
    assert len(known) == 1


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("case", CARDS)
def test_no_event_shares_its_identity_with_another_or_shows_a_birth_or_issue_date(
    case: str, lang: str
) -> None:
    card = CARDS[case]
    content = feed_of(card, lang)
    uids = [str(event["UID"]) for event in events_in(content)]
    assert len(set(uids)) == len(uids)
    for day in (card.born, card.issued):
        assert day
        for form in (f"{day:%Y%m%d}", f"{day:%Y-%m-%d}", f"{day:%Y年%m月%d日}"):
            assert form not in "".join(unfolded(content))


def test_every_event_bears_the_revision_as_its_time_stamp() -> None:
    lines = unfolded(feed_of(ADULT))
    stamp = REVISION.strftime("%Y%m%dT%H%M%SZ")
    assert lines.count(f"DTSTAMP:{stamp}") == 8
    assert lines.count(f"LAST-MODIFIED:{stamp}") == 9


def test_the_cards_of_a_household_are_told_apart_by_place_and_name() -> None:
    content = feed([holder(MINOR, "はな"), holder(MINOR)], OTARU, catalog("ja"))
    events = events_in(content)
    assert [str(event["UID"]) for event in events] == [
        "01-card-window_opens-20271216@city.otaru.lg.jp",
        "01-card-notice-20271215@city.otaru.lg.jp",
        "01-card-expiry-20280315@city.otaru.lg.jp",
        "01-card-grace_ends-20280615@city.otaru.lg.jp",
        "02-card-window_opens-20271216@city.otaru.lg.jp",
        "02-card-notice-20271215@city.otaru.lg.jp",
        "02-card-expiry-20280315@city.otaru.lg.jp",
        "02-card-grace_ends-20280615@city.otaru.lg.jp",
    ]
    assert [str(event["SUMMARY"])[:4] for event in events] == ["はな: "] * 4 + [
        "マイナン",
        "マイナン",
        "マイナン",
        "健康保険",
    ]


def test_a_name_stands_before_the_title_of_an_only_card_too() -> None:
    events = events_in(feed([holder(MINOR, "Hana")], OTARU, catalog("en")))
    assert str(events[2]["SUMMARY"]) == (
        "Hana: My Number card and certificate expire (last valid day)"
    )
    assert {str(alarm["DESCRIPTION"]) for alarm in events[2].walk("VALARM")} == {
        "Hana: My Number card and certificate expire (last valid day)"
    }


def test_the_feed_of_a_link_says_where_it_comes_from() -> None:
    addresses = LinkAddresses("https://calendar.example.jp", "1AAAAAAAAAAAAAAAAAAAAAAAAA")
    lines = unfolded(feed([holder(MINOR)], OTARU, catalog("ja"), addresses=addresses))
    head = lines[: lines.index("BEGIN:VEVENT")]
    assert ("SOURCE;VALUE=URI:https://calendar.example.jp/c/1AAAAAAAAAAAAAAAAAAAAAAAAA.ics") in head
    assert (
        "URL:https://calendar.example.jp/c/1AAAAAAAAAAAAAAAAAAAAAAAAA?openExternalBrowser=1"
    ) in head


def test_a_feed_without_a_link_names_no_source() -> None:
    lines = unfolded(feed_of(MINOR))
    assert not [line for line in lines if line.startswith("SOURCE")]
    assert not [line for line in lines[: lines.index("BEGIN:VEVENT")] if line.startswith("URL")]


def test_a_holder_and_an_edition_cannot_be_changed_once_they_are_made() -> None:
    for value in (holder(MINOR), Edition(OTARU, catalog("ja"), alarms=True)):
        with pytest.raises(AttributeError):
            setattr(value, next(iter(type(value).__annotations__)), None)


# --- alarms ---------------------------------------------------------------------------------------


def test_alarms_sound_at_nine_on_the_day_and_before() -> None:
    assert alarms_in(feed_of(ADULT)) == {
        "certificate-window_opens": ["TRIGGER:PT9H"],
        "certificate-notice": ["TRIGGER:PT9H"],
        "certificate-expiry": ["TRIGGER:-P29DT15H", "TRIGGER:-P6DT15H", "TRIGGER:PT9H"],
        "certificate-grace_ends": ["TRIGGER:-P13DT15H", "TRIGGER:PT9H"],
        "card-window_opens": ["TRIGGER:PT9H"],
        "card-notice": ["TRIGGER:PT9H"],
        "card-expiry": ["TRIGGER:-P29DT15H", "TRIGGER:-P6DT15H", "TRIGGER:PT9H"],
        "card-grace_ends": ["TRIGGER:-P13DT15H", "TRIGGER:PT9H"],
    }


def test_a_limited_stay_has_an_early_alarm_three_months_ahead() -> None:
    # 2026-02-28 09:00 is 91 days and 15 hours before 2026-05-31.
    assert alarms_in(feed_of(STAY)) == {
        "card-expiry": [
            "TRIGGER:-P91DT15H",
            "TRIGGER:-P29DT15H",
            "TRIGGER:-P6DT15H",
            "TRIGGER:PT9H",
        ],
        "card-grace_ends": ["TRIGGER:-P13DT15H", "TRIGGER:PT9H"],
    }


def test_a_certificate_that_ends_before_a_limited_stay_has_no_early_alarm() -> None:
    card = Card(date(1990, 6, 15), date(2023, 7, 1), stay_until=date(2030, 1, 31))
    found = alarms_in(feed_of(card))
    assert len(found["certificate-expiry"]) == 3
    # 2029-10-31 09:00 is 91 days and 15 hours before 2030-01-31.
    assert found["card-expiry"][0] == "TRIGGER:-P91DT15H"


@pytest.mark.parametrize("case", CARDS)
def test_every_alarm_is_at_nine_in_the_morning(case: str) -> None:
    for event in events_in(feed_of(CARDS[case])):
        midnight = datetime.combine(event["DTSTART"].dt, datetime.min.time())
        for alarm in event.walk("VALARM"):
            moment = midnight + alarm["TRIGGER"].dt
            assert (moment.hour, moment.minute) == (9, 0)


@pytest.mark.parametrize("case", CARDS)
def test_without_alarms_a_feed_is_the_same_but_for_its_alarms(case: str) -> None:
    loud, quiet = (feed_of(CARDS[case], alarms=alarms) for alarms in (True, False))
    alarm = re.compile(rb"BEGIN:VALARM\r\n.*?END:VALARM\r\n", re.DOTALL)
    assert b"VALARM" not in quiet
    assert alarm.sub(b"", loud) == quiet


# --- the same card, the same bytes ----------------------------------------------------------------


@st.composite
def plain_cards(draw: st.DrawFn) -> Card:
    issued = draw(st.dates(date(2016, 1, 1), date(2027, 11, 24)))
    born = draw(st.dates(date(1900, 1, 1), issued))
    stay = draw(st.none() | st.dates(issued, issued + timedelta(days=1826)))
    return Card(born, issued, stay_until=stay)


@hypothesis_settings(max_examples=25)
@given(plain_cards(), st.sampled_from(LANGUAGES), st.booleans())
def test_the_same_card_gives_the_same_bytes(card: Card, lang: str, alarms: bool) -> None:
    content = feed_of(card, lang, alarms=alarms)
    assert content == feed_of(Card(*card), lang, alarms=alarms)
    assert content == calendar_of(content).to_ical()


@hypothesis_settings(max_examples=25)
@given(plain_cards(), st.sampled_from(LANGUAGES))
def test_a_feed_reads_back_as_the_plan(card: Card, lang: str) -> None:
    found = plan(card, OTARU.grace)
    read = [
        (event["DTSTART"].dt, event["DTEND"].dt - timedelta(days=1))
        for event in events_in(feed_of(card, lang))
    ]
    assert read == [(each.start, each.end) for each in found.milestones]
    for event in events_in(feed_of(card, lang)):
        assert "{" not in event["SUMMARY"] + event["DESCRIPTION"]


@hypothesis_settings(max_examples=25)
@given(plain_cards(), plain_cards())
def test_cards_with_other_dates_have_other_bytes(card: Card, other: Card) -> None:
    same = plan(card, OTARU.grace) == plan(other, OTARU.grace)
    assert (feed_of(card) == feed_of(other)) is same


def test_the_order_of_events_is_the_order_of_their_plan() -> None:
    expiries = [
        event["DTSTART"].dt for event in events_in(feed_of(ADULT)) if "expiry" in event["UID"]
    ]
    assert all(earlier < later for earlier, later in pairwise(expiries))
