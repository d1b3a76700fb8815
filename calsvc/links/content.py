"""Defines the content of a link and packs it into bytes (layout: docs/architecture.md).

A link contains plans and the short names of cards. It contains no birth date, no issue date and no
other submitted text.
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
"""The number of a feed that is computed from dates in its URL. It has no link."""
MAX_SLOT = 255
MAX_OTHER_DATES = 3
"""Maximum number of doubts with another date for one subject of one card."""
EPOCH = date(2016, 1, 1)
"""Day 0 of packed dates: the first issue of cards. Two bytes are enough until 2195."""
TERMS = (Term.TEN_BIRTHDAYS, Term.FIVE_BIRTHDAYS, Term.STAY)
"""The index of a term is its number in all links. Add new terms at the end and never reorder."""

# The bits of a card's flags. Unnamed bits are zero in all links of this release.
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
LINK_HEAD = struct.Struct(">8sBHBH")
"""Number, revision, options, and the municipality in three bytes."""
CARD_HEAD = struct.Struct(">BH")
"""Slot and flags. The days follow, then the name."""
DAY_BYTES = 2
OPTIONS_CACHE_SIZE = 16384
"""Entries of about 500 bytes. Clients cannot fill it, because options are authenticated."""
PLAN_CACHE_SIZE = 12800
"""Entries of about 1 kB. Some 12,400 plans cover all residents, because expiries are birthdays."""


class InvalidTokenError(CalsvcError):
    """An invalid token. The error has no reason, so that an attacker learns nothing."""


class Reminders(IntEnum):
    """The resident's choice of alarms. The numbers are stored in sealed links."""

    STANDARD = 0
    FEW = 1
    OFF = 2


REMINDERS_BY_NAME: Mapping[str, Reminders] = {
    "on": Reminders.STANDARD,
    "few": Reminders.FEW,
    "off": Reminders.OFF,
}
"""The choices by their names in URLs, forms and tables."""
NAMES_OF_REMINDERS: Mapping[Reminders, str] = {
    choice: name for name, choice in REMINDERS_BY_NAME.items()
}
"""The inverse of `REMINDERS_BY_NAME`."""


class LinkedCard(NamedTuple):
    """The plan of one card. ``name``: the short name of its holder, or ''.

    ``slot`` (0 to 255) is part of the UIDs of the card's events, with the number of the link. It is
    never reused in a link, so that a UID stays the same when cards are reordered.
    """

    plan: Plan
    name: str = ""
    slot: int = 0


class Link(NamedTuple):
    """The content of a token: one to ten cards, and the options of the resident.

    ``number``: eight bytes, the same in all links that are derived from this one.
    ``municipality``: the six digits of its code (総務省). ``revision``: the revision of the law
    that computed the plans.
    """

    number: bytes
    cards: tuple[LinkedCard, ...]
    language: str
    municipality: str
    reminders: Reminders = Reminders.STANDARD
    revision: int = LAW_REVISION


def current_cards(link: Link, recalls: Sequence[Recall] = RECALLS) -> tuple[LinkedCard, ...]:
    """Return the cards of ``link``, with a doubt on each one that a later revision corrected."""
    if link.revision == LAW_REVISION:
        return link.cards
    return tuple(
        card._replace(plan=apply_recalls(card.plan, link.revision, recalls)) for card in link.cards
    )


def generate_link_number() -> bytes:
    """Return a random number for a new link."""
    return token_bytes(NUMBER_BYTES)


def pack(link: Link) -> bytes:
    """Return the bytes of ``link``, without the pad that `Keyring.seal` adds."""
    options = _pack_options(link.language, link.reminders, link.municipality)
    head = LINK_HEAD.pack(link.number, link.revision, *options)
    return b"".join((head, *map(_pack_card, link.cards)))


@lru_cache(maxsize=OPTIONS_CACHE_SIZE)
def _pack_options(language: str, reminders: Reminders, municipality: str) -> tuple[int, int, int]:
    """Return the options and the municipality in two parts, for `LINK_HEAD`."""
    options = language_number(language) << LANGUAGE_SHIFT | reminders << REMINDERS_SHIFT
    return options, *divmod(int(municipality), 1 << 16)


def _pack_card(card: LinkedCard) -> bytes:
    name = card.name.encode()
    packed = card.slot.to_bytes() + pack_plan(card.plan, bool(name))
    return b"".join((packed, len(name).to_bytes(), name)) if name else packed


@lru_cache(maxsize=PLAN_CACHE_SIZE)
def pack_plan(plan: Plan, has_name: bool) -> bytes:
    """Return the flags and the days of a card. They are cached because many cards share a plan."""
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
        if len(others) > MAX_OTHER_DATES:  # A larger count would overflow into other flags.
            raise ValueError(f"{subject}: more than {MAX_OTHER_DATES} other dates")
    for doubt in plan.doubts:  # The card's come first, then the certificate's.
        if doubt.other is None:
            flags |= DOUBT_WITHOUT_DATE[doubt.subject]
        else:
            flags += 1 << OTHER_DATES_SHIFT[doubt.subject]
            days.append(doubt.other)
    return struct.pack(f">{1 + len(days)}H", flags, *((day - EPOCH).days for day in days))


def unpack(content: bytes) -> Link:
    """Return the link that `pack` packed into ``content``.

    Raises `InvalidTokenError` for any other content. Content of a later release must never be read
    as different dates.
    """
    try:
        number, revision, options, high, low = LINK_HEAD.unpack_from(content)
        language, reminders, municipality = _unpack_options(options, high, low)
        cards = tuple(_unpack_cards(content))
    except (KeyError, IndexError, ValueError, struct.error):
        raise InvalidTokenError from None
    if not cards or (len(cards) > 1 and len({card.slot for card in cards}) < len(cards)):
        raise InvalidTokenError
    return Link(number, cards, language, municipality, reminders, revision)


@lru_cache(maxsize=OPTIONS_CACHE_SIZE)
def _unpack_options(options: int, high: int, low: int) -> tuple[str, Reminders, str]:
    """Return the language, the alarms and the municipality. Raises `InvalidTokenError`."""
    if options & SPARE_OPTIONS:
        raise InvalidTokenError
    reminders = Reminders(options >> REMINDERS_SHIFT & REMINDERS_MASK)
    return language_by_number(options >> LANGUAGE_SHIFT), reminders, f"{high << 16 | low:06d}"


def _unpack_cards(content: bytes) -> list[LinkedCard]:
    cards, offset = [], LINK_HEAD.size
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
        cards.append(LinkedCard(plan, name, slot))
        offset = end
    return cards


def _count_days(flags: int) -> int:
    of_card = flags >> OTHER_DATES_SHIFT[Subject.CARD] & OTHER_DATES_MASK
    of_certificate = flags >> OTHER_DATES_SHIFT[Subject.CERTIFICATE] & OTHER_DATES_MASK
    return 2 + of_card + of_certificate


@lru_cache(maxsize=PLAN_CACHE_SIZE)
def unpack_plan(packed: bytes) -> Plan:
    """Return the plan of a card's flags and days. It is cached because many cards share a plan."""
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
