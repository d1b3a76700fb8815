"""Describes what a link holds and packs it into the bytes that docs/architecture.md lays out.

A link holds plans. It holds neither a birth date nor an issue date nor anything else that was
typed, apart from the short name of a card.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from enum import IntEnum
from functools import lru_cache
from secrets import token_bytes
from typing import NamedTuple

from calsvc.errors import CalsvcError
from calsvc.i18n.languages import language_by_number, language_number
from calsvc.rules.card import Subject, Term
from calsvc.rules.plan import CertificateSource, Doubt, Plan
from calsvc.rules.recall import LAW_REVISION, RECALLS, Recall, apply_recalls

NUMBER_BYTES = 8
NO_NUMBER = bytes(NUMBER_BYTES)
"""The number of links that were not made for anybody: a feed from plain dates names this one."""
MAX_SLOT = 255
MAX_OTHER_DATES = 3
"""Doubts with another date that one subject of one card may have."""
EPOCH = date(2016, 1, 1)
"""Dates are days since the first cards were issued. Two bytes last until 2195."""
TERMS = (Term.TEN_BIRTHDAYS, Term.FIVE_BIRTHDAYS, Term.STAY)
"""The index of a term is its number in every link: add at the end, never reorder."""

# The bits of a card's flags. Bits that no line names are zero in every link of this release.
CARD_IS_READ = 1 << 0
CERTIFICATE_SOURCE_SHIFT, CERTIFICATE_SOURCE_MASK = 1, 0b11
TERM_SHIFT, TERM_MASK = 3, 0b11
LEAP_DAY_BIRTH = 1 << 5
DOUBT_WITHOUT_DATE = {Subject.CARD: 1 << 6, Subject.CERTIFICATE: 1 << 9}
OTHER_DATES_SHIFT, OTHER_DATES_MASK = {Subject.CARD: 7, Subject.CERTIFICATE: 10}, 0b11
"""The number of a subject's doubts that have another date."""
HAS_NAME = 1 << 12
SPARE_FLAGS = 0b111 << 13
LANGUAGE_SHIFT, REMINDERS_SHIFT, REMINDERS_MASK = 8, 6, 0b11
SPARE_OPTIONS = 0b111111
HEAD = struct.Struct(">8sBHBH")
"""Number, revision, options, and the municipality in three bytes."""
CARD_HEAD = struct.Struct(">BH")
"""Slot and flags. The days follow, then the name."""
DAY_BYTES = 2
OPTIONS_CACHE_SIZE = 16384
"""The holders of keys alone make options that open; 500 bytes each."""
PLAN_CACHE_SIZE = 12800
"""Some 12,400 plans cover everybody, because expiries are birthdays; 1 kB each."""


class InvalidTokenError(CalsvcError):
    """A token that does not open, whatever the reason."""


class Reminders(IntEnum):
    """The holder's choice of alarms. The numbers stand in sealed links."""

    STANDARD = 0
    FEW = 1
    OFF = 2


REMINDERS: Mapping[str, Reminders] = {
    "on": Reminders.STANDARD,
    "few": Reminders.FEW,
    "off": Reminders.OFF,
}
"""The choices as addresses, forms and tables name them."""
ALARMS: Mapping[Reminders, str] = {choice: name for name, choice in REMINDERS.items()}
"""The inverse of `REMINDERS`."""


class LinkedCard(NamedTuple):
    """The plan of one card. ``name`` tells it from others in its household, or is ''.

    ``slot`` (0 to 255) names the card's events together with the number of the link. It is never
    used again in the same link, so reordering a household renames no event.
    """

    plan: Plan
    name: str = ""
    slot: int = 0


class Link(NamedTuple):
    """What a token opens to: one to ten cards and the way in which their holder reads them.

    ``number``: eight bytes that every link made from this one keeps. ``municipality``: six digits,
    the code of 総務省. ``revision``: the revision of the law by which the plans were computed.
    """

    number: bytes
    cards: tuple[LinkedCard, ...]
    language: str
    municipality: str
    reminders: Reminders = Reminders.STANDARD
    revision: int = LAW_REVISION


def current_cards(link: Link, recalls: Sequence[Recall] = RECALLS) -> tuple[LinkedCard, ...]:
    """Returns the cards of ``link``, with a doubt where a later revision corrected a rule."""
    if link.revision == LAW_REVISION:
        return link.cards
    return tuple(
        card._replace(plan=apply_recalls(card.plan, link.revision, recalls)) for card in link.cards
    )


def new_number() -> bytes:
    """Returns a random number for a link that somebody asked for."""
    return token_bytes(NUMBER_BYTES)


def pack(link: Link) -> bytes:
    """Returns the bytes of ``link``, without the pad."""
    options = _pack_options(link.language, link.reminders, link.municipality)
    head = HEAD.pack(link.number, link.revision, *options)
    return b"".join((head, *map(_pack_card, link.cards)))


@lru_cache(maxsize=OPTIONS_CACHE_SIZE)
def _pack_options(language: str, reminders: Reminders, municipality: str) -> tuple[int, int, int]:
    """Returns the options and the municipality, as `HEAD` has them."""
    options = language_number(language) << LANGUAGE_SHIFT | reminders << REMINDERS_SHIFT
    return options, *divmod(int(municipality), 1 << 16)


