"""Lines of calendar events on a visit: price, things to bring, counters and phone.

Calendar events contain these facts of a municipality and its open days, and no others.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from calsvc.i18n.catalogs import Catalog
from calsvc.i18n.contact_texts import number_to_call
from calsvc.i18n.place_texts import (
    format_counter_names,
    format_counters,
    format_price,
    format_visit_without_price,
    task_of,
)
from calsvc.i18n.text_width import width_in_columns
from calsvc.municipality.counters import Task
from calsvc.municipality.model import Municipality
from calsvc.rules.milestones import MilestoneKind

KINDS_WITHOUT_VISIT = (MilestoneKind.NOTICE, MilestoneKind.CHECK)
"""The kinds of event without a visit to a counter."""
LINK_PURPOSES: Mapping[str, str] = {
    "certificate": "certificate",
    "stay": "stay",
    "card": "apply_at_counter",
}
"""The purpose of the link that belongs to each errand."""
MAX_COUNTERS_COLUMNS = 120
"""Maximum width of counters with details. Wider ones omit them, because the page has them."""


class VisitPlace(NamedTuple):
    """The location of an event or '', and the URL of an official page."""

    location: str
    url: str


def find_visit_place(
    errand: str, kind: MilestoneKind, municipality: Municipality, catalog: Catalog
) -> VisitPlace:
    """Find the location and the official page. ``errand``: one of `LINK_PURPOSES`."""
    certificate = municipality.page_url("certificate", catalog.language)
    if kind in KINDS_WITHOUT_VISIT:
        return VisitPlace("", certificate)
    page = municipality.page_url(LINK_PURPOSES[errand], catalog.language)
    location = format_counter_names(municipality, task_of(errand), catalog)
    return VisitPlace(location, page or municipality.home_page or certificate)


def visit_lines(
    errand: str, kind: MilestoneKind, municipality: Municipality, catalog: Catalog
) -> Iterator[str]:
    """Yield the lines on a visit, the most useful first. ``errand``: one of `LINK_PURPOSES`."""
    if kind in KINDS_WITHOUT_VISIT:
        return
    task = task_of(errand)
    yield from cost_lines(errand, municipality, catalog)
    counters = format_short_counters(errand, municipality, catalog)
    yield catalog.text("event.where", {"counters": counters})
    if task is Task.CERTIFICATE:
        yield from filter(None, [format_visit_without_price(municipality, task, catalog)])


def cost_lines(errand: str, municipality: Municipality, catalog: Catalog) -> Iterator[str]:
    """Yield the price, if known, and the things to bring. ``errand``: one of `LINK_PURPOSES`."""
    task = task_of(errand)
    if cost := format_price(municipality, task, catalog):
        yield cost
    if task is not Task.STAY:
        yield catalog.text(f"event.{errand}.bring")


def format_short_counters(errand: str, municipality: Municipality, catalog: Catalog) -> str:
    """Format the counters, with details if they are short. ``errand``: one of `LINK_PURPOSES`."""
    task = task_of(errand)
    text = format_counters(municipality, task, catalog)
    if width_in_columns(text) <= MAX_COUNTERS_COLUMNS:
        return text
    return format_counter_names(municipality, task, catalog)


def format_phone_line(municipality: Municipality, catalog: Catalog) -> str:
    """Format the line with the phone: the municipality's, or a number for all of Japan."""
    number, extension = number_to_call(municipality, catalog)
    params = {"phone": number, "extension": extension}
    return catalog.text("event.phone.extension" if extension else "event.phone", params)
