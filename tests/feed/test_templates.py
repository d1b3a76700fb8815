"""Filled feeds are, byte for byte, what icalendar builds."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from calsvc.errors import InvalidInput
from calsvc.feed import templates
from calsvc.feed.builder import Holder, feed
from calsvc.i18n import catalogs, languages
from calsvc.links.urls import LinkAddresses
from calsvc.municipality.model import Municipality
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
    try:
        return plan(card, GraceRule.ANNIVERSARY)
    except InvalidInput:
        return None


def from_face(born: date, expires: date, stay: int | None) -> Plan | None:
    stay_until = None if stay is None else expires + timedelta(days=stay)
    try:
        return plan(Card(born, card_expires=expires, stay_until=stay_until), GraceRule.ANNIVERSARY)
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


@settings(max_examples=1500, deadline=None)
@given(
    st.lists(st.builds(Holder, PLANS, NAMES), min_size=1, max_size=3),
    st.sampled_from(languages.LANGUAGES),
    st.booleans(),
    ADDRESSES,
)
def test_a_filled_feed_is_the_feed_that_icalendar_builds(
    holders: list[Holder], lang: str, alarms: bool, addresses: LinkAddresses | None
) -> None:
    words = catalogs.catalog(lang)
    filled = templates.feed(holders, OTARU, words, alarms=alarms, addresses=addresses)
    assert filled == feed(holders, OTARU, words, alarms=alarms, addresses=addresses)


@settings(max_examples=100, deadline=None)
@given(PLANS, st.sampled_from(languages.LANGUAGES))
def test_a_city_that_never_closes_has_the_same_feed_filled_and_built(
    found: Plan, lang: str
) -> None:
    words = catalogs.catalog(lang)
    holder = Holder(found)
    city = open_city()
    assert templates.feed([holder], city, words) == feed([holder], city, words)


def open_city() -> Municipality:
    closed = type(OTARU.closed)(frozenset(), False, None, frozenset())
    facts = {name: getattr(OTARU, name) for name in OTARU.__dataclass_fields__}
    return Municipality(**{**facts, "closed": closed})


def test_stand_in_dates_differ_from_each_other_and_from_every_real_date() -> None:
    days = templates.STAND_INS
    around = {day + timedelta(days=shift) for day in days for shift in (0, 1)}
    assert len(around) == 2 * len(days)
    assert max(around) < date(1900, 1, 1)


def test_a_piece_that_a_fold_runs_through_is_filled_on_both_sides() -> None:
    stencil = templates.Stencil(b"X:ab\r\n cd%ab\r\n", [b"abcd", b"%a"])
    assert b"".join(stencil.fill([b"1234", b"56"])) == b"X:12\r\n 3456b\r\n"