def _pack_card(card: LinkedCard) -> bytes:
    name = card.name.encode()
    packed = card.slot.to_bytes() + pack_plan(card.plan, bool(name))
    return b"".join((packed, len(name).to_bytes(), name)) if name else packed


@lru_cache(maxsize=PLAN_CACHE_SIZE)
def pack_plan(plan: Plan, has_name: bool) -> bytes:
    """Returns the flags and the days of a card. They are cached as those of `unpack_plan` are."""
    flags = (
        plan.card_is_read * CARD_IS_READ
        | plan.certificate_source << CERTIFICATE_SOURCE_SHIFT
        | TERMS.index(plan.term) << TERM_SHIFT
        | plan.leap_day_birth * LEAP_DAY_BIRTH
        | has_name * HAS_NAME
    )
    days = [plan.card_expiry, plan.certificate_expiry]
    for subject in Subject:
        others = [doubt for doubt in plan.doubts if doubt.subject is subject and doubt.other]
        if len(others) > MAX_OTHER_DATES:  # more would overflow into other flags
            raise ValueError(f"{subject}: more than {MAX_OTHER_DATES} other dates")
    for doubt in plan.doubts:  # the card's come first, then the certificate's
        if doubt.other is None:
            flags |= DOUBT_WITHOUT_DATE[doubt.subject]
        else:
            flags += 1 << OTHER_DATES_SHIFT[doubt.subject]
            days.append(doubt.other)
    return struct.pack(f">{1 + len(days)}H", flags, *((day - EPOCH).days for day in days))


def unpack(content: bytes) -> Link:
    """Returns the link that `pack` made ``content`` from.

    Raises `InvalidTokenError` for content that another release may have made: it must never be
    read as something else.
    """
    try:
        number, revision, options, high, low = HEAD.unpack_from(content)
        language, reminders, municipality = _unpack_options(options, high, low)
        cards = tuple(_unpack_cards(content, HEAD.size))
    except (KeyError, IndexError, ValueError, struct.error):
        raise InvalidTokenError from None
    if not cards or (len(cards) > 1 and len({card.slot for card in cards}) < len(cards)):
        raise InvalidTokenError
    return Link(number, cards, language, municipality, reminders, revision)


@lru_cache(maxsize=OPTIONS_CACHE_SIZE)
def _unpack_options(options: int, high: int, low: int) -> tuple[str, Reminders, str]:
    """Returns the language, the choice of alarms and the municipality."""
    if options & SPARE_OPTIONS:
        raise InvalidTokenError
    reminders = Reminders(options >> REMINDERS_SHIFT & REMINDERS_MASK)
    return language_by_number(options >> LANGUAGE_SHIFT), reminders, f"{high << 16 | low:06d}"


def _unpack_cards(content: bytes, offset: int) -> Iterator[LinkedCard]:
    while offset < len(content):
        slot, flags = CARD_HEAD.unpack_from(content, offset)
        end = offset + CARD_HEAD.size + DAY_BYTES * _count_days(flags)
        if end > len(content):
            raise InvalidTokenError
        plan, name = unpack_plan(content[offset + 1 : end]), ""
        if flags & HAS_NAME:
            start, end = end + 1, end + 1 + content[end]
            name = content[start:end].decode()
        if end > len(content):
            raise InvalidTokenError
        yield LinkedCard(plan, name, slot)
        offset = end


def _count_days(flags: int) -> int:
    card, certificate = OTHER_DATES_SHIFT.values()
    return 2 + (flags >> card & OTHER_DATES_MASK) + (flags >> certificate & OTHER_DATES_MASK)


@lru_cache(maxsize=PLAN_CACHE_SIZE)
def unpack_plan(packed: bytes) -> Plan:
    """Returns the plan of a card's flags and days. It is cached because many cards share a plan."""
    flags, *days = struct.unpack(f">{len(packed) // DAY_BYTES}H", packed)
    if flags & SPARE_FLAGS:
        raise InvalidTokenError
    card_expiry, certificate_expiry, *others = (EPOCH + timedelta(days=day) for day in days)
    return Plan(
        card_expiry=card_expiry,
        certificate_expiry=certificate_expiry,
        term=TERMS[flags >> TERM_SHIFT & TERM_MASK],
        leap_day_birth=bool(flags & LEAP_DAY_BIRTH),
        card_is_read=bool(flags & CARD_IS_READ),
        certificate_source=CertificateSource(
            flags >> CERTIFICATE_SOURCE_SHIFT & CERTIFICATE_SOURCE_MASK
        ),
        doubts=tuple(_unpack_doubts(flags, iter(others))),
    )


def _unpack_doubts(flags: int, others: Iterator[date]) -> Iterator[Doubt]:
    for subject in Subject.CARD, Subject.CERTIFICATE:
        if flags & DOUBT_WITHOUT_DATE[subject]:
            yield Doubt(subject)
        for _ in range(flags >> OTHER_DATES_SHIFT[subject] & OTHER_DATES_MASK):
            yield Doubt(subject, next(others))
