"""Finds the municipalities of a postal code."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from calsvc.municipality.code_list import Place, all_places, check_digit

POSTAL_CODE_PATTERN = re.compile(r"〒?\s*([0-9]{3})[-‐‑–—―−ー\s]*([0-9]{4})")
POSTAL_CODE_DIGITS = 7


def parse_postal_code(text: str) -> str:
    """Return the seven digits of the postal code in ``text``, in half or full width, or ''."""
    match = POSTAL_CODE_PATTERN.fullmatch(unicodedata.normalize("NFKC", text).strip())
    return match[1] + match[2] if match else ""


def find_by_postal_code(postal_code: str) -> tuple[Place, ...]:
    """Return the places of a postal code of seven digits. Most codes belong to one place.

    An unused code gives the places of the codes with the same first digits, or none.
    """
    for length in range(POSTAL_CODE_DIGITS, 0, -1):
        if codes := _prefixes().get(postal_code[:length]):
            return tuple(all_places()[f"{code}{check_digit(code)}"] for code in codes)
    return ()


@cache
def _prefixes() -> Mapping[str, tuple[str, ...]]:
    """Return the shortest prefixes of postal codes that determine the places, and these places."""
    text = (files("calsvc.municipality") / "data" / "postal_codes.tsv").read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    return {prefix: tuple(codes.split()) for prefix, codes in rows}
