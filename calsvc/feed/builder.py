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
"""The time of the last change of rules or texts, which is the time stamp of every event. Update it
in a release that changes any byte of any feed. A test that compares whole feeds enforces it."""

PRODID = "-//calsvc//calsvc//EN"
UID_DOMAIN = "calsvc"
REFRESH_INTERVAL = timedelta(hours=12)
ALARM_TIME = timedelta(hours=9)
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
"""The days before an event on which its alarms sound, at 9:00 in the phone's time zone. There is no
alarm on the day itself, because Outlook rejects one after the start of an all-day event."""


@dataclass(frozen=True, eq=False)
class FeedOptions:
    """The options that all events of a feed share.

    They are compared by identity, so that they are a cheap cache key. Get them from
    `calsvc.feed.templates.get_feed_options`.
    """

    municipality: Municipality
    catalog: Catalog
    reminders: Reminders


class CardIdentity(NamedTuple):
    """The number of a link and the slot of a card in it, which are part of its events' UIDs.

    Without a link, the date of an event is part of its UID instead. ``page``: the URL of the link's
    page, or ''.
    """

    number: bytes = NO_NUMBER
    slot: int = 0
    page: str = ""

    def uid_suffix(self, start: date) -> str:
        """Return the part of the UID of an event on ``start`` that is unique to the card."""
        if self.number == NO_NUMBER:
            return f"{start:%Y%m%d}"
        return f"{self.number.hex()}{self.slot:02x}"


def build_feed(
    cards: Sequence[LinkedCard],
    options: FeedOptions,
    number: bytes = NO_NUMBER,
    urls: LinkUrls | None = None,
) -> bytes:
    """Return the bytes of the feed of one or more cards.

    ``number``: the number of the link, or `NO_NUMBER` for a card whose dates are in the URL. The
    same arguments always give the same bytes, without clock and randomness.
    """
    calendar = build_calendar(options, urls)
    page = urls.page if urls else ""
    for card in cards:
        identity = CardIdentity(number, card.slot, page)
        for group in build_event_groups(card.plan, options.municipality):
            for event in build_events(group, card.name, identity, options):
                calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def build_calendar(options: FeedOptions, urls: LinkUrls | None) -> Calendar:
    """Return a calendar without its events."""
    municipality, catalog = options.municipality, options.catalog
    name = catalog.text("calendar.name")
    description = calendar_description(municipality, catalog)
    calendar = Calendar()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("name", name)
    calendar.add("x-wr-calname", vText(name))
    calendar.add("description", description)
    calendar.add("x-wr-caldesc", vText(description))
    calendar.add("x-wr-timezone", "Asia/Tokyo")
    calendar.add("color", municipality.colour)
    calendar.add("last-modified", REVISION)
    calendar.add("refresh-interval", REFRESH_INTERVAL, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT12H")
    if urls:
        calendar.add("source", vUri(urls.feed), parameters={"VALUE": "URI"})
        calendar.add("url", vUri(urls.page))
    return calendar


def build_events(
    group: EventGroup, name: str, identity: CardIdentity, options: FeedOptions
) -> Iterator[Event]:
    """Yield the events of one group, in order."""
    catalog = options.catalog.padded
    texts = list(build_group_calendar_texts(group, options.municipality, catalog, identity.page))
    uids = build_uids([text.milestone for text in texts], identity)
    for text, uid in zip(texts, uids, strict=True):
        summary = add_holder_name(text.title, name, catalog)
        event = _event(text, summary, catalog)
        event.add("uid", uid)
        for days in alarm_days(group, text.milestone.kind, options.reminders):
            event.add_component(_alarm(summary, days))
        yield event


def build_uids(milestones: Sequence[Milestone], identity: CardIdentity) -> list[str]:
    """Return the UIDs of events. They are equal in all releases and languages.

    They contain no personal data. If a date changes, the event of a link keeps its UID, so that
    clients move it. Equal UIDs are numbered with -2 and -3.
    """
    uids: list[str] = []
    for milestone in milestones:
        uid = f"{uid_prefix(milestone)}-{identity.uid_suffix(milestone.start)}"
        count = sum(known.startswith(uid) for known in uids)
        uids.append(f"{uid}-{count + 1}" if count else uid)
    return [f"{uid}@{UID_DOMAIN}" for uid in uids]


def uid_prefix(milestone: Milestone) -> str:
    """Return the first part of a UID: subject and kind, or ``check`` and subject."""
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
    alarm.add("trigger", ALARM_TIME - timedelta(days=days))
    return alarm


def alarm_days(group: EventGroup, kind: MilestoneKind, reminders: Reminders) -> Iterator[int]:
    """Yield the days before the event on which its alarms sound."""
    if (
        reminders is Reminders.STANDARD
        and kind is MilestoneKind.EXPIRY
        and group.reminder is not None
    ):
        yield (group.days.expiry - group.reminder).days
    yield from ALARM_DAYS[reminders].get(kind, ())
