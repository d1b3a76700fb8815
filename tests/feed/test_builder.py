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

from calsvc.feed.builder import REVISION, build_feed
from calsvc.i18n.catalogs import get_catalog
from calsvc.i18n.languages import LANGUAGES
from calsvc.links.content import REMINDERS_BY_NAME
from calsvc.links.urls import LinkUrls
from calsvc.rules.card import Card, Subject
from calsvc.rules.plan import check_and_assess, check_days, plan_milestones
from tests.feed.feeds import (
    ADULT,
    CARDS,
    MINOR,
    NUMBER,
    OTARU,
    calendar_of,
    events_in,
    feed_of,
    linked,
    options_for,
    unfolded,
)
from tests.support.paths import GOLDEN, ROOT

# --- whole feeds ----------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("case", CARDS)
def test_a_feed_is_equal_to_its_golden_file(case: str, lang: str) -> None:
    assert feed_of(CARDS[case], lang) == (GOLDEN / f"{case}.{lang}.ics").read_bytes()


@pytest.mark.parametrize(
    ("seed", "zone"),
    [
        ("1", "Pacific/Kiritimati"),
        pytest.param("31", "America/Los_Angeles", marks=pytest.mark.large),
    ],
)
def test_no_feed_has_changed_since_its_revision(seed: str, zone: str) -> None:
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


def test_revisions_only_increase() -> None:
    lines = (GOLDEN / "revisions.csv").read_text(encoding="utf-8").splitlines()[1:]
    dates = list(dict.fromkeys(line.split(",")[0] for line in lines))
    assert dates == sorted(dates)
    assert dates[-1] == REVISION.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_the_revision_is_a_time_in_utc() -> None:
    assert REVISION.tzinfo is UTC
    assert datetime(2026, 11, 24, tzinfo=UTC) <= REVISION


# --- identity -------------------------------------------------------------------------------------


def uids_in(content: bytes) -> list[str]:
    return [str(event["UID"]) for event in events_in(content)]


def test_without_a_link_the_day_of_an_event_is_part_of_its_uid() -> None:
    assert uids_in(feed_of(MINOR)) == [
        "card-window_opens-20271216@calsvc",
        "card-notice-20271215@calsvc",
        "card-expiry-20280315@calsvc",
        "card-grace_ends-20280615@calsvc",
    ]


def test_the_number_of_a_link_and_the_slot_are_part_of_its_uids() -> None:
    content = build_feed([linked(MINOR, slot=10)], options_for(), NUMBER)
    assert uids_in(content) == [
        "card-window_opens-01020304050607080a@calsvc",
        "card-notice-01020304050607080a@calsvc",
        "card-expiry-01020304050607080a@calsvc",
        "card-grace_ends-01020304050607080a@calsvc",
    ]


def test_a_changed_date_moves_an_event_of_a_link() -> None:
    other = Card(MINOR.born, MINOR.issued, card_expires=None, stay_until=None)
    later = linked(other)._replace(
        plan=linked(other).plan._replace(
            card_expiry=date(2029, 3, 15), certificate_expiry=date(2029, 3, 15)
        )
    )
    before = build_feed([linked(MINOR)], options_for(), NUMBER)
    after = build_feed([later], options_for(), NUMBER)
    assert uids_in(before) == uids_in(after)
    assert before != after


def test_reordering_a_household_changes_no_uid() -> None:
    cards = [linked(MINOR, "はな", 0), linked(ADULT, "たろう", 1)]
    one = build_feed(cards, options_for(), NUMBER)
    other = build_feed(cards[::-1], options_for(), NUMBER)
    assert sorted(uids_in(one)) == sorted(uids_in(other))


def test_the_links_of_two_people_share_no_uid() -> None:
    one = build_feed([linked(MINOR)], options_for(), NUMBER)
    other = build_feed([linked(MINOR)], options_for(), NUMBER[::-1])
    assert not set(uids_in(one)) & set(uids_in(other))


@pytest.mark.parametrize("case", CARDS)
def test_uids_are_the_same_in_all_languages_and_without_alarms(case: str) -> None:
    card = CARDS[case]
    feeds = [
        feed_of(card, lang, alarms=alarms) for lang in LANGUAGES for alarms in REMINDERS_BY_NAME
    ]
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
        catalog = get_catalog(lang)
        for form in (
            f"{day:%Y%m%d}",
            f"{day:%Y-%m-%d}",
            catalog.format_date(day),
            catalog.padded.format_date(day),
        ):
            assert form not in "".join(unfolded(content))


def test_every_event_has_the_revision_as_its_time_stamp() -> None:
    lines = unfolded(feed_of(ADULT))
    stamp = REVISION.strftime("%Y%m%dT%H%M%SZ")
    assert lines.count(f"DTSTAMP:{stamp}") == 8
    assert lines.count(f"LAST-MODIFIED:{stamp}") == 9


