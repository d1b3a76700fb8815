"""Fills feeds in rather than building them: the bytes of `calsvc.feed.builder`, but faster.

A template is icalendar's output for placeholder dates, with a slot wherever one of them appears.
Every date of a language is equally wide. So other dates change no line's length, and the folding
that icalendar chose stays right. Placeholders are dates that no card can have. They all differ,
and where they are mere digits, a slot includes what stands around them.
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
    FeedOptions,
    Identity,
    build_calendar,
    build_events,
)
from calsvc.feed.bytes_template import BoundTemplate, BytesTemplate, columns_before, fold
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
"""One for each language, choice of alarms and municipality with a profile can be reached."""
CITY_CACHE_SIZE = 16384
"""One for each municipality and language, and for the choices of alarms of some; 1 kB each."""
HEAD_CACHE_SIZE = 1024
"""One for each length of a token; 2 kB each."""
PAGE_CACHE_SIZE = 1024
"""One for each column and each length of a token without names; 1 kB each."""
TEMPLATE_CACHE_SIZE = 32768
"""Some 310 kinds of groups can be reached, in each language, with each choice of alarms, from plain
dates or a link, with a name or without. Each takes 1 kB, because they share their pieces."""
PLAN_CACHE_SIZE = 12800
"""Some 12,400 plans cover everybody, because expiries are birthdays; 3 to 7 kB each."""
PLACEHOLDER_DATES = [date(1000, 1, 2) + timedelta(days=40 * index) for index in range(28)]
"""Far enough apart that neither the day after one nor the end of its month is another."""
PLACEHOLDER_REMINDER_DAYS = 99
"""Real reminders are 59 to 92 days ahead, or a little more where counters close for long."""
PLACEHOLDER_IDENTITY = Identity(b"\xff" * NUMBER_BYTES, MAX_SLOT)
"""Random numbers may be equal to it, but nothing else in a feed is."""
PLACEHOLDER_NAME = "\N{OBJECT REPLACEMENT CHARACTER}"
PLACEHOLDER_PAGE = "https://page.invalid/"


class Whose(NamedTuple):
    """What is known of a card besides its plan."""

    has_number: bool
    has_name: bool
    has_page: bool


@dataclass(frozen=True)
class TemplateKey:
    """All that decides the bytes of a group's events, apart from dates, UIDs and the name."""

    subject: Subject
    term: Term
    expire_together: bool
    leap_day_birth: bool
    doubts: tuple[tuple[Subject, bool], ...]
    checks: int
    opens_on_closed_day: bool
    card_ends_in_grace: bool
    ends_under_next_rules: bool
    whose: Whose


class GroupEvents(NamedTuple):
    """The events of a group in which only slots for what is the holder's own are left.

    The values are the identity and the token. If a card has a name, the lines that hold it follow,
    two for each of ``titles``. Then comes the address of the page, once for each event, folded
    behind one of ``columns``.
    """

    template: BoundTemplate
    titles: tuple[str, ...]
    columns: tuple[int, ...]


class PageShape(NamedTuple):
    """The part of a page's address that many links share, and the length of the token."""

    base: str
    token_length: int


def render_feed(
    cards: Sequence[LinkedCard],
    options: FeedOptions,
    number: bytes = NO_NUMBER,
    addresses: LinkUrls | None = None,
) -> bytes:
    """Return the same bytes as `calsvc.feed.builder.build_feed`.

    ``options`` must come from `feed_options`, because caches compare it by identity.
    """
    shared = feed_options(options.city.text_source, options.catalog, options.reminders)
    token = addresses.token.encode() if addresses else b""
    parts = [_render_head(options, shared, addresses)]
    for plan, name, slot in cards:
        identity = b"%b%02x" % (hexlify(number), slot)
        whose = Whose(number != NO_NUMBER, bool(name), addresses is not None)
        if name:
            for events in _card_events(plan, shared, whose):
                parts += _fill_named(events, [identity, token], name, options.catalog, addresses)
        else:
            shape = PageShape(addresses.base_url, len(token)) if addresses else None
            for events in _card_events(plan, shared, whose, shape):
                parts += events.template.fill((identity, token))
    parts.append(END_VCALENDAR)
    return b"".join(parts)


def _fill_named(
    events: GroupEvents,
    values: Sequence[bytes],
    name: str,
    catalog: Catalog,
    addresses: LinkUrls | None,
) -> list[bytes]:
    lines = _name_lines(events.titles, name, catalog)
    page = _page(addresses) if addresses else b""
    pages = [fold(page, column) for column in events.columns]
    return events.template.fill([*values, *lines, *pages])


@lru_cache(maxsize=CITY_CACHE_SIZE)
def feed_options(city: Municipality, catalog: Catalog, reminders: Reminders) -> FeedOptions:
    """Returns the one `FeedOptions` for these arguments."""
    return FeedOptions(city, catalog, reminders)


def _page(addresses: LinkUrls) -> bytes:
    before, after = _page_around_token(addresses.base_url)
    return b"%b%b%b" % (before, addresses.token.encode(), after)


@lru_cache(maxsize=HEAD_CACHE_SIZE)
def _page_around_token(base: str) -> tuple[bytes, bytes]:
    """Returns the address of a page as icalendar escapes it, before and after its token."""
    before, _, after = LinkUrls(base, "\n").page.partition("\n")
    return vText(before).to_ical(), vText(after).to_ical()


# --- the calendar's own lines -------------------------------------------------------------------


def _render_head(options: FeedOptions, shared: FeedOptions, addresses: LinkUrls | None) -> bytes:
    """Returns the lines that only the lines of the municipality tell from those of ``shared``."""
    lines = _city_lines(options.city, options.catalog)
    if addresses is None:
        return _head_without_urls(shared).render([b"", *lines])
    base, token = addresses
    return _head_template(shared, base, len(token)).render([token.encode(), *lines])


