"""Counts the columns that a text takes, as a calendar's grid shows it."""

import unicodedata


def columns(text: str) -> int:
    """Return the width of ``text``: two for a full-width character, one for any other."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
