"""From plans to the bytes of an iCalendar feed (RFC 5545 and 7986), built by icalendar."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import NamedTuple

from icalendar import Alarm, Calendar, Event, vText, vUri

from calsvc.i18n.catalogs import Catalog
from calsvc.i18n.event_texts import EventText, Topic, events_of, topics
from calsvc.links.urls import LinkAddresses
from calsvc.municipality.model import Municipality
from calsvc.rules.dates import ONE_DAY
from calsvc.rules.milestones import Kind, Milestone
from calsvc.rules.plan import Plan

REVISION = datetime(2026, 11, 24, tzinfo=UTC)
"""When rules or texts last changed: the time stamp of every event. Move it in a release that
changes any byte of any feed; a test compares whole feeds and fails where that was forgotten."""

PRODUCT = "-//calsvc//calsvc//EN"
REFRESH_INTERVAL = timedelta(hours=12)
MORNING = timedelta(hours=9)
ALARM_DAYS = {
    Kind.WINDOW_OPENS: (0,),
    Kind.NOTICE: (0,),
    Kind.EXPIRY: (30, 7, 0),
    Kind.GRACE_ENDS: (14, 0),
}
"""How many days before an event its alarms sound, each at 9:00 where the phone is."""


class Holder(NamedTuple):
    """A card's plan, and the short name that tells it from others in its household, or ''."""

    plan: Plan
    name: str = ""


@dataclass(frozen=True, eq=False)
class Edition:
    """What all events of a feed share. One is equal to itself alone, for it is asked for often."""

    city: Municipality
    words: Catalog
    alarms: bool


def feed(
    holders: Sequence[Holder],
    city: Municipality,
    words: Catalog,
    *,
    alarms: bool = True,
    addresses: LinkAddresses | None = None,
) -> bytes:
    """The calendar of one or more cards, as it is sent.

    The same arguments give the same bytes, whenever and wherever: no clock, no randomness.
    """
    edition = Edition(city, words, alarms)
    calendar = new_calendar(city, words, addresses)
    for holder, prefix in zip(holders, uid_prefixes(len(holders)), strict=True):
        for topic in topics(holder.plan, city):
            for event in topic_events(topic, holder.name, prefix, edition):
                calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


@cache
def uid_prefixes(holders: int) -> Sequence[str]:
    """What tells the events of one card from those of another in the same household."""
    return [""] if holders == 1 else [f"{place:02d}-" for place in range(1, holders + 1)]


def uid(milestone: Milestone, prefix: str, city: Municipality) -> str:
    """The identity of an event: stable across releases and languages, with no personal data."""
    return (
        f"{prefix}{milestone.subject}-{milestone.kind}-{milestone.start:%Y%m%d}@{city.uid_domain}"
    )


def new_calendar(city: Municipality, words: Catalog, addresses: LinkAddresses | None) -> Calendar:
    """A calendar without its events."""
    name = words.text("calendar.name")
    description = words.text("calendar.description", {"city": city.text(words.language).name})
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("name", name)
    calendar.add("x-wr-calname", vText(name))
    calendar.add("description", description)
    calendar.add("x-wr-caldesc", vText(description))
    calendar.add("x-wr-timezone", "Asia/Tokyo")
    calendar.add("color", city.colour)
    calendar.add("last-modified", REVISION)
    calendar.add("refresh-interval", REFRESH_INTERVAL, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT12H")
    if addresses:
        calendar.add("source", vUri(addresses.feed), parameters={"VALUE": "URI"})
        calendar.add("url", vUri(addresses.page))
    return calendar


def topic_events(topic: Topic, name: str, prefix: str, edition: Edition) -> Iterator[Event]:
    """The events of one topic, in order; for ``prefix`` see `uid_prefixes`."""
    for text in events_of(topic, edition.city, edition.words):
        summary = summarise(text.title, name)
        event = _event(text, summary, edition.words)
        event.add("uid", uid(text.milestone, prefix, edition.city))
        for days in _alarm_days(topic, text.milestone.kind) if edition.alarms else ():
            event.add_component(_alarm(summary, days))
        yield event


def summarise(title: str, name: str) -> str:
    """The title of an event, with the name of the card's holder where there is one."""
    return f"{name}: {title}" if name else title


def _event(text: EventText, summary: str, words: Catalog) -> Event:
    event = Event()
    event.add("dtstamp", REVISION)
    event.add("last-modified", REVISION)
    event.add("dtstart", text.milestone.start)
    event.add("dtend", text.milestone.end + ONE_DAY)
    event.add("summary", summary)
    event.add("description", text.description)
    event.add("categories", [words.text("calendar.category")])
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    if text.location:
        event.add("location", text.location)
    event.add("url", vUri(text.url))
    return event


def _alarm(description: str, days: int) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", description)
    alarm.add("trigger", MORNING - timedelta(days=days))
    return alarm


def _alarm_days(topic: Topic, kind: Kind) -> Iterator[int]:
    if kind is Kind.EXPIRY and topic.variant == "stay":
        yield (topic.days.expiry - topic.days.reminder).days
    yield from ALARM_DAYS[kind]
