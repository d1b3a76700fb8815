"""Filled feeds are, byte for byte, what icalendar builds."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calsvc.errors import InvalidInput
from calsvc.feed import templates
from calsvc.feed.builder import Holder, feed
from calsvc.i18n import catalogs, languages
from calsvc.i18n.event_texts import topics
from calsvc.links.urls import LinkAddresses
from calsvc.municipality.opening_days import ClosedDays
from calsvc.municipality.toml_reader import load
from calsvc.rules.card import Card
from calsvc.rules.milestones import GraceRule
from calsvc.rules.plan import Plan, plan

OTARU = load("otaru")
LEAP_DAYS = st.sampled_from([date(year, 2, 29) for year in range(1936, 2024, 4)])
BIRTHS = st.dates(date(1920, 1, 1), date(2025, 1, 1)) | LEAP_DAYS
ISSUES = st.dates(date(2016, 1, 1), date(2027, 11, 24))
DAYS_OF_STAY = st.none() | st.integers(0, 3000)
DAYS_OF_APPLICATION = st.none() | st.integers(0, 300)


def to_plan(born: date, issued: date, stay: int | None, applied: int | None) -> Plan | None:
    card = Card(
        born,
        issued,
        applied=None if applied is None else issued - timedelta(days=applied),
        stay_until=None if stay is None else issued + timedelta(days=stay),
    )
    return plan_or_none(card)


def from_face(born: date, expires: date, stay: int | None) -> Plan | None:
    stay_until = None if stay is None else expires + timedelta(days=stay)
    return plan_or_none(Card(born, card_expires=expires, stay_until=stay_until))


def plan_or_none(card: Card) -> Plan | None:
    try:
        return plan(card, GraceRule.ANNIVERSARY)
    except InvalidInput:
        return None


PLANS = (
    st.builds(to_plan, BIRTHS, ISSUES, DAYS_OF_STAY, DAYS_OF_APPLICATION)
    | st.builds(from_face, BIRTHS, st.dates(date(2020, 1, 1), date(2036, 1, 1)), DAYS_OF_STAY)
).filter(bool)
NAMES = st.just("") | st.text(st.characters(exclude_categories=["C", "Z"]), max_size=20)
ADDRESSES = st.none() | st.builds(
    LinkAddresses,
    st.sampled_from(["https://calendar.example.jp", "http://localhost:8000", "https://a.jp/b_%_c"]),
    st.text("abcXYZ019-_", min_size=20, max_size=60),
)


def assert_filled_as_built(
    holders: list[Holder], lang: str, *, alarms: bool, addresses: LinkAddresses | None = None
) -> None:
    words = catalogs.catalog(lang)
    filled = templates.feed(holders, OTARU, words, alarms=alarms, addresses=addresses)
    assert filled == feed(holders, OTARU, words, alarms=alarms, addresses=addresses)


# --- every shape of event -------------------------------------------------------------------------

BIRTHS_OF_EVERY_AGE = [
    date(1990, 10, 10),
    date(1996, 3, 15),
    date(2000, 3, 1),
    date(2003, 8, 20),
    date(2004, 3, 15),
    date(2012, 3, 15),
    *(date(year, 2, 29) for year in (1988, 2000, 2004, 2012)),
]
ISSUES_AROUND_THRESHOLDS = [date(2020, 3, 5), date(2022, 4, 5), date(2023, 7, 1)]
STAYS = [None, date(2022, 11, 30), date(2025, 4, 1), date(2028, 12, 1), date(2029, 2, 21)]
PRINTED_EXPIRIES = [
    date(2025, 3, 15),
    date(2026, 5, 31),
    date(2027, 2, 28),
    date(2027, 10, 10),
    date(2028, 3, 15),
    date(2029, 2, 28),
]
PRINTED_CERTIFICATES = [None, date(2025, 2, 1)]
NUMBER_OF_SHAPES = 47
"""A rule that adds or loses a shape must be seen here."""


def cards() -> Iterator[Card]:
    """Yield cards whose events have every shape that the rules can give."""
    applied = (None, 200)
    for born, issued, days, stay, certificate in product(
        BIRTHS_OF_EVERY_AGE, ISSUES_AROUND_THRESHOLDS, applied, STAYS, PRINTED_CERTIFICATES
    ):
        day = issued - timedelta(days) if days else None
        yield Card(born, issued, applied=day, stay_until=stay, cert_expires=certificate)
    for born, expires, stay, certificate in product(
        BIRTHS_OF_EVERY_AGE, PRINTED_EXPIRIES, (None, 0, 500), PRINTED_CERTIFICATES
    ):
        until = None if stay is None else expires + timedelta(stay)
        yield Card(born, card_expires=expires, stay_until=until, cert_expires=certificate)


def shapes_of(found: Plan) -> set[tuple[object, ...]]:
    return {
        (
            *(topic.subject, topic.term, topic.together, topic.leap_day_birth),
            *(topic.card_ends_in_grace, *(caution.code for caution in topic.cautions)),
        )
        for topic in topics(found, OTARU)
    }


def plans_of_every_shape() -> list[Plan]:
    """Return as few plans as it takes to have every shape."""
    seen: set[tuple[object, ...]] = set()
    needed = []
    for card in cards():
        found = plan_or_none(card)
        if found and not shapes_of(found) <= seen:
            seen |= shapes_of(found)
            needed.append(found)
    assert len(seen) == NUMBER_OF_SHAPES
    return needed


@pytest.mark.parametrize("lang", languages.LANGUAGES)
def test_every_shape_of_event_is_filled_as_icalendar_builds_it(lang: str) -> None:
    for found in plans_of_every_shape():
        household = [Holder(found), Holder(found, "小樽 花子")]
        assert_filled_as_built(household, lang, alarms=True)
        assert_filled_as_built([Holder(found)], lang, alarms=False)


# --- random feeds ---------------------------------------------------------------------------------

random_feeds = given(
    st.lists(st.builds(Holder, PLANS, NAMES), min_size=1, max_size=3),
    st.sampled_from(languages.LANGUAGES),
    st.booleans(),
    ADDRESSES,
)


@settings(max_examples=300)
@random_feeds
def test_a_filled_feed_is_the_feed_that_icalendar_builds(
    holders: list[Holder], lang: str, alarms: bool, addresses: LinkAddresses | None
) -> None:
    assert_filled_as_built(holders, lang, alarms=alarms, addresses=addresses)


@pytest.mark.large
@settings(max_examples=1500)
@random_feeds
def test_many_filled_feeds_are_the_feeds_that_icalendar_builds(
    holders: list[Holder], lang: str, alarms: bool, addresses: LinkAddresses | None
) -> None:
    assert_filled_as_built(holders, lang, alarms=alarms, addresses=addresses)


@settings(max_examples=100)
@given(PLANS, st.sampled_from(languages.LANGUAGES))
def test_a_city_that_never_closes_has_the_same_feed_filled_and_built(
    found: Plan, lang: str
) -> None:
    words = catalogs.catalog(lang)
    holder = Holder(found)
    assert templates.feed([holder], OPEN_CITY, words) == feed([holder], OPEN_CITY, words)


OPEN_CITY = replace(OTARU, closed=ClosedDays(frozenset(), False, None, frozenset()))

# --- the templates themselves ---------------------------------------------------------------------


def test_stand_in_dates_differ_from_each_other_and_from_every_real_date() -> None:
    days = templates.STAND_INS
    around = {day + timedelta(days=shift) for day in days for shift in (0, 1)}
    assert len(around) == 2 * len(days)
    assert max(around) < date(1900, 1, 1)


def test_a_piece_that_a_fold_runs_through_is_filled_on_both_sides() -> None:
    stencil = templates.Stencil(b"X:ab\r\n cd%ab\r\n", [b"abcd", b"%a"])
    assert b"".join(stencil.fill([b"1234", b"56"])) == b"X:12\r\n 3456b\r\n"
