"""Fills feeds in rather than building them: the bytes of `calsvc.feed.builder`, but faster.

A stencil is what icalendar makes of a topic whose dates are stand-ins, with those stand-ins cut
out. As every date of a language is equally wide, filling in other dates changes no line's length,
and the folding that icalendar chose stays right. The stand-ins are dates that no card can have,
all different, and where they are mere digits, cut out with what stands around them: so nothing
else can be taken for one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from icalendar import vText
from icalendar.parser import Contentline, Parameters

from calsvc.feed.builder import Edition, Holder, new_calendar, summarise, topic_events, uid_prefixes
from calsvc.feed.bytes_template import Stencil
from calsvc.i18n.catalogs import Catalog
from calsvc.i18n.event_texts import Topic, topics
from calsvc.links.urls import LinkAddresses
from calsvc.municipality.model import Municipality
from calsvc.rules.card import Caution, Doubt, Term
from calsvc.rules.dates import ONE_DAY, DateRange, end_of_month
from calsvc.rules.milestones import Deadline, Subject, milestones
from calsvc.rules.plan import Plan

END = b"END:VCALENDAR\r\n"
SHAPES = 256
PLANS = 12288
NAMES = 1024
"""How many of each are remembered: shapes of some 25 kB, the others of less than 2 kB apiece."""
STAND_INS = [date(1000, 1, 2) + timedelta(days=40 * place) for place in range(12)]
"""Far enough apart that neither the day after one nor the end of its month is another."""
STAND_IN_REMINDER = 99
"""Days ahead, where real reminders are 89 to 92."""
STAND_IN_PREFIX = "00-"
STAND_IN_NAME = "\N{OBJECT REPLACEMENT CHARACTER}"


@dataclass(frozen=True)
class Shape:
    """All that decides the bytes of a topic's events, but for dates and the holder's name."""

    subject: Subject
    term: Term
    together: bool
    leap_day_birth: bool
    doubts: tuple[Doubt, ...]
    card_ends_in_grace: bool
    named: bool
    housed: bool
    alarms: bool


def feed(
    holders: Sequence[Holder],
    city: Municipality,
    words: Catalog,
    *,
    alarms: bool = True,
    addresses: LinkAddresses | None = None,
) -> bytes:
    """The same bytes as `calsvc.feed.builder.feed` gives."""
    return b"".join(parts(holders, edition(city, words, alarms), addresses))


def parts(
    holders: Sequence[Holder], edition: Edition, addresses: tuple[str, str] | None
) -> list[bytes]:
    """The same bytes in a few parts, for who joins them with others.

    ``edition``: as `edition` gives it, for one is equal to itself alone. ``addresses``: what
    `LinkAddresses` are made of.
    """
    found = _head(edition, addresses)
    for (plan, name), prefix in zip(holders, uid_prefixes(len(holders)), strict=True):
        found.append(b"".join(_events(plan, name, prefix, edition)))
    found.append(END)
    return found


@lru_cache(maxsize=SHAPES)
def edition(city: Municipality, words: Catalog, alarms: bool) -> Edition:
    """What feeds in one language share."""
    return Edition(city, words, alarms)


@lru_cache(maxsize=PLANS)
def _events(plan: Plan, name: str, prefix: str, edition: Edition) -> tuple[bytes, ...]:
    """A card's events, in pieces. Many cards share their few dates."""
    city, words = edition.city, edition.words
    return tuple(
        piece
        for topic in topics(plan, city)
        for piece in _topic_stencil(_shape(topic, name, prefix, edition), city, words).fill(
            _values(topic, name, prefix, edition)
        )
    )


# --- the calendar's own lines -------------------------------------------------------------------


def _head(edition: Edition, addresses: tuple[str, str] | None) -> list[bytes]:
    if addresses is None:
        return [_bare_head(edition)]
    base, token = addresses
    return _head_stencil(edition, base, len(token)).fill([token.encode()])


@lru_cache(maxsize=SHAPES)
def _bare_head(edition: Edition) -> bytes:
    return _without_end(new_calendar(edition.city, edition.words, None).to_ical())


@lru_cache(maxsize=SHAPES)
def _head_stencil(edition: Edition, base: str, width: int) -> Stencil:
    stand_in = "_" * width
    calendar = new_calendar(edition.city, edition.words, LinkAddresses(base, stand_in))
    return Stencil(_without_end(calendar.to_ical()), [stand_in.encode()])


def _without_end(calendar: bytes) -> bytes:
    return calendar.removesuffix(END)


