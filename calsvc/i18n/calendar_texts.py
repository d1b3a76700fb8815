"""Texts of calendar events in each language: shorter than on a page, and for one day each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from calsvc.i18n.blanks import as_format, blank, blanks, filled_for_measuring
from calsvc.i18n.catalogs import Catalog
from calsvc.i18n.event_texts import (
    DAYS,
    Circumstances,
    Topic,
    doubt_key,
    title_key,
    topic_days,
    topic_milestones,
    topics,
)
from calsvc.i18n.place_texts import errand, local_key
from calsvc.i18n.text_width import columns, fitting
from calsvc.i18n.visits import Place, phone_line, place_of, visit_lines
from calsvc.municipality.model import Municipality
from calsvc.rules.milestones import GraceRule, Kind, Milestone
from calsvc.rules.plan import Plan

FORMAT_CACHE_SIZE = 8192
"""About 400 texts are possible in each language, with and without a page URL; 1 kB each."""
WIDE_DAY = date(2030, 12, 31)
"""The date by which texts are measured. All padded dates of a language are equally wide."""


@dataclass(frozen=True)
class CalendarText:
    """The text of an all-day event on ``day``, the first day of its milestone.

    ``location`` is empty if the holder need not go anywhere. ``url``: an official page.
    """

    milestone: Milestone
    title: str
    description: str
    location: str
    url: str

    @property
    def day(self) -> date:
        """The day of the event. A notice may come during a month, but the event blocks one day."""
        return self.milestone.start


def calendar_texts(
    plan: Plan, city: Municipality, catalog: Catalog, page: str = ""
) -> list[CalendarText]:
    """Return the events of ``plan`` in the plan's order.

    ``page``: the URL of the holder's page at the end of each description, or ''.
    """
    return [
        text for topic in topics(plan, city) for text in topic_texts(topic, city, catalog, page)
    ]


def topic_texts(
    topic: Topic, city: Municipality, catalog: Catalog, page: str = ""
) -> Iterator[CalendarText]:
    """Yield the events of ``topic``. ``page``: as in `calendar_texts`."""
    others = {f"other{at}": doubt.other for at, doubt in enumerate(topic.doubts) if doubt.other}
    filled = {**catalog.in_words(topic_days(topic) | others), "page": page}
    doubts = tuple(doubt_key(doubt, topic.term) for doubt in topic.doubts)
    form = EventForm(topic.circumstances, doubts, bool(page))
    for milestone in topic_milestones(topic):
        text = _event_format(form, milestone.kind, city.voice, catalog)
        description = text.description.format_map(filled)
        yield CalendarText(milestone, text.title, description, *text.place)


class EventForm(NamedTuple):
    """The cache key of event texts without their days. ``doubts``: keys of sentences."""

    circumstances: Circumstances
    doubts: tuple[str, ...]
    has_page: bool


class _EventFormat(NamedTuple):
    """An event whose ``description`` has placeholders for days and for the URL of the page."""

    title: str
    description: str
    place: Place


@lru_cache(maxsize=FORMAT_CACHE_SIZE)
def _event_format(
    form: EventForm, kind: Kind, city: Municipality, catalog: Catalog
) -> _EventFormat:
    description = "\n".join(_description(form, kind, city, catalog))
    return _EventFormat(
        catalog.text(f"event.{title_key(form.circumstances, kind)}"),
        as_format(description),
        place_of(errand(form.circumstances.variant), kind, city, catalog),
    )


# --- titles -------------------------------------------------------------------------------------


def titles(topic: Topic, catalog: Catalog) -> tuple[str, ...]:
    """Return the titles of the events of ``topic`` without duplicates."""
    found = (
        catalog.text(f"event.{title_key(topic, each.kind)}") for each in topic_milestones(topic)
    )
    return tuple(dict.fromkeys(found))


def with_holder(title: str, name: str, catalog: Catalog) -> str:
    """Return ``title`` followed by ``name``, the holder's name, unless that is empty."""
    return catalog.text("event.title.of", {"title": title, "name": name}) if name else title


