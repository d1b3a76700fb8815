"""Renders feeds from templates: the same bytes as `calsvc.feed.builder`, but faster.

A template is icalendar's output for placeholder dates, with a slot wherever one of them appears.
All dates of a language have the same width. So other dates change no line's length, and
icalendar's folding stays valid. Placeholders are different dates that no card can have. Where a
date consists of digits only, its slot includes the text around it, so that it is unambiguous.
"""

from binascii import hexlify
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from icalendar import Calendar, vText
from icalendar.parser import Contentline, Parameters

from calsvc.feed.builder import (
    CardIdentity,
    FeedOptions,
    build_calendar,
    build_events,
)
from calsvc.feed.bytes_template import BoundTemplate, BytesTemplate, count_octets_before, fold
from calsvc.i18n.calendar_texts import add_holder_name, event_titles
from calsvc.i18n.catalogs import Catalog
from calsvc.i18n.event_texts import EventGroup, build_event_groups
from calsvc.i18n.place_texts import calendar_description
from calsvc.links.content import MAX_SLOT, NO_NUMBER, NUMBER_BYTES, LinkedCard, Reminders
from calsvc.links.urls import LinkUrls
from calsvc.municipality.model import Municipality
from calsvc.rules.card import Subject, Term
from calsvc.rules.dates import ONE_DAY, DateRange, end_of_month
from calsvc.rules.milestones import KeyDates
from calsvc.rules.plan import Doubt, Plan

END_VCALENDAR = b"END:VCALENDAR\r\n"
OPTIONS_CACHE_SIZE = 1024
"""Entries: at most one for each language, choice of alarms and municipality with a profile."""
MUNICIPALITY_CACHE_SIZE = 16384
"""Entries of about 1 kB: one for each municipality and language, and some choices of alarms."""
HEADER_CACHE_SIZE = 1024
"""Entries of about 2 kB: one for each length of a token."""
PAGE_CACHE_SIZE = 1024
"""Entries of about 1 kB: one for each column and each length of a token without names."""
TEMPLATE_CACHE_SIZE = 32768
"""Entries of about 1 kB, because they share their pieces. There are some 310 kinds of groups. Each
language and each choice of alarms, link and name multiplies them."""
PLAN_CACHE_SIZE = 12800
"""Entries of 3 to 7 kB. Some 12,400 plans cover all residents, because expiries are birthdays."""
PLACEHOLDER_DATES = [date(1000, 1, 2) + timedelta(days=40 * index) for index in range(28)]
"""Dates so far apart that neither the day after one nor the end of its month is another."""
PLACEHOLDER_REMINDER_DAYS = 99
"""Different from real reminders, which are 59 to 92 days ahead, or more if counters are closed."""
PLACEHOLDER_IDENTITY = CardIdentity(b"\xff" * NUMBER_BYTES, MAX_SLOT)
"""An identity that occurs in no text of a feed. Only a random number could equal it."""
PLACEHOLDER_NAME = "\N{OBJECT REPLACEMENT CHARACTER}"
PLACEHOLDER_PAGE = "https://page.invalid/"


class CardFeatures(NamedTuple):
    """The optional parts of a card's events: a number in the UID, a name, the URL of a page."""

    has_number: bool
    has_name: bool
    has_page: bool


@dataclass(frozen=True)
class TemplateKey:
    """The properties that determine the bytes of a group's events, except dates, UIDs and names."""

    subject: Subject
    term: Term
    expire_together: bool
    leap_day_birth: bool
    doubts: tuple[tuple[Subject, bool], ...]
    checks: int
    opens_on_closed_day: bool
    card_ends_in_grace: bool
    ends_under_next_rules: bool
    features: CardFeatures


class GroupEvents(NamedTuple):
    """The events of a group, in which only the slots for values of a link are open.

    The values are the identity and the token. If a card has a name, the lines with it follow, two
    for each of ``titles``. The last values are the page URL of each event, folded after the octets
    in ``columns``.
    """

    template: BoundTemplate
    titles: tuple[str, ...]
    columns: tuple[int, ...]


class PageUrlShape(NamedTuple):
    """The part of a page URL that many links share, and the length of the token."""

    base_url: str
    token_length: int


def render_feed(
    cards: Sequence[LinkedCard],
    options: FeedOptions,
    number: bytes = NO_NUMBER,
    urls: LinkUrls | None = None,
) -> bytes:
    """Return the same bytes as `calsvc.feed.builder.build_feed`.

    ``options`` must come from `get_feed_options`, because caches compare it by identity.
    """
    shared_options = get_feed_options(
        options.municipality.text_source, options.catalog, options.reminders
    )
    token = urls.token.encode() if urls else b""
    parts = [_render_header(options, shared_options, urls)]
    for plan, name, slot in cards:
        identity = b"%b%02x" % (hexlify(number), slot)
        features = CardFeatures(number != NO_NUMBER, bool(name), urls is not None)
        if name:
            for events in _card_events(plan, shared_options, features):
                parts += _fill_named(events, [identity, token], name, options.catalog, urls)
        else:
            shape = PageUrlShape(urls.base_url, len(token)) if urls else None
            for events in _card_events(plan, shared_options, features, shape):
                parts += events.template.fill((identity, token))
    parts.append(END_VCALENDAR)
    return b"".join(parts)


