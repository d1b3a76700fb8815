"""The feed: nothing personal, events that keep their identity, the same bytes for the same card."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from calsvc.feed.builder import REVISION, Edition, feed
from calsvc.i18n.catalogs import catalog
from calsvc.i18n.languages import LANGUAGES
from calsvc.links.urls import LinkAddresses
from calsvc.rules.card import Card
from calsvc.rules.plan import plan
from tests.feed.feeds import (
    ADULT,
    CARDS,
    MINOR,
    OTARU,
    calendar_of,
    events_in,
    feed_of,
    holder,
    unfolded,
)
from tests.support.paths import GOLDEN, ROOT

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


# --- identity -------------------------------------------------------------------------------------


def test_an_event_is_known_by_what_it_is_about_and_its_day() -> None:
    assert [str(event["UID"]) for event in events_in(feed_of(MINOR))] == [
        "card-window_opens-20271216@city.otaru.lg.jp",
        "card-notice-20271215@city.otaru.lg.jp",
        "card-expiry-20280315@city.otaru.lg.jp",
        "card-grace_ends-20280615@city.otaru.lg.jp",
    ]


@pytest.mark.parametrize("case", CARDS)
def test_uids_are_the_same_in_all_languages_and_without_alarms(case: str) -> None:
    card = CARDS[case]
    feeds = [feed_of(card, lang, alarms=alarms) for lang in LANGUAGES for alarms in (True, False)]
    known = {tuple(str(event["UID"]) for event in events_in(content)) for content in feeds}
    assert len(known) == 1


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("case", CARDS)
def test_uids_are_unique_and_show_no_birth_or_issue_date(case: str, lang: str) -> None:
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


def test_cards_of_a_household_differ_in_number_and_name() -> None:
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


def test_a_holder_and_an_edition_cannot_be_changed() -> None:
    for value in (holder(MINOR), Edition(OTARU, catalog("ja"), alarms=True)):
        with pytest.raises(AttributeError):
            setattr(value, next(iter(type(value).__annotations__)), None)


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
