"""Defines the cards of one link, and cleans the short names that distinguish them."""

import unicodedata
from typing import NamedTuple

from calsvc.errors import CalsvcError
from calsvc.rules.card import Card

MAX_CARDS = 10
MAX_NAME_LENGTH = 20
"""Characters (code points in NFC)."""
ZERO_WIDTH_JOINERS = "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}"
INVISIBLE_LETTERS = "\u115f\u1160\u3164\uffa0"
"""Letters that Unicode does not classify as spaces, but that are invisible."""
REMOVED_CATEGORIES = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
"""Unicode categories: control, format, unassigned, private use, surrogate, line and paragraph
separators. Bidirectional controls (Cf) could reorder the text of a calendar event."""


class NamedCard(NamedTuple):
    """A card and the short name of its holder in the household, or ''."""

    card: Card
    name: str = ""


class NameTooLongError(CalsvcError):
    """A name of more than `MAX_NAME_LENGTH` characters."""


def clean_name(text: str) -> str:
    """Return ``text`` without control characters and line breaks, and with single spaces.

    Variant forms (﨑, 髙, ideographic variation sequences) and joined emoji are unchanged, because
    they are part of a person's name. Raises `NameTooLongError`.
    """
    allowed = "".join(" " if _is_break(char) else char for char in text if _is_allowed(char))
    name = unicodedata.normalize("NFC", " ".join(allowed.split())).strip(f"{ZERO_WIDTH_JOINERS} ")
    if len(name) > MAX_NAME_LENGTH:
        raise NameTooLongError
    return name


def _is_break(char: str) -> bool:
    return char in "\t\n\r\v\f\x85" or unicodedata.category(char) in {"Zl", "Zp", "Zs"}


def _is_allowed(char: str) -> bool:
    if char in ZERO_WIDTH_JOINERS or _is_break(char):
        return True
    return char not in INVISIBLE_LETTERS and unicodedata.category(char) not in REMOVED_CATEGORIES
