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
from dataclasses import dataclass
from datetime import date

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from calsvc.errors import CalsvcError
from calsvc.household import Member
from calsvc.rules import Card
from calsvc.texts import LANGUAGES

VERSION = "1"
LANGUAGE_NUMBERS = ("ja", "en", "ja-x-easy", "zh-Hans", "ko", "vi")
"""A language's place is its number in every link ever made: add at the end, never reorder."""
OPTIONAL_DATES = ("issued", "card_expires", "applied", "cert_expires", "stay_until")
"""Likewise."""
LANGUAGE_BITS = 0x0F
ALARMS_OFF = 0x10
HAS_NAME = 0x20
DATE_BYTES = 3
TOKEN = re.compile(r"1[A-Za-z0-9_-]{20,2000}")


class BadLinkError(CalsvcError):
    """A link that does not open, whatever the reason."""


@dataclass(frozen=True)
class Link:
    """What a link holds: one to ten cards, the language of their calendar, alarms or none."""

    members: tuple[Member, ...]
    lang: str
    alarms: bool = True


class Keyring:
    """Seals links with its first key, opens them with any."""

    def __init__(self, keys: tuple[bytes, ...]) -> None:
        """``keys``: as `calsvc.keys.load_keys` gives them."""
        self._ciphers = tuple(AESSIV(key) for key in keys)

    def seal(self, link: Link) -> str:
        """The token of ``link``: letters, digits, ``-`` and ``_``."""
        sealed = self._ciphers[0].encrypt(_pack(link), [VERSION.encode()])
        return VERSION + base64.urlsafe_b64encode(sealed).decode().rstrip("=")

    def open(self, token: str) -> Link:
        """The link that ``token`` was made from. Raises `BadLinkError`, always the same."""
        if not TOKEN.fullmatch(token):
            raise BadLinkError
        sealed = _canonical(token[1:])
        for cipher in self._ciphers:
            try:
                return _unpack(cipher.decrypt(sealed, [VERSION.encode()]))
            except InvalidTag:
                continue
        raise BadLinkError


def _canonical(text: str) -> bytes:
    """The bytes of ``text``; its last character must hold no stray bits."""
    try:
        sealed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        raise BadLinkError from None
    if base64.urlsafe_b64encode(sealed).decode().rstrip("=") != text:
        raise BadLinkError
    return sealed


def _pack(link: Link) -> bytes:
    options = LANGUAGE_NUMBERS.index(link.lang) | (0 if link.alarms else ALARMS_OFF)
    return bytes([options]) + b"".join(_pack_member(each) for each in link.members)


def _pack_member(member: Member) -> bytes:
    given = [getattr(member.card, name) for name in OPTIONAL_DATES]
    flags = sum(1 << place for place, day in enumerate(given) if day is not None)
    dates = [member.card.born, *(day for day in given if day is not None)]
    packed = b"".join(day.toordinal().to_bytes(DATE_BYTES) for day in dates)
    name = member.name.encode()
    if not name:
        return bytes([flags]) + packed
    return bytes([flags | HAS_NAME]) + packed + bytes([len(name)]) + name


def _unpack(content: bytes) -> Link:
    options = content[0]
    lang = dict(enumerate(LANGUAGE_NUMBERS)).get(options & LANGUAGE_BITS)
    if lang not in LANGUAGES:  # made by a later release
        raise BadLinkError
    return Link(
        members=tuple(_unpack_members(content[1:])),
        lang=lang,
        alarms=not options & ALARMS_OFF,
    )


def _unpack_members(content: bytes) -> Iterator[Member]:
    while content:
        flags, content = content[0], content[1:]
        names = [name for place, name in enumerate(OPTIONAL_DATES) if flags & 1 << place]
        dates, content = _unpack_dates(content, ["born", *names])
        name = b""
        if flags & HAS_NAME:
            length = content[0]
            name, content = content[1 : length + 1], content[length + 1 :]
        yield Member(Card(**dates), name.decode())


def _unpack_dates(content: bytes, names: list[str]) -> tuple[dict[str, date], bytes]:
    size = DATE_BYTES * len(names)
    days = [content[at : at + DATE_BYTES] for at in range(0, size, DATE_BYTES)]
    found = [date.fromordinal(int.from_bytes(day)) for day in days]
    return dict(zip(names, found, strict=True)), content[size:]
