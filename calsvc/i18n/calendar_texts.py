"""Texts of calendar events in each language. They are shorter than on a page."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from calsvc.i18n.catalogs import Catalog
from calsvc.i18n.event_texts import (
    DATE_PARAMS,
    Circumstances,
    EventGroup,
    build_event_groups,
    date_params,
    doubt_key,
    group_milestones,
    title_key,
)
from calsvc.i18n.place_texts import errand_of, local_key
from calsvc.i18n.placeholders import fill_placeholders, placeholder, placeholders, to_format_string
from calsvc.i18n.text_width import select_fitting_lines, width_in_columns
from calsvc.i18n.visits import VisitPlace, find_visit_place, format_phone_line, visit_lines
from calsvc.municipality.model import Municipality
from calsvc.rules.milestones import GraceRule, Milestone, MilestoneKind
from calsvc.rules.plan import Plan

TEMPLATE_CACHE_SIZE = 8192
"""Entries of about 1 kB. Each language has some 400 texts, with and without a page URL."""
WIDEST_DATE = date(2030, 12, 31)
"""The date with which texts are measured. All padded dates of a language have the same width."""


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


def build_calendar_texts(
    plan: Plan, municipality: Municipality, catalog: Catalog, page: str = ""
) -> list[CalendarText]:
    """Return the events of ``plan`` in the plan's order.

    ``page``: the URL of the holder's page at the end of each description, or ''.
    """
    return [
        text
        for group in build_event_groups(plan, municipality)
        for text in build_group_calendar_texts(group, municipality, catalog, page)
    ]


def build_group_calendar_texts(
    group: EventGroup, municipality: Municipality, catalog: Catalog, page: str = ""
) -> Iterator[CalendarText]:
    """Yield the events of ``group``. ``page``: as in `build_calendar_texts`."""
    others = {f"other{i}": doubt.other for i, doubt in enumerate(group.doubts) if doubt.other}
    params = {**catalog.format_params(date_params(group) | others), "page": page}
    doubt_keys = tuple(doubt_key(doubt, group.term) for doubt in group.doubts)
    wording = EventWording(group.circumstances, doubt_keys, bool(page))
    for milestone in group_milestones(group):
        # Municipalities with the same text_source have the same texts, so they share cache entries.
        template = _build_event_template(wording, milestone.kind, municipality.text_source, catalog)
        description = template.description.format_map(params)
        yield CalendarText(milestone, template.title, description, *template.place)


class EventWording(NamedTuple):
    """The cache key of event texts without their days. ``doubt_keys``: keys of sentences."""

    circumstances: Circumstances
    doubt_keys: tuple[str, ...]
    has_page: bool


class _EventTemplate(NamedTuple):
    """An event whose ``description`` has placeholders for days and for the URL of the page."""

    title: str
    description: str
    place: VisitPlace


@lru_cache(maxsize=TEMPLATE_CACHE_SIZE)
def _build_event_template(
    wording: EventWording, kind: MilestoneKind, municipality: Municipality, catalog: Catalog
) -> _EventTemplate:
    description = "\n".join(_description_lines(wording, kind, municipality, catalog))
    return _EventTemplate(
        catalog.text(f"event.{title_key(wording.circumstances, kind)}"),
        to_format_string(description),
        find_visit_place(errand_of(wording.circumstances.variant), kind, municipality, catalog),
    )


# --- titles -------------------------------------------------------------------------------------


def event_titles(group: EventGroup, catalog: Catalog) -> tuple[str, ...]:
    """Return the titles of the events of ``group`` without duplicates."""
    keys = (title_key(group, milestone.kind) for milestone in group_milestones(group))
    return tuple(dict.fromkeys(catalog.text(f"event.{key}") for key in keys))


def add_holder_name(title: str, name: str, catalog: Catalog) -> str:
    """Return ``title`` followed by ``name``, the holder's name, unless that is empty."""
    return catalog.text("event.title.of", {"title": title, "name": name}) if name else title


# --- descriptions -------------------------------------------------------------------------------

