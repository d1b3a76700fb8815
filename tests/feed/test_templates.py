"""Rendered feeds equal, byte for byte, those that icalendar builds."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calsvc.errors import InvalidInputError
from calsvc.feed import templates
from calsvc.feed.builder import FeedOptions, build_feed
from calsvc.i18n import catalogs, languages
from calsvc.links.content import NO_NUMBER, LinkedCard, Reminders
from calsvc.links.urls import LinkUrls
from calsvc.municipality.counters import Task
from calsvc.municipality.loader import load_municipality
from calsvc.municipality.model import Municipality
from calsvc.municipality.opening_days import OpenDays, Timetable
from calsvc.rules.card import Card, Subject, Term
from calsvc.rules.plan import CertificateSource, Doubt, Plan, check_and_assess

OTARU = load_municipality("012033")
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
        return check_and_assess(card, None).plan
    except InvalidInputError:
        return None


PLANS = (
    st.builds(to_plan, BIRTHS, ISSUES, DAYS_OF_STAY, DAYS_OF_APPLICATION)
    | st.builds(from_face, BIRTHS, st.dates(date(2020, 1, 1), date(2036, 1, 1)), DAYS_OF_STAY)
).filter(bool)
NAMES = st.just("") | st.text(st.characters(exclude_categories=["C", "Z"]), max_size=20)
ADDRESSES = st.none() | st.builds(
    LinkUrls,
    st.sampled_from(["https://calendar.example.jp", "http://localhost:8000", "https://a.jp/b_%_c"]),
    st.text("abcXYZ019-_", min_size=20, max_size=60),
)


NUMBERS = st.just(NO_NUMBER) | st.binary(min_size=8, max_size=8)


def options_for(
    lang: str, reminders: Reminders = Reminders.STANDARD, city: Municipality = OTARU
) -> FeedOptions:
    return templates.get_feed_options(city, catalogs.get_catalog(lang), reminders)


def assert_rendered_as_built(
    cards: list[LinkedCard],
    options: FeedOptions,
    number: bytes = NO_NUMBER,
    addresses: LinkUrls | None = None,
) -> None:
    filled = templates.render_feed(cards, options, number, addresses)
    assert filled == build_feed(cards, options, number, addresses)


# --- every shape of event -------------------------------------------------------------------------

CARD_EXPIRY = date(2030, 4, 23)
CERTIFICATE_EXPIRIES = [CARD_EXPIRY, date(2030, 3, 1), date(2025, 4, 23)]
DOUBTS = [
    (),
    (Doubt(Subject.CARD),),
    (Doubt(Subject.CARD, date(2025, 4, 23)),),
    (Doubt(Subject.CARD, date(2025, 4, 23)), Doubt(Subject.CARD, date(2029, 4, 23))),
    (Doubt(Subject.CERTIFICATE),),
    (Doubt(Subject.CERTIFICATE, date(2024, 4, 23)),),
    (
        Doubt(Subject.CARD),
        Doubt(Subject.CARD, date(2031, 4, 23)),
        Doubt(Subject.CERTIFICATE, date(2024, 4, 23)),
    ),
]


def plans_of_every_shape() -> list[Plan]:
    return [
        Plan(CARD_EXPIRY, certificate, term, leap, is_read, source, doubts, check_on)
        for term, certificate, leap, doubts in product(
            Term, CERTIFICATE_EXPIRIES, (False, True), DOUBTS
        )
        for is_read, source, check_on in (
            (False, CertificateSource.COMPUTED, None),
            (True, CertificateSource.READ, None),
            (False, CertificateSource.RENEWED, date(2027, 2, 1)),
        )
    ]


@pytest.mark.large
@pytest.mark.parametrize("lang", languages.LANGUAGES)
def test_every_rendered_kind_of_event_equals_the_built_one(lang: str) -> None:
    for slot, found in enumerate(plans_of_every_shape()):
        card = LinkedCard(found, "小樽 花子" if slot % 2 else "", slot % 256)
        reminders = Reminders.OFF if slot % 3 == 0 else Reminders.STANDARD
        assert_rendered_as_built([card], options_for(lang, reminders), b"12345678")
        assert_rendered_as_built([card._replace(name="")], options_for(lang))


# --- random feeds ---------------------------------------------------------------------------------

random_feeds = given(
    st.lists(st.builds(LinkedCard, PLANS, NAMES, st.integers(0, 255)), min_size=1, max_size=3),
    st.sampled_from(languages.LANGUAGES),
    NUMBERS,
    st.sampled_from(Reminders),
    ADDRESSES,
)


@settings(max_examples=150)
@random_feeds
def test_a_rendered_feed_equals_the_built_one(
    cards: list[LinkedCard],
    lang: str,
    number: bytes,
    reminders: Reminders,
    addresses: LinkUrls | None,
) -> None:
    assert_rendered_as_built(cards, options_for(lang, reminders), number, addresses)


@pytest.mark.large
@settings(max_examples=600)
@random_feeds
def test_many_rendered_feeds_equal_the_built_ones(
    cards: list[LinkedCard],
    lang: str,
    number: bytes,
    reminders: Reminders,
    addresses: LinkUrls | None,
) -> None:
    assert_rendered_as_built(cards, options_for(lang, reminders), number, addresses)


@settings(max_examples=100)
@given(PLANS, st.sampled_from(languages.LANGUAGES))
def test_the_feed_of_an_office_that_never_closes_is_equal(found: Plan, lang: str) -> None:
    assert_rendered_as_built([LinkedCard(found)], options_for(lang, city=OPEN_CITY))


@pytest.mark.parametrize("code", ["japan", "011002", "221384", "233021", "141526"])
@pytest.mark.parametrize("number", [NO_NUMBER, b"\x01" * 8])
def test_the_feeds_of_every_municipality_are_equal(code: str, number: bytes) -> None:
    plan = check_and_assess(Card(date(1985, 4, 23), date(2020, 6, 1)), None).plan
    for lang in languages.LANGUAGES:
        options = options_for(lang, city=load_municipality(code))
        assert_rendered_as_built([LinkedCard(plan)], options, number)


def test_places_without_a_profile_share_their_events() -> None:
    plan = check_and_assess(Card(date(1985, 4, 23), date(2020, 6, 1)), None).plan
    templates._card_events.cache_clear()
    for code in ("011002", "401307", "japan"):
        templates.render_feed([LinkedCard(plan)], options_for("ja", city=load_municipality(code)))
    assert templates._card_events.cache_info().misses == 1


OPEN_CITY = replace(OTARU, open_days=dict.fromkeys(Task, OpenDays((Timetable(),))))

# --- the templates themselves ---------------------------------------------------------------------


def test_placeholder_dates_equal_no_other_date() -> None:
    days = templates.PLACEHOLDER_DATES
    around = {day + timedelta(days=shift) for day in days for shift in (0, 1)}
    assert len(around) == 2 * len(days)
    assert max(around) < date(1900, 1, 1)
