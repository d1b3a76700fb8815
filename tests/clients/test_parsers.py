"""Libraries of other calendar programs read the same days and titles in a feed."""

from datetime import date, timedelta

import ics
import pytest
import recurring_ical_events
import vobject
from ical.calendar_stream import IcsCalendarStream
from icalendar import Calendar
from icalendar.alarms import Alarms

from tests.clients.conftest import FeedServer, Shown

ONE_DAY = timedelta(days=1)


def test_ical_reads_the_same_days(server: FeedServer, card: str, lang: str) -> None:
    text = server.feed(card, lang).decode()
    calendar = IcsCalendarStream.calendar_from_ics(text)
    found = []
    for event in calendar.events:
        assert type(event.dtstart) is date
        assert type(event.dtend) is date
        found.append(Shown(event.dtstart, event.dtend - ONE_DAY, event.summary or ""))
    assert sorted(found) == server.milestones(card, lang)


def test_vobject_reads_the_same_days(server: FeedServer, card: str, lang: str) -> None:
    calendar = vobject.readOne(server.feed(card, lang).decode())
    found = [
        Shown(event.dtstart.value, event.dtend.value - ONE_DAY, event.summary.value)
        for event in calendar.vevent_list
    ]
    assert sorted(found) == server.milestones(card, lang)


def test_ics_reads_the_same_days(server: FeedServer, card: str, lang: str) -> None:
    calendar = ics.Calendar(server.feed(card, lang).decode())
    assert all(event.all_day for event in calendar.events)
    found = [
        Shown(event.begin.date(), event.end.date() - ONE_DAY, event.name)
        for event in calendar.events
    ]
    assert sorted(found) == server.milestones(card, lang)


def test_recurring_ical_events_finds_the_same_days(
    server: FeedServer, card: str, lang: str
) -> None:
    calendar = Calendar.from_ical(server.feed(card, lang))
    events = recurring_ical_events.of(calendar).between(date(2016, 1, 1), date(2100, 1, 1))
    found = [
        Shown(event["DTSTART"].dt, event["DTEND"].dt - ONE_DAY, str(event["SUMMARY"]))
        for event in events
    ]
    assert sorted(found) == server.milestones(card, lang)


def test_each_event_is_found_on_each_of_its_days_and_not_beyond(
    server: FeedServer, card: str, lang: str
) -> None:
    query = recurring_ical_events.of(Calendar.from_ical(server.feed(card, lang)))
    for shown in server.milestones(card, lang):
        days = (shown.start - ONE_DAY, shown.start, shown.end, shown.end + ONE_DAY)
        titles = [[str(event["SUMMARY"]) for event in query.at(day)] for day in days]
        assert [shown.title in each for each in titles] == [False, True, True, False]


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Asia/Tokyo", "Pacific/Kiritimati"])
def test_alarms_sound_at_nine_on_an_earlier_day_in_any_zone(
    server: FeedServer, card: str, zone: str
) -> None:
    for event in Calendar.from_ical(server.feed(card, "ja")).walk("VEVENT"):
        alarms = Alarms(event)
        alarms.set_local_timezone(zone)
        moments = [alarm.trigger for alarm in alarms.times]
        assert len(moments) == len(event.walk("VALARM"))
        for moment in moments:
            assert str(moment.tzinfo) == zone
            assert (moment.hour, moment.minute) == (9, 0)
            assert moment.date() < event["DTSTART"].dt
