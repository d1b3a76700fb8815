"""Builds the feed of an ended link. Its only event states that the link was ended."""

from icalendar import Event, vUri

from calsvc.feed.builder import REVISION, UID_DOMAIN, FeedOptions, build_calendar
from calsvc.links.urls import LinkUrls
from calsvc.rules.dates import ONE_DAY

RECURRENCE_START = REVISION.date().replace(day=1)


def build_ended_feed(number: bytes, options: FeedOptions, urls: LinkUrls | None = None) -> bytes:
    """Return the feed of the ended link ``number``.

    Its event replaces all others in subscribed calendars. It contains no date of a card. It recurs
    on the first of each month, because a feed does not depend on the clock. Without the event,
    residents would wait for reminders that no longer come.
    """
    event = Event()
    event.add("uid", f"ended-{number.hex()}@{UID_DOMAIN}")
    event.add("dtstamp", REVISION)
    event.add("last-modified", REVISION)
    event.add("dtstart", RECURRENCE_START)
    event.add("dtend", RECURRENCE_START + ONE_DAY)
    event.add("rrule", {"freq": "monthly"})
    event.add("summary", options.catalog.text("ended.title"))
    event.add("description", options.catalog.text("ended.text"))
    event.add("categories", [options.catalog.text("calendar.category")])
    event.add("transp", "TRANSPARENT")
    calendar = build_calendar(options, urls)
    if urls:
        event.add("url", vUri(f"{urls.base_url}/"))
    calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content