def _fill_named(
    events: GroupEvents,
    values: Sequence[bytes],
    name: str,
    catalog: Catalog,
    urls: LinkUrls | None,
) -> list[bytes]:
    lines = _name_lines(events.titles, name, catalog)
    page = _page_url(urls) if urls else b""
    pages = [fold(page, column) for column in events.columns]
    return events.template.fill([*values, *lines, *pages])


@lru_cache(maxsize=MUNICIPALITY_CACHE_SIZE)
def get_feed_options(
    municipality: Municipality, catalog: Catalog, reminders: Reminders
) -> FeedOptions:
    """Return the only `FeedOptions` object for these arguments. Caches compare it by identity."""
    return FeedOptions(municipality, catalog, reminders)


def _page_url(urls: LinkUrls) -> bytes:
    before, after = _page_url_around_token(urls.base_url)
    return b"%b%b%b" % (before, urls.token.encode(), after)


@lru_cache(maxsize=HEADER_CACHE_SIZE)
def _page_url_around_token(base_url: str) -> tuple[bytes, bytes]:
    """Return the parts of a page URL before and after its token, escaped by icalendar."""
    before, _, after = LinkUrls(base_url, "\n").page.partition("\n")
    return vText(before).to_ical(), vText(after).to_ical()


# --- the calendar's own lines -------------------------------------------------------------------


def _render_header(
    options: FeedOptions, shared_options: FeedOptions, urls: LinkUrls | None
) -> bytes:
    """Return the lines before the events: a shared template with the municipality's lines."""
    lines = _municipality_lines(options.municipality, options.catalog)
    if urls is None:
        return _header_without_urls(shared_options).render([b"", *lines])
    base_url, token = urls
    return _header_template(shared_options, base_url, len(token)).render([token.encode(), *lines])


@lru_cache(maxsize=MUNICIPALITY_CACHE_SIZE)
def _municipality_lines(municipality: Municipality, catalog: Catalog) -> tuple[bytes, ...]:
    """Return the content lines with the name of the municipality, folded by icalendar."""
    text = calendar_description(municipality, catalog)
    return tuple(_content_line(label, text) for label in ("DESCRIPTION", "X-WR-CALDESC"))


@lru_cache(maxsize=OPTIONS_CACHE_SIZE)
def _header_without_urls(options: FeedOptions) -> BytesTemplate:
    return _cut_header(build_calendar(options, None), options, PLACEHOLDER_NAME)


@lru_cache(maxsize=HEADER_CACHE_SIZE)
def _header_template(options: FeedOptions, base_url: str, token_length: int) -> BytesTemplate:
    placeholder = "_" * token_length
    calendar = build_calendar(options, LinkUrls(base_url, placeholder))
    return _cut_header(calendar, options, placeholder)


def _cut_header(calendar: Calendar, options: FeedOptions, placeholder: str) -> BytesTemplate:
    content = calendar.to_ical().removesuffix(END_VCALENDAR)
    lines = _municipality_lines(options.municipality, options.catalog)
    return BytesTemplate.cut(content, [placeholder.encode()], lines)


# --- a card's events ----------------------------------------------------------------------------


@lru_cache(maxsize=PLAN_CACHE_SIZE)
def _card_events(
    plan: Plan, options: FeedOptions, features: CardFeatures, shape: PageUrlShape | None = None
) -> tuple[GroupEvents, ...]:
    """Return the events of a card. They are cached because many cards have equal plans.

    With ``shape``, the page URL is filled in, except for its token. The tokens of households have
    too many lengths to cache that.
    """
    return tuple(
        _group_events(group, options, features, shape)
        for group in build_event_groups(plan, options.municipality)
    )


def _group_events(
    group: EventGroup, options: FeedOptions, features: CardFeatures, shape: PageUrlShape | None
) -> GroupEvents:
    template, columns = _group_template(_template_key(group, features), options)
    names = event_titles(group, options.catalog)
    line_count = 2 * len(names) if features.has_name else 0
    pages: Sequence[int | BoundTemplate]
    if shape is None:
        pages = range(2 + line_count, 2 + line_count + len(columns))
    else:
        pages, columns = [_page_template(shape, column) for column in columns], ()
    dates = _date_values(group, options.catalog.padded)
    bound = template.bind([0, *dates, *range(2, 2 + line_count), *pages])
    return GroupEvents(bound, names, columns)


