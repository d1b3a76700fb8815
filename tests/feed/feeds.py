"""Feeds of four cards, and what stands in a feed."""

from datetime import date
from typing import Any

from icalendar import Calendar

from calsvc.feed.builder import FeedOptions, build_feed
from calsvc.feed.templates import get_feed_options
from calsvc.i18n.catalogs import get_catalog
from calsvc.links.content import REMINDERS_BY_NAME, LinkedCard
from calsvc.municipality import loader
from calsvc.rules.card import Card
from calsvc.rules.plan import check_and_assess

OTARU = loader.load_municipality("012033")
ADULT = Card(date(1985, 4, 23), date(2020, 6, 1))
MINOR = Card(date(2012, 3, 15), date(2023, 6, 1))
STAY = Card(date(1990, 6, 15), date(2023, 7, 1), stay_until=date(2026, 5, 31))
LEAPLING = Card(date(1980, 2, 29), date(2023, 8, 1))
CARDS = {"adult": ADULT, "minor": MINOR, "stay": STAY, "leapling": LEAPLING}


NUMBER = bytes.fromhex("0102030405060708")


def linked(card: Card, name: str = "", slot: int = 0) -> LinkedCard:
    return LinkedCard(check_and_assess(card, None).plan, name, slot)


def options_for(lang: str = "ja", *, alarms: str = "on") -> FeedOptions:
    return get_feed_options(OTARU, get_catalog(lang), REMINDERS_BY_NAME[alarms])


def feed_of(card: Card, lang: str = "ja", *, alarms: str = "on") -> bytes:
    return build_feed([linked(card)], options_for(lang, alarms=alarms))


def calendar_of(content: bytes) -> Calendar:
    return Calendar.from_ical(content)


def events_in(content: bytes) -> list[Any]:
    return list(calendar_of(content).walk("VEVENT"))


def unfolded(content: bytes) -> list[str]:
    return content.decode().replace("\r\n ", "").split("\r\n")[:-1]
