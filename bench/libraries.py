"""Milliseconds for one calendar, in one process: the same eight events built by each library.

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
from calsvc.i18n import catalogs, event_texts
from calsvc.links.content import LinkedCard, Reminders
from calsvc.municipality.toml_reader import load
from calsvc.rules.card import Card
from calsvc.rules.dates import ONE_DAY
from calsvc.rules.plan import check_and_assess

ROUNDS = 7
CITY = load("012033")
WORDS = catalogs.get_catalog("ja")
PLANS = [
    check_and_assess(Card(date(1990, 10, 10), date(2020, 1, 1) + timedelta(days=at)), None).plan
    for at in range(100)
]
CARDS = [LinkedCard(plan) for plan in PLANS]
OPTIONS = templates.feed_options(CITY, WORDS, Reminders.STANDARD)
MORNING = timedelta(hours=9)


def uid_of(text: event_texts.EventText) -> str:
    """Return the UID of an event from plain dates."""
    return builder.event_uids([text.milestone], builder.Identity())[0]


def ours(card: LinkedCard) -> bytes:
    """What calsvc sends."""
    return templates.render_feed([card], OPTIONS)


def by_icalendar(card: LinkedCard) -> bytes:
    """The same bytes, built."""
    return builder.build_feed([card], OPTIONS)


def by_ical(card: LinkedCard) -> str:
    """The same events by allenporter's ical."""
    calendar = Calendar()
    for text in event_texts.events(card.plan, CITY, WORDS):
        event = Event(
            uid=uid_of(text),
            dtstamp=builder.REVISION,
            dtstart=text.milestone.start,
            dtend=text.milestone.end + ONE_DAY,
            summary=text.title,
            description=text.description,
            location=text.location,
        )
        event.alarm = [Alarm(action="DISPLAY", description=text.title, trigger=MORNING)]
        calendar.events.append(event)
    return IcsCalendarStream.calendar_to_ics(calendar)


def by_ics(card: LinkedCard) -> str:
    """The same events by ics."""
    calendar = ics.Calendar()
    for text in event_texts.events(card.plan, CITY, WORDS):
        event = ics.Event(
            uid=uid_of(text),
            begin=text.milestone.start.isoformat(),
            name=text.title,
            description=text.description,
            location=text.location,
            alarms=[ics.DisplayAlarm(trigger=MORNING, display_text=text.title)],
        )
        event.make_all_day()
        calendar.events.add(event)
    return calendar.serialize()


def by_vobject(card: LinkedCard) -> str:
    """The same events by vobject."""
    calendar = vobject.iCalendar()
    for text in event_texts.events(card.plan, CITY, WORDS):
        event = calendar.add("vevent")
        event.add("uid").value = uid_of(text)
        event.add("dtstamp").value = builder.REVISION.replace(tzinfo=vobject.icalendar.utc)
        event.add("dtstart").value = text.milestone.start
        event.add("dtend").value = text.milestone.end + ONE_DAY
        event.add("summary").value = text.title
        event.add("description").value = text.description
        event.add("location").value = text.location
        alarm = event.add("valarm")
        alarm.add("action").value = "DISPLAY"
        alarm.add("description").value = text.title
        alarm.add("trigger").value = MORNING
    return calendar.serialize()


def seconds_each(build: Callable[[LinkedCard], object]) -> float:
    """Seconds for one calendar, over all of `CARDS`."""
    start = time.perf_counter()
    for card in CARDS:
        build(card)
    return (time.perf_counter() - start) / len(CARDS)


def main() -> None:
    """Measure in alternating rounds and print."""
    builders = {
        "calsvc": ours,
        "icalendar": by_icalendar,
        "ical": by_ical,
        "ics": by_ics,
        "vobject": by_vobject,
    }
    for build in builders.values():
        seconds_each(build)
    rounds = [
        {name: seconds_each(build) for name, build in builders.items()} for _ in range(ROUNDS)
    ]
    sys.stdout.write("| one calendar | ms, median | × calsvc |\n|---|---|---|\n")
    for name in builders:
        median = statistics.median(each[name] for each in rounds)
        ratio = statistics.median(each[name] / each["calsvc"] for each in rounds)
        sys.stdout.write(f"| {name} | {median * 1000:.3f} | {ratio:.0f} |\n")
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
