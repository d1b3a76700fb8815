"""The cards of one link, and the short names by which a household tells them apart."""

import unicodedata
from typing import NamedTuple

from calsvc.errors import CalsvcError
from calsvc.rules.card import Card

MAX_CARDS = 10
MAX_NAME_LENGTH = 20
"""In characters."""
JOINERS = "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}"
FILLERS = "\u115f\u1160\u3164\uffa0"
"""Letters that show nothing."""
UNWANTED = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}


class Member(NamedTuple):
    """A card of a household and the short name by which it is known there, or ''."""

    card: Card
    name: str = ""


class NameTooLongError(CalsvcError):
    """A name of more than `MAX_NAME_LENGTH` characters."""


def clean_name(text: str) -> str:
    """The name without control and bidirectional characters, line breaks and needless spaces.

    Variant forms (﨑, 髙, ideographic variation sequences) and joined emoji stay as they are.
    Raises `NameTooLongError`.
    """
    kept = "".join(" " if _is_break(char) else char for char in text if _is_wanted(char))
    name = unicodedata.normalize("NFC", " ".join(kept.split())).strip(f"{JOINERS} ")
    if len(name) > MAX_NAME_LENGTH:
        raise NameTooLongError
    return name


def _is_break(char: str) -> bool:
    return char in "\t\n\r\v\f\x85" or unicodedata.category(char) in {"Zl", "Zp", "Zs"}


def _is_wanted(char: str) -> bool:
    if char in JOINERS or _is_break(char):
        return True
    return char not in FILLERS and unicodedata.category(char) not in UNWANTED
