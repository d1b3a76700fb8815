"""Milliseconds for one calendar: the same eight events built by each library in one process.

python bench/libraries.py
"""

import statistics
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta

import ics
import vobject
from ical.alarm import Alarm
from ical.calendar import Calendar
from ical.calendar_stream import IcsCalendarStream
from ical.event import Event

from calsvc.feed import builder, templates
from calsvc.i18n import calendar_texts, catalogs
from calsvc.links.content import LinkedCard, Reminders
from calsvc.municipality.loader import load_municipality
from calsvc.rules.card import Card
from calsvc.rules.dates import ONE_DAY
from calsvc.rules.plan import check_and_assess

ROUNDS = 7
OTARU = load_municipality("012033")
CATALOG = catalogs.get_catalog("ja")
PLANS = [
    check_and_assess(Card(date(1990, 10, 10), date(2020, 1, 1) + timedelta(days=index)), None).plan
    for index in range(100)
]
CARDS = [LinkedCard(plan) for plan in PLANS]
OPTIONS = templates.get_feed_options(OTARU, CATALOG, Reminders.STANDARD)
ALARM_TRIGGER = timedelta(hours=9)


def uid_of(text: calendar_texts.CalendarText) -> str:
    """Return the UID of an event from plain dates."""
    return builder.build_uids([text.milestone], builder.CardIdentity())[0]


def by_calsvc(card: LinkedCard) -> bytes:
    """Render the feed from calsvc's templates."""
    return templates.render_feed([card], OPTIONS)


def by_icalendar(card: LinkedCard) -> bytes:
    """Build the same bytes with icalendar."""
    return builder.build_feed([card], OPTIONS)


def by_ical(card: LinkedCard) -> str:
    """Build the same events with allenporter's ical."""
    calendar = Calendar()
    for text in calendar_texts.build_calendar_texts(card.plan, OTARU, CATALOG):
        event = Event(
            uid=uid_of(text),
            dtstamp=builder.REVISION,
            dtstart=text.day,
            dtend=text.day + ONE_DAY,
            summary=text.title,
            description=text.description,
            location=text.location,
        )
        event.alarm = [Alarm(action="DISPLAY", description=text.title, trigger=ALARM_TRIGGER)]
        calendar.events.append(event)
    return IcsCalendarStream.calendar_to_ics(calendar)


def by_ics(card: LinkedCard) -> str:
    """Build the same events with ics."""
    calendar = ics.Calendar()
    for text in calendar_texts.build_calendar_texts(card.plan, OTARU, CATALOG):
        event = ics.Event(
            uid=uid_of(text),
            begin=text.day.isoformat(),
            name=text.title,
            description=text.description,
            location=text.location,
            alarms=[ics.DisplayAlarm(trigger=ALARM_TRIGGER, display_text=text.title)],
        )
        event.make_all_day()
        calendar.events.add(event)
    return calendar.serialize()


def by_vobject(card: LinkedCard) -> str:
    """Build the same events with vobject."""
    calendar = vobject.iCalendar()
    for text in calendar_texts.build_calendar_texts(card.plan, OTARU, CATALOG):
        event = calendar.add("vevent")
        event.add("uid").value = uid_of(text)
        event.add("dtstamp").value = builder.REVISION.replace(tzinfo=vobject.icalendar.utc)
        event.add("dtstart").value = text.day
        event.add("dtend").value = text.day + ONE_DAY
        event.add("summary").value = text.title
        event.add("description").value = text.description
        event.add("location").value = text.location
        alarm = event.add("valarm")
        alarm.add("action").value = "DISPLAY"
        alarm.add("description").value = text.title
        alarm.add("trigger").value = ALARM_TRIGGER
    return calendar.serialize()


def mean_seconds(build: Callable[[LinkedCard], object]) -> float:
    """Return the mean seconds for one calendar of `CARDS`."""
    start = time.perf_counter()
    for card in CARDS:
        build(card)
    return (time.perf_counter() - start) / len(CARDS)


def main() -> None:
    """Measure in alternating rounds and print."""
    builders = {
        "calsvc": by_calsvc,
        "icalendar": by_icalendar,
        "ical": by_ical,
        "ics": by_ics,
        "vobject": by_vobject,
    }
    for build in builders.values():
        mean_seconds(build)
    rounds = [
        {name: mean_seconds(build) for name, build in builders.items()} for _ in range(ROUNDS)
    ]
    sys.stdout.write("| one calendar | ms, median | × calsvc |\n|---|---|---|\n")
    for name in builders:
        median = statistics.median(each[name] for each in rounds)
        ratio = statistics.median(each[name] / each["calsvc"] for each in rounds)
        sys.stdout.write(f"| {name} | {median * 1000:.3f} | {ratio:.0f} |\n")
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
