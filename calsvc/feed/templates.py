"""Fills feeds in rather than building them: the bytes of `calsvc.feed.builder`, but faster.

A template is icalendar's output for placeholder dates, with a slot wherever one of them appears.
Every date of a language is equally wide. So other dates change no line's length, and the folding
that icalendar chose stays right. Placeholders are dates that no card can have. They all differ,
and where they are mere digits, a slot includes what stands around them.
"""

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
from calsvc.i18n.calendar_texts import titles, with_holder
from calsvc.i18n.catalogs import Catalog
from calsvc.i18n.event_texts import Topic, topics
from calsvc.i18n.place_texts import calendar_description
from calsvc.links.content import MAX_SLOT, NO_NUMBER, NUMBER_BYTES, LinkedCard, Reminders
from calsvc.links.urls import LinkAddresses
from calsvc.municipality.model import Municipality
from calsvc.rules.card import Subject, Term
from calsvc.rules.dates import ONE_DAY, DateRange, end_of_month
from calsvc.rules.milestones import Deadline
from calsvc.rules.plan import Doubt, Plan

END_VCALENDAR = b"END:VCALENDAR\r\n"
OPTIONS_CACHE_SIZE = 1024
"""One for each language, choice of alarms and municipality with a profile can be reached."""
CITY_CACHE_SIZE = 16384
"""One for each municipality and language, and for the choices of alarms of some; 1 kB each."""
HEAD_CACHE_SIZE = 1024
"""One for each length of a token; 2 kB each."""
TEMPLATE_CACHE_SIZE = 32768
"""Some 310 kinds of topics can be reached, in each language, with each choice of alarms, from plain
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
    """All that decides the bytes of a topic's events, apart from dates, UIDs and the name."""

    subject: Subject
    term: Term
    together: bool
    leap_day_birth: bool
    doubts: tuple[tuple[Subject, bool], ...]
    checks: int
    opens_on_closed_day: bool
    card_ends_in_grace: bool
    ends_under_next_rules: bool
    whose: Whose


class TopicEvents(NamedTuple):
    """The events of a topic in which only slots for what is the holder's own are left.

    Value 0 is the identity. The lines that hold the name follow, two for each of ``titles``, and
    then the address of the page, once for each event, folded behind one of ``columns``.
    """

    template: BoundTemplate
    titles: tuple[str, ...]
    columns: tuple[int, ...]


def render_feed(
    cards: Sequence[LinkedCard],
    options: FeedOptions,
    number: bytes = NO_NUMBER,
    addresses: LinkAddresses | None = None,
) -> bytes:
    """Returns the same bytes as `calsvc.feed.builder.build_feed`.

    ``options`` must come from `feed_options`, because caches compare it by identity.
    """
    has_number = number != NO_NUMBER
    shared = feed_options(options.city.voice, options.catalog, options.reminders)
    page = _page(addresses) if addresses else b""
    parts = [_render_head(options, shared, addresses)]
    for plan, name, slot in cards:
        identity = Identity(number, slot).of_event(plan.card_expiry).encode()
        whose = Whose(has_number, bool(name), bool(page))
        for template, of_name, columns in _card_events(plan, shared, whose):
            lines = _name_lines(of_name, name, options.catalog)
            pages = [fold(page, column) for column in columns]
            parts += template.fill([identity, *lines, *pages])
    parts.append(END_VCALENDAR)
    return b"".join(parts)


@lru_cache(maxsize=CITY_CACHE_SIZE)
def feed_options(city: Municipality, catalog: Catalog, reminders: Reminders) -> FeedOptions:
    """Returns the one `FeedOptions` for these arguments."""
    return FeedOptions(city, catalog, reminders)


def _page(addresses: LinkAddresses) -> bytes:
    before, after = _page_around_token(addresses.base)
    return b"%b%b%b" % (before, addresses.token.encode(), after)


@lru_cache(maxsize=HEAD_CACHE_SIZE)
def _page_around_token(base: str) -> tuple[bytes, bytes]:
    """Returns the address of a page as icalendar escapes it, before and after its token."""
    before, _, after = LinkAddresses(base, "\n").page.partition("\n")
    return vText(before).to_ical(), vText(after).to_ical()


# --- the calendar's own lines -------------------------------------------------------------------


def _render_head(
    options: FeedOptions, shared: FeedOptions, addresses: LinkAddresses | None
) -> bytes:
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
    calendar = build_calendar(options, LinkAddresses(base, placeholder))
    return _cut_head(calendar, options, placeholder)


def _cut_head(calendar: Calendar, options: FeedOptions, placeholder: str) -> BytesTemplate:
    content = calendar.to_ical().removesuffix(END_VCALENDAR)
    lines = _city_lines(options.city, options.catalog)
    return BytesTemplate.cut(content, [placeholder.encode()], lines)


