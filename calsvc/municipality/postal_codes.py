"""Finds the municipalities of a postal code."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from calsvc.municipality.code_list import Place, check_digit, places

POSTAL_CODE = re.compile(r"〒?\s*([0-9]{3})[-‐‑–—―−ー\s]*([0-9]{4})")
DIGITS = 7


def read_postal_code(text: str) -> str:
    """Return the seven digits of a postal code in half or full width, or ''."""
    found = POSTAL_CODE.fullmatch(unicodedata.normalize("NFKC", text).strip())
    return found[1] + found[2] if found else ""


def places_of(postal_code: str) -> tuple[Place, ...]:
    """Return the places that a postal code of seven digits lies in; most lie in one.

    A code that is not in use leads to the places of its neighbours, or to none.
    """
    for length in range(DIGITS, 0, -1):
        if codes := _prefixes().get(postal_code[:length]):
            return tuple(places()[f"{code}{check_digit(code)}"] for code in codes)
    return ()


@cache
def _prefixes() -> Mapping[str, tuple[str, ...]]:
    """Return the shortest beginnings of postal codes that leave no choice, and their places."""
    text = (files("calsvc.municipality") / "data" / "postal_codes.tsv").read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    return {prefix: tuple(codes.split()) for prefix, codes in rows}
