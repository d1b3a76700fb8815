"""Builds the bytes of an iCalendar feed (RFC 5545 and 7986) from plans, with icalendar."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from icalendar import Alarm, Calendar, Event, vText, vUri

from calsvc.i18n.calendar_texts import CalendarText, add_holder_name, build_group_calendar_texts
from calsvc.i18n.catalogs import Catalog
from calsvc.i18n.event_texts import EventGroup, build_event_groups
from calsvc.i18n.place_texts import calendar_description
from calsvc.links.content import NO_NUMBER, LinkedCard, Reminders
from calsvc.links.urls import LinkUrls
from calsvc.municipality.model import Municipality
from calsvc.rules.dates import ONE_DAY
from calsvc.rules.milestones import Milestone, MilestoneKind

REVISION = datetime(2026, 11, 26, 3, tzinfo=UTC)
"""The moment at which rules or texts last changed: the time stamp of every event. Move it in a
release that changes any byte of any feed. A test compares whole feeds and fails otherwise."""

PRODUCT = "-//calsvc//calsvc//EN"
UID_DOMAIN = "calsvc"
REFRESH_INTERVAL = timedelta(hours=12)
MORNING = timedelta(hours=9)
ALARM_DAYS: Mapping[Reminders, Mapping[MilestoneKind, tuple[int, ...]]] = {
    Reminders.STANDARD: {
        MilestoneKind.WINDOW_OPENS: (1,),
        MilestoneKind.EXPIRY: (30, 7, 1),
        MilestoneKind.GRACE_ENDS: (14, 1),
        MilestoneKind.CHECK: (1,),
    },
    Reminders.FEW: {MilestoneKind.EXPIRY: (30, 1)},
    Reminders.OFF: {},
}
"""How many days before an event its alarms sound, each at 9:00 where the phone is. None sounds on
the day itself: that would be after the start of an all-day event, which Outlook refuses."""


@dataclass(frozen=True, eq=False)
class FeedOptions:
    """The options that all events of a feed share.

    Compared by identity, so that it is a cheap cache key: see `calsvc.feed.templates.feed_options`.
    """

    city: Municipality
    catalog: Catalog
    reminders: Reminders


class Identity(NamedTuple):
    """The link of a card and its place there, which name its events.

    Without a link, the date of an event names it. ``page``: the address of the link's page, or ''.
    """

    number: bytes = NO_NUMBER
    slot: int = 0
    page: str = ""

    def of_event(self, start: date) -> str:
        """Returns the part of the UID of an event on ``start`` that no other card has."""
        if self.number == NO_NUMBER:
            return f"{start:%Y%m%d}"
        return f"{self.number.hex()}{self.slot:02x}"


def build_feed(
    cards: Sequence[LinkedCard],
    options: FeedOptions,
    number: bytes = NO_NUMBER,
    addresses: LinkUrls | None = None,
) -> bytes:
    """Returns the calendar of one or more cards, as it is sent.

    ``number``: that of the link, or `NO_NUMBER` for one card from plain dates. The same arguments
    give the same bytes, whenever and wherever: no clock, no randomness.
    """
    calendar = build_calendar(options, addresses)
    page = addresses.page if addresses else ""
    for card in cards:
        identity = Identity(number, card.slot, page)
        for group in build_event_groups(card.plan, options.city):
            for event in build_events(group, card.name, identity, options):
                calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def build_calendar(options: FeedOptions, addresses: LinkUrls | None) -> Calendar:
    """Returns a calendar without its events."""
    city, catalog = options.city, options.catalog
    name = catalog.text("calendar.name")
    description = calendar_description(city, catalog)
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


def build_events(
    group: EventGroup, name: str, identity: Identity, options: FeedOptions
) -> Iterator[Event]:
    """Yields the events of one group, in order."""
    catalog = options.catalog.padded
    texts = list(build_group_calendar_texts(group, options.city, catalog, identity.page))
    uids = event_uids([text.milestone for text in texts], identity)
    for text, uid in zip(texts, uids, strict=True):
        summary = add_holder_name(text.title, name, catalog)
        event = _event(text, summary, catalog)
        event.add("uid", uid)
        for days in alarm_days(group, text.milestone.kind, options.reminders):
            event.add_component(_alarm(summary, days))
        yield event


def event_uids(milestones: Sequence[Milestone], identity: Identity) -> list[str]:
    """Returns the UID of each event: stable across releases and languages, with no personal data.

    A changed date moves an event of a link instead of adding one. Equal UIDs get -2, -3.
    """
    uids: list[str] = []
    for milestone in milestones:
        uid = f"{event_name(milestone)}-{identity.of_event(milestone.start)}"
        count = sum(known.startswith(uid) for known in uids)
        uids.append(f"{uid}-{count + 1}" if count else uid)
    return [f"{uid}@{UID_DOMAIN}" for uid in uids]


def event_name(milestone: Milestone) -> str:
    """Returns the beginning of a UID: subject and kind, or ``check`` and subject."""
    if milestone.kind is MilestoneKind.CHECK:
        return f"check-{milestone.subject}"
    return f"{milestone.subject}-{milestone.kind}"


def _event(text: CalendarText, summary: str, catalog: Catalog) -> Event:
    event = Event()
    event.add("dtstamp", REVISION)
    event.add("last-modified", REVISION)
    event.add("dtstart", text.day)
    event.add("dtend", text.day + ONE_DAY)
    event.add("summary", summary)
    event.add("description", text.description)
    event.add("categories", [catalog.text("calendar.category")])
    event.add("transp", "TRANSPARENT")
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


def alarm_days(group: EventGroup, kind: MilestoneKind, reminders: Reminders) -> Iterator[int]:
    """Yields the days before the event on which its alarms sound."""
    if (
        reminders is Reminders.STANDARD
        and kind is MilestoneKind.EXPIRY
        and group.reminder is not None
    ):
        yield (group.days.expiry - group.reminder).days
    yield from ALARM_DAYS[reminders].get(kind, ())
