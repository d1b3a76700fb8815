"""Placeholders that outlive the first formatting, because many events differ only in their days."""

import re
from collections.abc import Iterable

OPENED, CLOSED = "\ue000", "\ue001"
"""Private-use characters in place of braces, because no text of a catalog contains them."""
BLANK = re.compile(f"{OPENED}.*?{CLOSED}")


def blank(name: str) -> str:
    """Return a placeholder to insert into a text in place of a day or a URL."""
    return f"{OPENED}{name}{CLOSED}"


def blanks(names: Iterable[str]) -> dict[str, str]:
    """Return a placeholder for each of ``names``, by name."""
    return {name: blank(name) for name in names}


def filled_for_measuring(text: str, day: str) -> str:
    """Return ``text`` with ``day`` in every placeholder, to measure its width."""
    return BLANK.sub(day, text)


def as_format(text: str) -> str:
    """Convert ``text`` into a format string of `str.format_map`. Other braces are escaped."""
    doubled = text.replace("{", "{{").replace("}", "}}")
    return doubled.replace(OPENED, "{").replace(CLOSED, "}")