# --- a topic's events ---------------------------------------------------------------------------


def _shape(topic: Topic, name: str, prefix: str, edition: Edition) -> Shape:
    return Shape(
        subject=topic.subject,
        term=topic.term,
        together=topic.together,
        leap_day_birth=topic.leap_day_birth,
        doubts=tuple(each.code for each in topic.cautions),
        card_ends_in_grace=topic.card_ends_in_grace,
        named=bool(name),
        housed=bool(prefix),
        alarms=edition.alarms,
    )


@lru_cache(maxsize=SHAPES)
def _topic_stencil(shape: Shape, city: Municipality, words: Catalog) -> Stencil:
    topic = _stand_in(shape)
    name = STAND_IN_NAME if shape.named else ""
    prefix = STAND_IN_PREFIX if shape.housed else ""
    made = topic_events(topic, name, prefix, Edition(city, words, shape.alarms))
    cut = [*_date_values(topic, words), _uid_value(prefix)]
    lines = _name_lines(topic, name, words)
    return Stencil(b"".join(event.to_ical() for event in made), cut, lines)


def _stand_in(shape: Shape) -> Topic:
    """A topic of that shape whose dates no card can have."""
    (expiry, opens, notice_start, notice_end, grace_end, last_open_day, card_expiry, *others) = (
        STAND_INS
    )
    return Topic(
        subject=shape.subject,
        term=shape.term,
        together=shape.together,
        leap_day_birth=shape.leap_day_birth,
        cautions=tuple(map(Caution, shape.doubts, others)),
        days=Deadline(
            expiry=expiry,
            window=DateRange(opens, expiry),
            notice=DateRange(notice_start, notice_end),
            grace_end=grace_end,
            reminder=expiry - timedelta(days=STAND_IN_REMINDER),
        ),
        last_open_day=last_open_day,
        card_expiry=card_expiry,
        card_ends_in_grace=shape.card_ends_in_grace,
    )


def _values(topic: Topic, name: str, prefix: str, edition: Edition) -> list[bytes]:
    """What fills a stencil, in the order in which `_topic_stencil` cut it out."""
    words = edition.words
    return [
        *_date_values(topic, words),
        _uid_value(prefix),
        *_name_lines(topic, name, words),
    ]


def _uid_value(prefix: str) -> bytes:
    return b"UID:" + prefix.encode()


def _date_values(topic: Topic, words: Catalog) -> list[bytes]:
    days, opens, notice = topic.days, topic.days.window.start, topic.days.notice
    named = (
        days.expiry,
        opens,
        notice.start,
        notice.end,
        days.grace_end,
        end_of_month(days.grace_end),
        topic.last_open_day,
        topic.card_expiry,
        *(each.other or topic.card_expiry for each in topic.cautions),
    )
    starts = (opens, notice.start, days.expiry, days.grace_end)
    ends = (opens, notice.end, days.expiry, days.grace_end)
    return [
        *(words.day(day).encode() for day in named),
        *(_in_uid(day) for day in starts),
        *(_as_start(day) for day in starts),
        *(_as_end(day) for day in ends),
        _as_trigger((days.expiry - days.reminder).days),
    ]


def _in_uid(day: date) -> bytes:
    return b"-" + _compact(day) + b"@"


def _as_start(day: date) -> bytes:
    return b"DTSTART;VALUE=DATE:" + _compact(day)


def _as_end(day: date) -> bytes:
    return b"DTEND;VALUE=DATE:" + _compact(day + ONE_DAY)


def _as_trigger(days_ahead: int) -> bytes:
    return b"TRIGGER:-P%dDT15H" % (days_ahead - 1)


def _compact(day: date) -> bytes:
    return b"%04d%02d%02d" % (day.year, day.month, day.day)


def _name_lines(topic: Topic, name: str, words: Catalog) -> list[bytes]:
    """The content lines that hold a holder's name, folded by icalendar; none without a name."""
    if not name:
        return []
    kinds = [each.kind for each in milestones(topic.subject, topic.term, topic.days)]
    titles = [summarise(words.text(f"{topic.variant}.{kind}.title"), name) for kind in kinds]
    return [_line(label, title) for title in titles for label in ("SUMMARY", "DESCRIPTION")]


@lru_cache(maxsize=NAMES)
def _line(label: str, text: str) -> bytes:
    line: bytes = Contentline.from_parts(label, Parameters(), vText(text)).to_ical()
    return line + b"\r\n"