RENEWAL_KINDS = (MilestoneKind.WINDOW_OPENS, MilestoneKind.EXPIRY)
"""The kinds of event for which a holder must go to a counter."""
DETAIL_KEYS: Mapping[tuple[str, MilestoneKind], tuple[str, ...]] = {
    ("certificate", MilestoneKind.WINDOW_OPENS): (),
    ("certificate", MilestoneKind.NOTICE): (),
    ("certificate", MilestoneKind.EXPIRY): ("certificate.lapse",),
    ("certificate", MilestoneKind.GRACE_ENDS): ("grace.insurer", "grace.eligibility"),
    ("card", MilestoneKind.WINDOW_OPENS): ("card.renews_certificate", "card.in_time", "card.ways"),
    ("card", MilestoneKind.NOTICE): ("card.in_time",),
    ("card", MilestoneKind.EXPIRY): ("card.lapse", "card.in_time", "card.ways"),
    ("card", MilestoneKind.GRACE_ENDS): ("grace.insurer", "grace.eligibility"),
    ("stay", MilestoneKind.EXPIRY): ("stay.pending", "stay.residence_card", "stay.no_notice"),
    ("stay", MilestoneKind.GRACE_ENDS): ("grace.insurer", "grace.eligibility"),
}
"""Keys of the sentences after the main one: effects of the expiry, remedies, ways to apply."""


def max_columns(catalog: Catalog) -> int:
    """Return the maximum width of a description in columns, without the URL of a page."""
    return int(catalog.messages["event.max_columns"])


def _description_lines(
    wording: EventWording, kind: MilestoneKind, municipality: Municipality, catalog: Catalog
) -> Iterator[str]:
    """Yield the lines that fit, the phone line, and the URL of the page."""
    phone, day = format_phone_line(municipality, catalog), catalog.padded.format_date(WIDEST_DATE)
    reserved = width_in_columns(phone + catalog.text("event.page", {"page": ""}))
    lines = _content_lines(wording, kind, municipality, catalog)
    yield from select_fitting_lines(
        lines,
        max_columns(catalog) - reserved,
        lambda line: width_in_columns(fill_placeholders(line, day)),
    )
    yield phone
    if wording.has_page:
        yield catalog.text("event.page", {"page": placeholder("page")})


def _content_lines(
    wording: EventWording, kind: MilestoneKind, municipality: Municipality, catalog: Catalog
) -> Iterator[str]:
    """Yield the lines by priority. The last ones are omitted if they do not fit."""
    circumstances, days = wording.circumstances, placeholders(DATE_PARAMS)
    errand = errand_of(circumstances.variant)
    for key in _main_keys(circumstances, kind):
        yield catalog.text(local_key(key, municipality), days)
    for i, key in enumerate(wording.doubt_keys):
        yield catalog.text(f"event.{key}", {"other": placeholder(f"other{i}")})
    if kind is not MilestoneKind.CHECK:
        special_cases = _special_case_keys(circumstances, kind, municipality.grace_rule)
        for key in (*special_cases, *DETAIL_KEYS[errand, kind]):
            yield catalog.text(f"event.{key}", days)
    yield from visit_lines(errand, kind, municipality, catalog)


def _main_keys(circumstances: Circumstances, kind: MilestoneKind) -> Iterator[str]:
    if kind is MilestoneKind.CHECK:
        yield f"check.{circumstances.subject}.text"
        return
    yield f"event.{errand_of(circumstances.variant)}.{kind}.text"
    if kind is MilestoneKind.EXPIRY and circumstances.variant == "both":
        yield "event.card.with_certificate"
    if kind is MilestoneKind.WINDOW_OPENS and circumstances.opens_on_closed_day:
        yield "event.first_open_day"
    if kind in RENEWAL_KINDS:
        yield "event.last_open_day"


def _special_case_keys(
    circumstances: Circumstances, kind: MilestoneKind, grace: GraceRule
) -> Iterator[str]:
    """Yield keys of sentences that concern only some holders: rules 5, 8 and 18."""
    if circumstances.card_ends_in_grace and kind in (
        MilestoneKind.EXPIRY,
        MilestoneKind.GRACE_ENDS,
    ):
        yield "grace.card_ends_first"
    if kind is MilestoneKind.GRACE_ENDS and grace is GraceRule.ANNIVERSARY:
        yield "grace.month_end"
    if circumstances.leap_day_birth and errand_of(circumstances.variant) != "stay":
        yield "leap_day"
    if circumstances.ends_under_next_rules and kind in RENEWAL_KINDS:
        yield "next_card"
