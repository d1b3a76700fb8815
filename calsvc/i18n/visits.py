"""Lines of calendar events on a visit: price, things to bring, counters and phone.

Besides its open days, calendar events use no other facts of a municipality.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from calsvc.i18n.catalogs import Catalog
from calsvc.i18n.contact_texts import number_to_call
from calsvc.i18n.place_texts import counters, places, price, task_of, unpriced_visit
from calsvc.i18n.text_width import columns
from calsvc.municipality.counters import Task
from calsvc.municipality.model import Municipality
from calsvc.rules.milestones import Kind

LETTERS_AND_CHECKS = (Kind.NOTICE, Kind.CHECK)
"""The kinds of event without a visit to a counter."""
PAGES: Mapping[str, str] = {
    "certificate": "certificate",
    "stay": "stay",
    "card": "apply_at_counter",
}
"""The purpose of the link that belongs to each errand."""
COUNTERS_COLUMNS = 120
"""Longer lists of counters omit hours and addresses, because the page has them."""


class Place(NamedTuple):
    """The location of an event or '', and the URL of an official page."""

    location: str
    url: str


def place_of(errand: str, kind: Kind, city: Municipality, catalog: Catalog) -> Place:
    """Return the location and the official page of an event. ``errand``: one of `PAGES`."""
    certificate = city.link("certificate", catalog.language)
    if kind in LETTERS_AND_CHECKS:
        return Place("", certificate)
    page = city.link(PAGES[errand], catalog.language)
    return Place(places(city, task_of(errand), catalog), page or city.home or certificate)


def visit_lines(errand: str, kind: Kind, city: Municipality, catalog: Catalog) -> Iterator[str]:
    """Yield the lines on a visit, the most useful line first. ``errand``: one of `PAGES`."""
    if kind in LETTERS_AND_CHECKS:
        return
    task = task_of(errand)
    yield from cost_lines(errand, city, catalog)
    yield catalog.text("event.where", {"counters": short_counters(errand, city, catalog)})
    if task is Task.CERTIFICATE and (visit := unpriced_visit(city, task, catalog)):
        yield visit


def cost_lines(errand: str, city: Municipality, catalog: Catalog) -> Iterator[str]:
    """Yield the price, if known, and the things to bring. ``errand``: one of `PAGES`."""
    task = task_of(errand)
    if cost := price(city, task, catalog):
        yield cost
    if task is not Task.STAY:
        yield catalog.text(f"event.{errand}.bring")


def short_counters(errand: str, city: Municipality, catalog: Catalog) -> str:
    """Format the counters, with details if they are short. ``errand``: one of `PAGES`."""
    task = task_of(errand)
    text = counters(city, task, catalog)
    return text if columns(text) <= COUNTERS_COLUMNS else places(city, task, catalog)


def phone_line(city: Municipality, catalog: Catalog) -> str:
    """Format the line with the phone: the municipality's, or a number for all of Japan."""
    number, extension = number_to_call(city, catalog)
    params = {"phone": number, "extension": extension}
    return catalog.text("event.phone.extension" if extension else "event.phone", params)