@lru_cache(maxsize=PAGE_CACHE_SIZE)
def _page_template(shape: PageUrlShape, column: int) -> BoundTemplate:
    """Return a page URL with slots for its token, folded after ``column`` octets of its line."""
    placeholder = "_" * shape.token_length
    folded = fold(_page_url(LinkUrls(shape.base_url, placeholder)), column)
    return BytesTemplate.cut(folded, [placeholder.encode()]).bind([1])


def _template_key(group: EventGroup, features: CardFeatures) -> TemplateKey:
    return TemplateKey(
        subject=group.subject,
        term=group.term,
        expire_together=group.expire_together,
        leap_day_birth=group.leap_day_birth,
        doubts=tuple((doubt.subject, doubt.other is not None) for doubt in group.doubts),
        checks=len(group.checks),
        opens_on_closed_day=group.opens_on_closed_day,
        card_ends_in_grace=group.card_ends_in_grace,
        ends_under_next_rules=group.ends_under_next_rules,
        features=features,
    )


@lru_cache(maxsize=TEMPLATE_CACHE_SIZE)
def _group_template(
    key: TemplateKey, options: FeedOptions
) -> tuple[BytesTemplate, tuple[int, ...]]:
    """Return the template, and the number of octets before each page URL in its line."""
    group = _placeholder_group(key)
    identity = PLACEHOLDER_IDENTITY if key.features.has_number else CardIdentity()
    name = PLACEHOLDER_NAME if key.features.has_name else ""
    page = PLACEHOLDER_PAGE if key.features.has_page else ""
    events = build_events(group, name, identity._replace(page=page), options)
    content = b"".join(event.to_ical() for event in events)
    dates = _date_values(group, options.catalog.padded)
    lines = _name_lines(event_titles(group, options.catalog), name, options.catalog)
    template = BytesTemplate.cut(
        content,
        [PLACEHOLDER_IDENTITY.uid_suffix(date.min).encode(), *dates],
        lines,
        page.encode(),
    )
    return template, count_octets_before(content, page.encode())


def _placeholder_group(key: TemplateKey) -> EventGroup:
    """Return a group with the properties of ``key`` and different dates that no card can have."""
    dates = iter(PLACEHOLDER_DATES)
    expiry, opens = next(dates), next(dates)
    reminder = expiry - timedelta(days=PLACEHOLDER_REMINDER_DAYS)
    return EventGroup(
        subject=key.subject,
        term=key.term,
        expire_together=key.expire_together,
        leap_day_birth=key.leap_day_birth,
        doubts=tuple(
            Doubt(subject, next(dates) if has_other else None) for subject, has_other in key.doubts
        ),
        checks=tuple(next(dates) for _ in range(key.checks)),
        days=KeyDates(
            expiry=expiry,
            window=DateRange(opens, expiry),
            notice=DateRange(next(dates), next(dates)),
            grace_end=next(dates),
            reminder=reminder,
        ),
        apply_by=reminder,
        first_open_day=next(dates),
        last_open_day=next(dates),
        card_expiry=next(dates),
        opens_on_closed_day=key.opens_on_closed_day,
        card_ends_in_grace=key.card_ends_in_grace,
        ends_under_next_rules=key.ends_under_next_rules,
    )


def _date_values(group: EventGroup, catalog: Catalog) -> list[bytes]:
    """Return the dates of a group in all forms that its events contain, in a fixed order."""
    days = group.days
    dates_in_texts = (
        days.expiry,
        days.window.start,
        days.notice.start,
        days.notice.end,
        days.grace_end,
        end_of_month(days.grace_end),
        group.apply_by,
        group.first_open_day,
        group.last_open_day,
        group.card_expiry,
        *(doubt.other for doubt in group.doubts if doubt.other is not None),
    )
    start_dates = (days.window.start, days.notice.start, days.expiry, days.grace_end, *group.checks)
    return [
        *(catalog.format_date(day).encode() for day in dates_in_texts),
        *(b"-%b@" % _basic_date(day) for day in start_dates),
        *(b"DTSTART;VALUE=DATE:" + _basic_date(day) for day in start_dates),
        *(b"DTEND;VALUE=DATE:" + _basic_date(day + ONE_DAY) for day in start_dates),
        b"TRIGGER:-P%dDT15H" % ((days.expiry - (group.reminder or days.reminder)).days - 1),
    ]


def _basic_date(day: date) -> bytes:
    return b"%04d%02d%02d" % (day.year, day.month, day.day)


def _name_lines(titles: Sequence[str], name: str, catalog: Catalog) -> list[bytes]:
    """Return the content lines with the holder's name, folded by icalendar. None without a name."""
    if not name:
        return []
    summaries = [add_holder_name(title, name, catalog) for title in titles]
    return [
        _content_line(label, text) for text in summaries for label in ("SUMMARY", "DESCRIPTION")
    ]


def _content_line(label: str, text: str) -> bytes:
    line: bytes = Contentline.from_parts(label, Parameters(), vText(text)).to_ical()
    return line + b"\r\n"
