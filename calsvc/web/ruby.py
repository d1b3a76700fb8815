"""Turns the readings of a catalog into ruby on pages: ``期限(きげん)``.

Calendars, e-mails, JSON and elements that hold text alone keep the brackets.
"""

import re

from calsvc.i18n.catalogs import Catalog

READING_PATTERN = re.compile(r"([一-鿿々]+)\(([ぁ-ゖー]+)\)")
"""Characters and their reading, as in catalogs."""
OUTSIDE_TAGS = r"(?![^<]*(?:>|</(?:title|option|textarea|desc|text)>))"
"""Matches outside tags and outside elements that hold text alone.

Text has no ``>``, because Jinja escapes it.
"""
PAGE_READING_PATTERN = re.compile(READING_PATTERN.pattern + OUTSIDE_TAGS)
RUBY_HTML = r"<ruby>\1<rt>\2</rt></ruby>"
"""Without ``rp``, which current browsers hide and which would add a fifth to a page."""
TYPED_BRACKET = "\ue002"
"""The placeholder of an opening bracket that a person typed. It is no reading."""


def with_ruby(page: str, catalog: Catalog) -> str:
    """Return ``page``, which is escaped HTML, with ruby if the catalog writes readings."""
    if not catalog.head.has_readings:
        return page
    # `str`, because `re` would join with Markup's method, which escapes the ruby.
    return PAGE_READING_PATTERN.sub(RUBY_HTML, str(page)).replace(TYPED_BRACKET, "(")


def protect_brackets(name: str, catalog: Catalog) -> str:
    """Return a typed name in a form that `with_ruby` leaves unchanged."""
    return name.replace("(", TYPED_BRACKET) if catalog.head.has_readings else name


def without_readings(text: str, catalog: Catalog) -> str:
    """Return ``text`` without readings. Labels of pictures have no room for them."""
    return READING_PATTERN.sub(r"\1", text) if catalog.head.has_readings else text
