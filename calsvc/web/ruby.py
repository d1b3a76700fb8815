"""Sets the readings of a catalog above their characters: ``期限(きげん)`` becomes ruby on pages.

Calendars, mails, JSON and what cannot hold elements keep the brackets.
"""

import re

from calsvc.i18n.catalogs import Catalog

READING = re.compile(r"([一-鿿々]+)\(([ぁ-ゖー]+)\)")
"""Characters and their reading as catalogs write it."""
IN_TEXT = r"(?![^<]*(?:>|</(?:title|option|textarea|desc|text)>))"
"""Follows what is no part of a tag, nor of an element that holds text alone.

A ``>`` stands in no text, because Jinja escapes it.
"""
ON_PAGE = re.compile(READING.pattern + IN_TEXT)
RUBY = r"<ruby>\1<rt>\2</rt></ruby>"
"""Without ``rp``, which every browser of today hides, and which takes a fifth of a page."""
TYPED = "\ue002"
"""Stands for an opening bracket that somebody typed, until the page is made."""


def with_ruby(page: str, catalog: Catalog) -> str:
    """Returns ``page``, which is escaped HTML, with ruby if the catalog writes readings."""
    if not catalog.head.has_readings:
        return page
    # Of markupsafe's strings, `re` would escape the ruby, because it joins by their method.
    return ON_PAGE.sub(RUBY, str(page)).replace(TYPED, "(")


def as_typed(name: str, catalog: Catalog) -> str:
    """Returns a name so that `with_ruby` leaves it as somebody typed it."""
    return name.replace("(", TYPED) if catalog.head.has_readings else name


def without_readings(text: str, catalog: Catalog) -> str:
    """Returns ``text`` for labels of pictures, which are too narrow for readings."""
    return READING.sub(r"\1", text) if catalog.head.has_readings else text