@lru_cache(maxsize=CITY_CACHE_SIZE)
def _city_lines(city: Municipality, catalog: Catalog) -> tuple[bytes, ...]:
    """Returns the content lines that name the municipality, folded by icalendar."""
    text = calendar_description(city, catalog)
    return tuple(_line(label, text) for label in ("DESCRIPTION", "X-WR-CALDESC"))


@lru_cache(maxsize=OPTIONS_CACHE_SIZE)
def _head_without_urls(options: FeedOptions) -> BytesTemplate:
    return _cut_head(build_calendar(options, None), options, PLACEHOLDER_NAME)


@lru_cache(maxsize=HEAD_CACHE_SIZE)
def _head_template(options: FeedOptions, base: str, token_length: int) -> BytesTemplate:
    placeholder = "_" * token_length
    calendar = build_calendar(options, LinkUrls(base, placeholder))
    return _cut_head(calendar, options, placeholder)


def _cut_head(calendar: Calendar, options: FeedOptions, placeholder: str) -> BytesTemplate:
    content = calendar.to_ical().removesuffix(END_VCALENDAR)
    lines = _city_lines(options.city, options.catalog)
    return BytesTemplate.cut(content, [placeholder.encode()], lines)


# --- a card's events ----------------------------------------------------------------------------


@lru_cache(maxsize=PLAN_CACHE_SIZE)
def _card_events(
    plan: Plan, options: FeedOptions, whose: Whose, shape: PageShape | None = None
) -> tuple[GroupEvents, ...]:
    """Return the events of a card. Many cards share their few dates, so plans are few.

    With ``shape``, the address of the page is filled in apart from its token. The tokens of
    households have too many lengths for that.
    """
    return tuple(
        _group_events(group, options, whose, shape)
        for group in build_event_groups(plan, options.city)
    )


def _group_events(
    group: EventGroup, options: FeedOptions, whose: Whose, shape: PageShape | None
) -> GroupEvents:
    template, columns = _group_template(_template_key(group, whose), options)
    names = event_titles(group, options.catalog)
    line_count = 2 * len(names) if whose.has_name else 0
    pages: Sequence[int | BoundTemplate]
    if shape is None:
        pages = range(2 + line_count, 2 + line_count + len(columns))
    else:
        pages, columns = [_page_template(shape, column) for column in columns], ()
    dates = _date_values(group, options.catalog.padded)
    bound = template.bind([0, *dates, *range(2, 2 + line_count), *pages])
    return GroupEvents(bound, names, columns)


@lru_cache(maxsize=PAGE_CACHE_SIZE)
def _page_template(shape: PageShape, column: int) -> BoundTemplate:
    """Return the address of a page folded behind ``column`` octets, with slots for its token."""
    placeholder = "_" * shape.token_length
    folded = fold(_page(LinkUrls(shape.base, placeholder)), column)
    return BytesTemplate.cut(folded, [placeholder.encode()]).bind([1])


def _template_key(group: EventGroup, whose: Whose) -> TemplateKey:
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
        whose=whose,
    )


@lru_cache(maxsize=TEMPLATE_CACHE_SIZE)
def _group_template(
    key: TemplateKey, options: FeedOptions
) -> tuple[BytesTemplate, tuple[int, ...]]:
    """Returns the template, and the octets before each address of the page in its line."""
    group = _placeholder_group(key)
    identity = PLACEHOLDER_IDENTITY if key.whose.has_number else Identity()
    name = PLACEHOLDER_NAME if key.whose.has_name else ""
    page = PLACEHOLDER_PAGE if key.whose.has_page else ""
    events = build_events(group, name, identity._replace(page=page), options)
    content = b"".join(event.to_ical() for event in events)
    dates = _date_values(group, options.catalog.padded)
    lines = _name_lines(event_titles(group, options.catalog), name, options.catalog)
    template = BytesTemplate.cut(
        content,
        [PLACEHOLDER_IDENTITY.of_event(date.min).encode(), *dates],
        lines,
        page.encode(),
    )
    return template, columns_before(content, page.encode())


def _placeholder_group(key: TemplateKey) -> EventGroup:
    """Returns a group of that kind with dates that no card can have, each of them another."""
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
    """Returns every date of a group in every form in which its events hold it."""
    days = group.days
    in_words = (
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
    starts = (days.window.start, days.notice.start, days.expiry, days.grace_end, *group.checks)
    return [
        *(catalog.format_date(day).encode() for day in in_words),
        *(b"-%b@" % _basic_date(day) for day in starts),
        *(b"DTSTART;VALUE=DATE:" + _basic_date(day) for day in starts),
        *(b"DTEND;VALUE=DATE:" + _basic_date(day + ONE_DAY) for day in starts),
        b"TRIGGER:-P%dDT15H" % ((days.expiry - (group.reminder or days.reminder)).days - 1),
    ]


def _basic_date(day: date) -> bytes:
    return b"%04d%02d%02d" % (day.year, day.month, day.day)


def _name_lines(titles: Sequence[str], name: str, catalog: Catalog) -> list[bytes]:
    """Returns the content lines that hold a holder's name, folded by icalendar."""
    if not name:
        return []
    summaries = [add_holder_name(title, name, catalog) for title in titles]
    return [_line(label, text) for text in summaries for label in ("SUMMARY", "DESCRIPTION")]


def _line(label: str, text: str) -> bytes:
    line: bytes = Contentline.from_parts(label, Parameters(), vText(text)).to_ical()
    return line + b"\r\n"
