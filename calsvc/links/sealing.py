"""Sealed links: cards, encrypted and authenticated, in an address that shows nothing of them.

AES-SIV (RFC 5297) needs no nonce: the same cards give the same link, and any change to a link
makes it fail to open. Layout of what is sealed, version 1: one byte of options (language in the
low four bits, `ALARMS_OFF`), then for each card one byte that says which of the optional dates
follow and whether a name does, the dates (three bytes each, days since 0001-01-01), and the name
(one byte of length, UTF-8).
"""

import base64
import binascii
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from operator import attrgetter
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from calsvc.errors import CalsvcError
from calsvc.i18n.languages import LANGUAGES
from calsvc.parsing.names import Member
from calsvc.rules.card import Card

VERSION = "1"
LANGUAGE_NUMBERS = ("ja", "en", "ja-x-easy", "zh-Hans", "ko", "vi")
"""A language's place is its number in every link ever made: add at the end, never reorder."""
OPTIONAL_DATES = ("issued", "card_expires", "applied", "cert_expires", "stay_until")
"""Likewise."""
DATE_BITS = tuple(1 << place for place in range(len(OPTIONAL_DATES)))
FIELDS = tuple(
    ("born", *(name for name, bit in zip(OPTIONAL_DATES, DATE_BITS, strict=True) if flags & bit))
    for flags in range(1 << len(OPTIONAL_DATES))
)
"""The dates that follow, by which of the optional ones do."""
ALARMS_OFF = 0x10
HAS_NAME = 0x20
DATE_BYTES = 3
ASSOCIATED = [VERSION.encode()]
TOKEN = re.compile(r"1[A-Za-z0-9_-]{20,2000}")


_optional_dates = attrgetter(*OPTIONAL_DATES)


class BadLinkError(CalsvcError):
    """A link that does not open, whatever the reason."""


class Link(NamedTuple):
    """What a link holds: one to ten cards, the language of their calendar, alarms or none."""

    members: tuple[Member, ...]
    lang: str
    alarms: bool = True


class Keyring:
    """Seals links with its first key, opens them with any."""

    def __init__(self, keys: tuple[bytes, ...]) -> None:
        """``keys``: as `calsvc.links.keys.load_keys` gives them."""
        self._ciphers = tuple(AESSIV(key) for key in keys)

    def seal(self, link: Link) -> str:
        """The token of ``link``: letters, digits, ``-`` and ``_``."""
        return VERSION + _text(self._ciphers[0].encrypt(_pack(link), ASSOCIATED))

    def open(self, token: str) -> Link:
        """The link that ``token`` was made from. Raises `BadLinkError`, always the same."""
        return self.open_current(token)[0]

    def open_current(self, token: str) -> tuple[Link, str]:
        """The link that ``token`` was made from, and its token under the key that seals now.

        Raises `BadLinkError`, always the same.
        """
        if not TOKEN.fullmatch(token):
            raise BadLinkError
        sealed = _canonical(token[1:])
        for cipher in self._ciphers:
            with suppress(InvalidTag):
                content = cipher.decrypt(sealed, ASSOCIATED)
                break
        else:
            raise BadLinkError
        link = _unpack(content)
        return link, token if cipher is self._ciphers[0] else self.seal(link)


def _canonical(text: str) -> bytes:
    """The bytes of ``text``; its last character must hold no stray bits."""
    try:
        sealed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        raise BadLinkError from None
    if _text(sealed) != text:
        raise BadLinkError
    return sealed


def _text(sealed: bytes) -> str:
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


def _pack(link: Link) -> bytes:
    options = LANGUAGE_NUMBERS.index(link.lang) | (0 if link.alarms else ALARMS_OFF)
    return b"".join([options.to_bytes(), *map(_pack_member, link.members)])


def _pack_member(member: Member) -> bytes:
    card, name = member
    flags, packed = 0, card.born.toordinal().to_bytes(DATE_BYTES)
    for bit, day in zip(DATE_BITS, _optional_dates(card), strict=True):
        if day is not None:
            flags |= bit
            packed += day.toordinal().to_bytes(DATE_BYTES)
    if not name:
        return flags.to_bytes() + packed
    text = name.encode()
    return (flags | HAS_NAME).to_bytes() + packed + len(text).to_bytes() + text


def _unpack(content: bytes) -> Link:
    try:
        lang = LANGUAGE_NUMBERS[content[0] & ~ALARMS_OFF]
        members = tuple(_unpack_members(content))
    except (IndexError, OverflowError, ValueError):  # made by a later release
        raise BadLinkError from None
    if lang not in LANGUAGES or not members:
        raise BadLinkError
    return Link(members, lang, alarms=not content[0] & ALARMS_OFF)


def _unpack_members(content: bytes) -> Iterator[Member]:
    at = 1
    while at < len(content):
        flags, start = content[at], at + 1
        fields = FIELDS[flags & ~HAS_NAME]
        at = start + DATE_BYTES * len(fields)
        dates = [_day(content[day : day + DATE_BYTES]) for day in range(start, at, DATE_BYTES)]
        name = b""
        if flags & HAS_NAME:
            start, at = at + 1, at + 1 + content[at]
            name = content[start:at]
        if at > len(content):
            raise ValueError
        yield Member(Card(**dict(zip(fields, dates, strict=True))), name.decode())


def _day(packed: bytes) -> date:
    return date.fromordinal(int.from_bytes(packed))
