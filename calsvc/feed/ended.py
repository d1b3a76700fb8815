"""Builds the feed of a link that was ended: one event that says so."""

from icalendar import Event, vUri

from calsvc.feed.builder import REVISION, UID_DOMAIN, FeedOptions, build_calendar
from calsvc.links.urls import LinkUrls
from calsvc.rules.dates import ONE_DAY

FIRST_DAY = REVISION.date().replace(day=1)


def build_ended_feed(
    number: bytes, options: FeedOptions, addresses: LinkUrls | None = None
) -> bytes:
    """Returns the calendar of the link ``number``, which was ended.

    Its event replaces all others in the calendars that subscribe to it. It holds no date of a card.
    It recurs on the first of each month, because a feed does not depend on the clock, and because
    its reader would otherwise wait in vain for the dates.
    """
    event = Event()
    event.add("uid", f"ended-{number.hex()}@{UID_DOMAIN}")
    event.add("dtstamp", REVISION)
    event.add("last-modified", REVISION)
    event.add("dtstart", FIRST_DAY)
    event.add("dtend", FIRST_DAY + ONE_DAY)
    event.add("rrule", {"freq": "monthly"})
    event.add("summary", options.catalog.text("ended.title"))
    event.add("description", options.catalog.text("ended.text"))
    event.add("categories", [options.catalog.text("calendar.category")])
    event.add("transp", "TRANSPARENT")
    calendar = build_calendar(options, addresses)
    if addresses:
        event.add("url", vUri(f"{addresses.base_url}/"))
    calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content
