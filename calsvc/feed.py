"""From plans to the bytes of an iCalendar feed (RFC 5545 and 7986), built by icalendar."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from icalendar import Alarm, Calendar, Event, vText, vUri

from calsvc.addresses import LinkAddresses
from calsvc.dates import ONE_DAY
from calsvc.municipality import Municipality
from calsvc.rules import Kind, Milestone, Plan, Subject, Term, stay_reminder
from calsvc.texts import Catalog, EventText, events

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


@dataclass(frozen=True)
class Holder:
    """A card's plan, and the short name that tells it from others in its household, or ''."""

    plan: Plan
    name: str = ""


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
    calendar = _calendar(city, words, addresses)
    for place, holder in enumerate(holders, start=1):
        prefix = f"{place}-" if len(holders) > 1 else ""
        for text in events(holder.plan, city, words):
            event = _event(text, holder.name, f"{prefix}{uid(text.milestone, city)}", words)
            if alarms:
                _add_alarms(event, holder.plan, text.milestone)
            calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def uid(milestone: Milestone, city: Municipality) -> str:
    """The identity of an event: stable across releases and languages, with no personal data."""
    return f"{milestone.subject}-{milestone.kind}-{milestone.start:%Y%m%d}@{city.uid_domain}"


def _calendar(city: Municipality, words: Catalog, addresses: LinkAddresses | None) -> Calendar:
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


def _event(text: EventText, name: str, identity: str, words: Catalog) -> Event:
    event = Event()
    event.add("uid", identity)
    event.add("dtstamp", REVISION)
    event.add("last-modified", REVISION)
    event.add("dtstart", text.milestone.start)
    event.add("dtend", text.milestone.end + ONE_DAY)
    event.add("summary", f"{name}: {text.title}" if name else text.title)
    event.add("description", text.description)
    event.add("categories", [words.text("calendar.category")])
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    if text.location:
        event.add("location", text.location)
    event.add("url", vUri(text.url))
    return event


def _add_alarms(event: Event, plan: Plan, milestone: Milestone) -> None:
    for days in _alarm_days(plan, milestone):
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", event["summary"])
        alarm.add("trigger", MORNING - timedelta(days=days))
        event.add_component(alarm)


def _alarm_days(plan: Plan, milestone: Milestone) -> Iterator[int]:
    by_stay = plan.term is Term.STAY and milestone.subject is Subject.CARD
    if by_stay and milestone.kind is Kind.EXPIRY:
        yield (milestone.start - stay_reminder(milestone.start)).days
    yield from ALARM_DAYS[milestone.kind]
