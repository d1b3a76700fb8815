"""Keeps texts with blanks for days, because many events differ in their days alone."""

import re
from collections.abc import Iterable

OPENED, CLOSED = "\ue000", "\ue001"
"""Stand for the braces of a blank while a text is made; in no text, because private."""
BLANK = re.compile(f"{OPENED}.*?{CLOSED}")


def blank(name: str) -> str:
    """Returns a blank, to be filled into a text in place of a day."""
    return f"{OPENED}{name}{CLOSED}"


def blanks(names: Iterable[str]) -> dict[str, str]:
    """Returns a blank for each name, to be filled into a text in place of a day."""
    return {name: blank(name) for name in names}


def filled_for_measuring(text: str, day: str) -> str:
    """Returns ``text`` with ``day`` in every blank."""
    return BLANK.sub(day, text)


def as_format(text: str) -> str:
    """Returns ``text`` for `str.format_map`, which fills its blanks. Other braces are doubled."""
    doubled = text.replace("{", "{{").replace("}", "}}")
    return doubled.replace(OPENED, "{").replace(CLOSED, "}")
