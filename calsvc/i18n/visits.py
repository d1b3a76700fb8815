"""Says for a calendar event where to go, what it costs, what to bring and whom to call.

This is all that calendar events take from a municipality, apart from its open days.
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
"""The kinds of event for which there is no place to go."""
PAGES: Mapping[str, str] = {
    "certificate": "certificate",
    "stay": "stay",
    "card": "apply_at_counter",
}
"""The purpose of the link that goes with each errand."""
COUNTERS_COLUMNS = 120
"""Longer lists of counters are told without hours and addresses, which the page has."""


class Place(NamedTuple):
    """Where to go, or '', and an official page to read."""

    location: str
    url: str


def place_of(errand: str, kind: Kind, city: Municipality, catalog: Catalog) -> Place:
    """Returns the place of an event. ``errand``: one of `PAGES`."""
    certificate = city.link("certificate", catalog.language)
    if kind in LETTERS_AND_CHECKS:
        return Place("", certificate)
    page = city.link(PAGES[errand], catalog.language)
    return Place(places(city, task_of(errand), catalog), page or city.home or certificate)


def visit_lines(errand: str, kind: Kind, city: Municipality, catalog: Catalog) -> Iterator[str]:
    """Yields the lines on a visit, the most useful first. ``errand``: one of `PAGES`."""
    if kind in LETTERS_AND_CHECKS:
        return
    task = task_of(errand)
    yield from cost_lines(errand, city, catalog)
    yield catalog.text("event.where", {"counters": short_counters(errand, city, catalog)})
    if task is Task.CERTIFICATE and (visit := unpriced_visit(city, task, catalog)):
        yield visit


def cost_lines(errand: str, city: Municipality, catalog: Catalog) -> Iterator[str]:
    """Yields what an errand costs, if known, and what to bring. ``errand``: one of `PAGES`."""
    task = task_of(errand)
    if cost := price(city, task, catalog):
        yield cost
    if task is not Task.STAY:
        yield catalog.text(f"event.{errand}.bring")


def short_counters(errand: str, city: Municipality, catalog: Catalog) -> str:
    """Returns the counters, with their details if there is room. ``errand``: one of `PAGES`."""
    task = task_of(errand)
    text = counters(city, task, catalog)
    return text if columns(text) <= COUNTERS_COLUMNS else places(city, task, catalog)


def phone_line(city: Municipality, catalog: Catalog) -> str:
    """Returns the line on whom to call: the municipality, or a number for all of Japan."""
    number, extension = number_to_call(city, catalog)
    params = {"phone": number, "extension": extension}
    return catalog.text("event.phone.extension" if extension else "event.phone", params)
