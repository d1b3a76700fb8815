"""Says for a calendar event where to go, what to bring and whom to call.

This is all that calendar events take from a municipality, apart from its open days.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from calsvc.i18n.catalogs import Catalog
from calsvc.i18n.event_texts import city_facts
from calsvc.municipality.model import Municipality
from calsvc.rules.milestones import Kind

LETTERS_AND_CHECKS = (Kind.NOTICE, Kind.CHECK)
"""The kinds of event for which there is no place to go."""
VISITS: Mapping[str, tuple[str, ...]] = {
    "certificate": ("certificate.bring", "where.certificate", "visit.certificate"),
    "card": ("card.bring", "where.card"),
    "stay": ("where.card",),
}
"""What to bring and where to go. What it costs will stand first once profiles say it."""


class Place(NamedTuple):
    """Where to go, or '', and an official page to read."""

    location: str
    url: str


def place_of(errand: str, kind: Kind, city: Municipality, language: str) -> Place:
    """Returns the place of an event. ``errand``: one of `VISITS`."""
    if kind in LETTERS_AND_CHECKS:
        return Place("", city.links.certificate)
    local, links = city.text(language), city.links
    if errand == "certificate":
        return Place(local.certificate_counters, links.certificate)
    url = links.foreign_residents if errand == "stay" else links.apply_at_counter
    return Place(local.card_counter, url)


def visit_lines(errand: str, kind: Kind, city: Municipality, words: Catalog) -> Iterator[str]:
    """Yields the lines on a visit, the most useful first. ``errand``: one of `VISITS`."""
    if kind not in LETTERS_AND_CHECKS:
        facts = city_facts(city, words.language)
        yield from (words.text(f"event.{key}", facts) for key in VISITS[errand])


def phone_line(city: Municipality, words: Catalog) -> str:
    """Returns the line on whom to call."""
    key = "event.phone.extension" if city.extension else "event.phone"
    return words.text(key, city_facts(city, words.language))
