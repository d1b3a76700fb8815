"""Measures texts in the columns of a fixed-width screen, and keeps those that fit."""

import unicodedata
from collections.abc import Callable, Iterable


def columns(text: str) -> int:
    """Returns the width of ``text``: two for a full-width character, one for any other."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def fitting(lines: Iterable[str], most: int, measure: Callable[[str], int] = columns) -> list[str]:
    """Returns ``lines`` in their order without those for which no room is left."""
    found = []
    for line in lines:
        width = measure(line)
        if width <= most:
            found.append(line)
            most -= width
    return found
