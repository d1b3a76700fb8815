"""Says in each language what an event of a calendar says: shorter than a page, and on one day."""

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
"""Some 400 kinds of events can be reached, in each language and from a page or not; 1 kB each."""
WIDE_DAY = date(2030, 12, 31)
"""Measures a day: all padded days of a language are equally wide, and none is wider."""


@dataclass(frozen=True)
class CalendarText:
    """An event in words. It takes the whole of ``day``, the first day of its milestone.

    ``location`` is empty where there is no place to go. ``url``: an official page.
    """

    milestone: Milestone
    title: str
    description: str
    location: str
    url: str

    @property
    def day(self) -> date:
        """The day of the event. A notice is expected for a month, but no month is blocked."""
        return self.milestone.start


def calendar_texts(
    plan: Plan, city: Municipality, catalog: Catalog, page: str = ""
) -> list[CalendarText]:
    """Returns the events of ``plan``, in the plan's order.

    ``page``: the address of the holder's own page, with which each description ends, or ''.
    """
    return [
        text for topic in topics(plan, city) for text in topic_texts(topic, city, catalog, page)
    ]


def topic_texts(
    topic: Topic, city: Municipality, catalog: Catalog, page: str = ""
) -> Iterator[CalendarText]:
    """Yields the events of ``topic``. ``page``: see `calendar_texts`."""
    others = {f"other{at}": doubt.other for at, doubt in enumerate(topic.doubts) if doubt.other}
    filled = {**catalog.in_words(topic_days(topic) | others), "page": page}
    doubts = tuple(doubt_key(doubt, topic.term) for doubt in topic.doubts)
    form = EventForm(topic.circumstances, doubts, bool(page))
    for milestone in topic_milestones(topic):
        text = _event_format(form, milestone.kind, city.voice, catalog)
        description = text.description.format_map(filled)
        yield CalendarText(milestone, text.title, description, *text.place)


class EventForm(NamedTuple):
    """All that decides the words of events, apart from days. ``doubts``: keys of sentences."""

    circumstances: Circumstances
    doubts: tuple[str, ...]
    has_page: bool


class _EventFormat(NamedTuple):
    """An event whose ``description`` has blanks for days and for the address of the page."""

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
    """Returns each title of the events of ``topic`` once."""
    found = (
        catalog.text(f"event.{title_key(topic, each.kind)}") for each in topic_milestones(topic)
    )
    return tuple(dict.fromkeys(found))


def with_holder(title: str, name: str, catalog: Catalog) -> str:
    """Returns ``title`` with the name of the card's holder behind it, where there is one."""
    return catalog.text("event.title.of", {"title": title, "name": name}) if name else title


# --- descriptions -------------------------------------------------------------------------------

RENEWING = (Kind.WINDOW_OPENS, Kind.EXPIRY)
"""The kinds of event that ask the holder to go to the counter."""
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
"""What ends on the day, what bridges the gap, and the ways to apply."""


def max_columns(catalog: Catalog) -> int:
    """Returns how many columns a description may take, without the address of a page."""
    return int(catalog.messages["event.max_columns"])


def _description(
    form: EventForm, kind: Kind, city: Municipality, catalog: Catalog
) -> Iterator[str]:
    """Yields the lines for which there is room, the phone, and the address of the page."""
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
    """Yields what to do and by when, the open days, the doubts, and then what is of less use."""
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
    """Yields what only some holders must know: rules 5, 8 and 18."""
    if topic.card_ends_in_grace and kind in (Kind.EXPIRY, Kind.GRACE_ENDS):
        yield "grace.card_ends_first"
    if kind is Kind.GRACE_ENDS and grace is GraceRule.ANNIVERSARY:
        yield "grace.month_end"
    if topic.leap_day_birth and errand(topic.variant) != "stay":
        yield "leap_day"
    if topic.ends_under_next_rules and kind in RENEWING:
        yield "next_card"