# --- a card's events ----------------------------------------------------------------------------


@lru_cache(maxsize=PLAN_CACHE_SIZE)
def _card_events(plan: Plan, options: FeedOptions, whose: Whose) -> tuple[TopicEvents, ...]:
    """Returns the events of a card. Many cards share their few dates, so plans are few."""
    return tuple(_topic_events(topic, options, whose) for topic in topics(plan, options.city))


def _topic_events(topic: Topic, options: FeedOptions, whose: Whose) -> TopicEvents:
    template, columns = _topic_template(_template_key(topic, whose), options)
    bound = template.bind(1, _date_values(topic, options.catalog.padded))
    return TopicEvents(bound, titles(topic, options.catalog), columns)


def _template_key(topic: Topic, whose: Whose) -> TemplateKey:
    return TemplateKey(
        subject=topic.subject,
        term=topic.term,
        together=topic.together,
        leap_day_birth=topic.leap_day_birth,
        doubts=tuple((doubt.subject, doubt.other is not None) for doubt in topic.doubts),
        checks=len(topic.checks),
        opens_on_closed_day=topic.opens_on_closed_day,
        card_ends_in_grace=topic.card_ends_in_grace,
        ends_under_next_rules=topic.ends_under_next_rules,
        whose=whose,
    )


@lru_cache(maxsize=TEMPLATE_CACHE_SIZE)
def _topic_template(
    key: TemplateKey, options: FeedOptions
) -> tuple[BytesTemplate, tuple[int, ...]]:
    """Returns the template, and the octets before each address of the page in its line."""
    topic = _placeholder_topic(key)
    identity = PLACEHOLDER_IDENTITY if key.whose.has_number else Identity()
    name = PLACEHOLDER_NAME if key.whose.has_name else ""
    page = PLACEHOLDER_PAGE if key.whose.has_page else ""
    events = build_events(topic, name, identity._replace(page=page), options)
    content = b"".join(event.to_ical() for event in events)
    dates = _date_values(topic, options.catalog.padded)
    lines = _name_lines(titles(topic, options.catalog), name, options.catalog)
    template = BytesTemplate.cut(
        content,
        [PLACEHOLDER_IDENTITY.of_event(date.min).encode(), *dates],
        lines,
        page.encode(),
    )
    return template, columns_before(content, page.encode())


def _placeholder_topic(key: TemplateKey) -> Topic:
    """Returns a topic of that kind with dates that no card can have, each of them another."""
    dates = iter(PLACEHOLDER_DATES)
    expiry, opens = next(dates), next(dates)
    reminder = expiry - timedelta(days=PLACEHOLDER_REMINDER_DAYS)
    return Topic(
        subject=key.subject,
        term=key.term,
        together=key.together,
        leap_day_birth=key.leap_day_birth,
        doubts=tuple(
            Doubt(subject, next(dates) if has_other else None) for subject, has_other in key.doubts
        ),
        checks=tuple(next(dates) for _ in range(key.checks)),
        days=Deadline(
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


def _date_values(topic: Topic, catalog: Catalog) -> list[bytes]:
    """Returns every date of a topic in every form in which its events hold it."""
    days = topic.days
    in_words = (
        days.expiry,
        days.window.start,
        days.notice.start,
        days.notice.end,
        days.grace_end,
        end_of_month(days.grace_end),
        topic.apply_by,
        topic.first_open_day,
        topic.last_open_day,
        topic.card_expiry,
        *(doubt.other for doubt in topic.doubts if doubt.other is not None),
    )
    starts = (days.window.start, days.notice.start, days.expiry, days.grace_end, *topic.checks)
    return [
        *(catalog.day(day).encode() for day in in_words),
        *(b"-%b@" % _basic_date(day) for day in starts),
        *(b"DTSTART;VALUE=DATE:" + _basic_date(day) for day in starts),
        *(b"DTEND;VALUE=DATE:" + _basic_date(day + ONE_DAY) for day in starts),
        b"TRIGGER:-P%dDT15H" % ((days.expiry - (topic.reminder or days.reminder)).days - 1),
    ]


def _basic_date(day: date) -> bytes:
    return b"%04d%02d%02d" % (day.year, day.month, day.day)


def _name_lines(titles: Sequence[str], name: str, catalog: Catalog) -> list[bytes]:
    """Returns the content lines that hold a holder's name, folded by icalendar."""
    if not name:
        return []
    summaries = [with_holder(title, name, catalog) for title in titles]
    return [_line(label, text) for text in summaries for label in ("SUMMARY", "DESCRIPTION")]


def _line(label: str, text: str) -> bytes:
    line: bytes = Contentline.from_parts(label, Parameters(), vText(text)).to_ical()
    return line + b"\r\n"
