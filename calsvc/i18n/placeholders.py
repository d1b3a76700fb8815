"""Placeholders that outlive the first formatting, because many events differ only in their days."""

import re
from collections.abc import Iterable

START_MARK, END_MARK = "\ue000", "\ue001"
"""Private-use characters in place of braces, because no text of a catalog contains them."""
PLACEHOLDER_PATTERN = re.compile(f"{START_MARK}.*?{END_MARK}")


def placeholder(name: str) -> str:
    """Return a placeholder to insert into a text in place of a day or a URL."""
    return f"{START_MARK}{name}{END_MARK}"


def placeholders(names: Iterable[str]) -> dict[str, str]:
    """Return a placeholder for each of ``names``, by name."""
    return {name: placeholder(name) for name in names}


def fill_placeholders(text: str, value: str) -> str:
    """Return ``text`` with ``value`` in every placeholder, to measure its width."""
    return PLACEHOLDER_PATTERN.sub(value, text)


def to_format_string(text: str) -> str:
    """Convert ``text`` into a format string of `str.format_map`. Other braces are escaped."""
    escaped = text.replace("{", "{{").replace("}", "}}")
    return escaped.replace(START_MARK, "{").replace(END_MARK, "}")