# --- descriptions -------------------------------------------------------------------------------

RENEWING = (Kind.WINDOW_OPENS, Kind.EXPIRY)
"""The kinds of event for which the holder must go to a counter."""
REMARKS: Mapping[tuple[str, Kind], tuple[str, ...]] = {
    ("certificate", Kind.WINDOW_OPENS): (),
    ("certificate", Kind.NOTICE): (),
    ("certificate", Kind.EXPIRY): ("certificate.lapse",),
    ("certificate", Kind.GRACE_ENDS): ("grace.insurer", "grace.eligibility"),
    ("card", Kind.WINDOW_OPENS): ("card.renews_certificate", "card.in_time", "card.ways"),
    ("card", Kind.NOTICE): ("card.in_time",),
    ("card", Kind.EXPIRY): ("card.lapse", "card.in_time", "card.ways"),
    ("card", Kind.GRACE_ENDS): ("grace.insurer", "grace.eligibility"),
    ("stay", Kind.EXPIRY): ("stay.pending", "stay.residence_card", "stay.no_notice"),
    ("stay", Kind.GRACE_ENDS): ("grace.insurer", "grace.eligibility"),
}
"""Keys of the sentences after the main one: effects of the expiry, remedies, ways to apply."""


def max_columns(catalog: Catalog) -> int:
    """Return the maximum width of a description in columns, without the URL of a page."""
    return int(catalog.messages["event.max_columns"])


def _description(
    form: EventForm, kind: Kind, city: Municipality, catalog: Catalog
) -> Iterator[str]:
    """Yield the lines that fit, the phone line, and the URL of the page."""
    phone, day = phone_line(city, catalog), catalog.padded.day(WIDE_DAY)
    last = columns(phone + catalog.text("event.page", {"page": ""}))
    lines = _lines(form, kind, city, catalog)
    yield from fitting(
        lines, max_columns(catalog) - last, lambda line: columns(filled_for_measuring(line, day))
    )
    yield phone
    if form.has_page:
        yield catalog.text("event.page", {"page": blank("page")})


def _lines(form: EventForm, kind: Kind, city: Municipality, catalog: Catalog) -> Iterator[str]:
    """Yield the task and its days first and the least useful lines last, which may not fit."""
    topic, days = form.circumstances, blanks(DAYS)
    for key in _first_keys(topic, kind):
        yield catalog.text(local_key(key, city), days)
    for place, key in enumerate(form.doubts):
        yield catalog.text(f"event.{key}", {"other": blank(f"other{place}")})
    if kind is not Kind.CHECK:
        for key in (*_cases(topic, kind, city.grace), *REMARKS[errand(topic.variant), kind]):
            yield catalog.text(f"event.{key}", days)
    yield from visit_lines(errand(topic.variant), kind, city, catalog)


def _first_keys(topic: Circumstances, kind: Kind) -> Iterator[str]:
    if kind is Kind.CHECK:
        yield f"check.{topic.subject}.text"
        return
    yield f"event.{errand(topic.variant)}.{kind}.text"
    if kind is Kind.EXPIRY and topic.variant == "both":
        yield "event.card.with_certificate"
    if kind is Kind.WINDOW_OPENS and topic.opens_on_closed_day:
        yield "event.first_open_day"
    if kind in RENEWING:
        yield "event.last_open_day"


def _cases(topic: Circumstances, kind: Kind, grace: GraceRule) -> Iterator[str]:
    """Yield keys of sentences that concern only some holders: rules 5, 8 and 18."""
    if topic.card_ends_in_grace and kind in (Kind.EXPIRY, Kind.GRACE_ENDS):
        yield "grace.card_ends_first"
    if kind is Kind.GRACE_ENDS and grace is GraceRule.ANNIVERSARY:
        yield "grace.month_end"
    if topic.leap_day_birth and errand(topic.variant) != "stay":
        yield "leap_day"
    if topic.ends_under_next_rules and kind in RENEWING:
        yield "next_card"
