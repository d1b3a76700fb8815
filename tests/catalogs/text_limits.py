"""Maximum widths of calendar texts: titles, and descriptions in every municipality."""

import re
from collections.abc import Iterator
from itertools import product

from calsvc.i18n.calendar_texts import build_calendar_texts, max_columns
from calsvc.i18n.catalogs import Catalog
from calsvc.i18n.text_width import width_in_columns
from calsvc.municipality.model import Municipality
from calsvc.rules.card import Card
from tests.i18n.sample_cards import BUILT_IN, CARDS, CITIES, plan_of

MAX_TITLE_COLUMNS = 36
MAX_WIDE_COLUMNS, MAX_LATIN_COLUMNS, MAX_COLUMNS_WITH_READINGS = 500, 600, 800
"""Columns of a description: 250 full-width characters, 600 Latin ones, 400 with readings."""
TITLE_PATTERN = re.compile(r"event\.\w+\.\w+\.title")
PAGE_URL = "https://calendar.example.jp/c/1AAAA?openExternalBrowser=1"

Violations = Iterator[tuple[str, str]]
"""Keys, each with the expectation that its text violates."""


def max_description_columns(catalog: Catalog) -> int:
    """Return the maximum for a language, by its script."""
    if catalog.head.has_readings:
        return MAX_COLUMNS_WITH_READINGS
    text = catalog.messages["calendar.description"]
    return MAX_WIDE_COLUMNS if width_in_columns(text) > 1.4 * len(text) else MAX_LATIN_COLUMNS


def long_titles(catalog: Catalog) -> Violations:
    """Yield the titles of events that are too wide."""
    for key, text in catalog.messages.items():
        if TITLE_PATTERN.fullmatch(key) and width_in_columns(text) > MAX_TITLE_COLUMNS:
            yield key, f"at most {MAX_TITLE_COLUMNS} columns; it has {width_in_columns(text)}"


def invalid_max_columns(catalog: Catalog) -> Violations:
    """Yield the key of the catalog's own maximum if it is not a valid number."""
    maximum, text = max_description_columns(catalog), catalog.messages["event.max_columns"]
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= maximum):
        yield "event.max_columns", f"a number of columns, at most {maximum}"


def long_descriptions(catalog: Catalog) -> Violations:
    """Yield the first description that is too long or lacks its first line, if there is one."""
    maximum = max_columns(catalog)
    unlimited = Catalog(catalog.language, {**catalog.messages, "event.max_columns": "100000"})
    for card, municipality in product(CARDS, (*CITIES, *BUILT_IN)):
        texts, whole = (_lines(card, municipality, each) for each in (catalog, unlimited))
        for lines, all_lines in zip(texts, whole, strict=True):
            if lines[0] != all_lines[0]:
                width = width_in_columns(all_lines[0])
                yield "event.max_columns", f"room for the first line of an event; one has {width}"
                return
            if (width := sum(map(width_in_columns, lines))) > maximum:
                yield "event.max_columns", f"descriptions of at most {maximum}; one has {width}"
                return


def _lines(card: Card, municipality: Municipality, catalog: Catalog) -> list[list[str]]:
    """Return the lines of each description without the page's URL, which does not count."""
    texts = build_calendar_texts(plan_of(card), municipality, catalog.padded, PAGE_URL)
    return [text.description.removesuffix(PAGE_URL).splitlines() for text in texts]