def test_cards_of_a_household_differ_in_number_and_name() -> None:
    content = build_feed([linked(MINOR, "はな", 0), linked(MINOR, "", 1)], options_for(), NUMBER)
    events = events_in(content)
    assert [uid.rpartition("-")[2] for uid in uids_in(content)] == [
        *["010203040506070800@calsvc"] * 4,
        *["010203040506070801@calsvc"] * 4,
    ]
    assert [str(event["SUMMARY"])[:4] for event in events] == [
        *["カード更", "更新の通", "カードの", "マイナ保"] * 2
    ]
    assert [str(event["SUMMARY"]).endswith("（はな）") for event in events] == (
        [True] * 4 + [False] * 4
    )


def test_a_name_follows_the_title_also_for_a_single_card() -> None:
    events = events_in(build_feed([linked(MINOR, "Hana")], options_for("en")))
    title = "Card: last valid day (Hana)"
    assert str(events[2]["SUMMARY"]) == title
    assert {str(alarm["DESCRIPTION"]) for alarm in events[2].walk("VALARM")} == {title}


def test_the_feed_of_a_link_has_its_source() -> None:
    addresses = LinkUrls("https://calendar.example.jp", "1AAAAAAAAAAAAAAAAAAAAAAAAA")
    lines = unfolded(build_feed([linked(MINOR)], options_for(), NUMBER, addresses))
    head = lines[: lines.index("BEGIN:VEVENT")]
    assert ("SOURCE;VALUE=URI:https://calendar.example.jp/c/1AAAAAAAAAAAAAAAAAAAAAAAAA.ics") in head
    assert (
        "URL:https://calendar.example.jp/c/1AAAAAAAAAAAAAAAAAAAAAAAAA?openExternalBrowser=1"
    ) in head


def test_each_event_of_a_link_ends_with_its_page_url() -> None:
    addresses = LinkUrls("https://calendar.example.jp", "1AAAAAAAAAAAAAAAAAAAAAAAAA")
    events = events_in(build_feed([linked(ADULT)], options_for(), NUMBER, addresses))
    assert len(events) == 8
    for event in events:
        assert event["DESCRIPTION"].splitlines()[-1] == f"くわしく：{addresses.page}"


def test_a_feed_without_a_link_has_no_page_url() -> None:
    assert b"https://calendar" not in feed_of(ADULT)
    assert "くわしく" not in feed_of(ADULT).decode().replace("\r\n ", "")


@pytest.mark.parametrize(
    ("cards", "token_length", "limit"),
    [([ADULT], 57, 13_000), ([ADULT, MINOR, MINOR], 130, 28_000)],
    ids=["adult", "household of three"],
)
def test_a_feed_is_small(cards: list[Card], token_length: int, limit: int) -> None:
    addresses = LinkUrls("https://calendar.city.example.jp", "1" * token_length)
    names = ("",) if len(cards) == 1 else ("花子さん", "太郎さん", "次郎さん")
    household = [
        linked(card, name, slot) for slot, (card, name) in enumerate(zip(cards, names, strict=True))
    ]
    assert len(build_feed(household, options_for(), NUMBER, addresses)) < limit


def test_a_feed_without_a_link_has_no_source() -> None:
    lines = unfolded(feed_of(MINOR))
    assert not [line for line in lines if line.startswith("SOURCE")]
    assert not [line for line in lines[: lines.index("BEGIN:VEVENT")] if line.startswith("URL")]


def test_a_card_and_options_cannot_be_changed() -> None:
    for value in (linked(MINOR), options_for()):
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
@given(plain_cards(), st.sampled_from(LANGUAGES), st.sampled_from(list(REMINDERS_BY_NAME)))
def test_the_same_card_gives_the_same_bytes(card: Card, lang: str, alarms: str) -> None:
    content = feed_of(card, lang, alarms=alarms)
    assert content == feed_of(Card(*card), lang, alarms=alarms)
    assert content == calendar_of(content).to_ical()


@hypothesis_settings(max_examples=25)
@given(plain_cards(), st.sampled_from(LANGUAGES))
def test_a_parsed_feed_has_the_dates_of_the_plan(card: Card, lang: str) -> None:
    found = check_and_assess(card, None).plan
    read = [
        (event["DTSTART"].dt, event["DTEND"].dt - timedelta(days=1))
        for event in events_in(feed_of(card, lang))
    ]
    assert all(start == end for start, end in read)
    expected = [*plan_milestones(found, OTARU.grace_rule)]
    checks = [day for subject in Subject for day in check_days(found, subject)]
    assert len(read) == len(expected) + len(set(checks))
    assert {(each.start, each.start) for each in expected} <= set(read)
    for event in events_in(feed_of(card, lang)):
        assert "{" not in event["SUMMARY"] + event["DESCRIPTION"]


@hypothesis_settings(max_examples=25)
@given(plain_cards(), plain_cards())
def test_cards_with_other_dates_have_other_bytes(card: Card, other: Card) -> None:
    same = check_and_assess(card, None).plan == check_and_assess(other, None).plan
    assert (feed_of(card) == feed_of(other)) is same


def test_the_order_of_events_is_the_order_of_their_plan() -> None:
    expiries = [
        event["DTSTART"].dt for event in events_in(feed_of(ADULT)) if "expiry" in event["UID"]
    ]
    assert all(earlier < later for earlier, later in pairwise(expiries))
