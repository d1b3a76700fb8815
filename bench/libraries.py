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
from calsvc.municipality.toml_reader import load
from calsvc.rules.card import Card
from calsvc.rules.dates import ONE_DAY
from calsvc.rules.milestones import GraceRule
from calsvc.rules.plan import plan

ROUNDS = 7
CITY = load("otaru")
WORDS = catalogs.catalog("ja")
PLANS = [
    plan(Card(date(1990, 10, 10), date(2020, 1, 1) + timedelta(days=at)), GraceRule.ANNIVERSARY)
    for at in range(100)
]
HOLDERS = [builder.Holder(each) for each in PLANS]
MORNING = timedelta(hours=9)


def ours(holder: builder.Holder) -> bytes:
    """What calsvc sends."""
    return templates.feed([holder], CITY, WORDS)


def by_icalendar(holder: builder.Holder) -> bytes:
    """The same bytes, built."""
    return builder.feed([holder], CITY, WORDS)


def by_ical(holder: builder.Holder) -> str:
    """The same events by allenporter's ical."""
    calendar = Calendar()
    for text in event_texts.events(holder.plan, CITY, WORDS):
        event = Event(
            uid=builder.uid(text.milestone, "", CITY),
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


def by_ics(holder: builder.Holder) -> str:
    """The same events by ics."""
    calendar = ics.Calendar()
    for text in event_texts.events(holder.plan, CITY, WORDS):
        event = ics.Event(
            uid=builder.uid(text.milestone, "", CITY),
            begin=text.milestone.start.isoformat(),
            name=text.title,
            description=text.description,
            location=text.location,
            alarms=[ics.DisplayAlarm(trigger=MORNING, display_text=text.title)],
        )
        event.make_all_day()
        calendar.events.add(event)
    return calendar.serialize()


def by_vobject(holder: builder.Holder) -> str:
    """The same events by vobject."""
    calendar = vobject.iCalendar()
    for text in event_texts.events(holder.plan, CITY, WORDS):
        event = calendar.add("vevent")
        event.add("uid").value = builder.uid(text.milestone, "", CITY)
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


def seconds_each(build: Callable[[builder.Holder], object]) -> float:
    """Seconds for one calendar, over all of `HOLDERS`."""
    start = time.perf_counter()
    for holder in HOLDERS:
        build(holder)
    return (time.perf_counter() - start) / len(HOLDERS)


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
