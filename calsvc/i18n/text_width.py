"""The width of texts in columns of a fixed-width screen, and the selection of lines that fit."""

import unicodedata
from collections.abc import Callable, Iterable


def columns(text: str) -> int:
    """Return the width of ``text`` in columns: full-width characters count two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def fitting(lines: Iterable[str], most: int, measure: Callable[[str], int] = columns) -> list[str]:
    """Return ``lines`` in their order without those for which no columns are left."""
    found = []
    for line in lines:
        width = measure(line)
        if width <= most:
            found.append(line)
            most -= width
    return found
