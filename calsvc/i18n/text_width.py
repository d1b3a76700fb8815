"""The width of texts in columns of a fixed-width screen, and the selection of lines that fit."""

import unicodedata
from collections.abc import Callable, Iterable


def width_in_columns(text: str) -> int:
    """Return the width of ``text`` in columns: full-width characters count two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def select_fitting_lines(
    lines: Iterable[str], max_columns: int, measure: Callable[[str], int] = width_in_columns
) -> list[str]:
    """Return ``lines`` in their order without those for which no columns are left."""
    selected = []
    for line in lines:
        width = measure(line)
        if width <= max_columns:
            selected.append(line)
            max_columns -= width
    return selected
