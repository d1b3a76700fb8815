"""The room that texts of calendar events have: titles, and descriptions in every municipality."""

import re
from collections.abc import Iterator
from itertools import product

from calsvc.i18n.calendar_texts import calendar_texts, max_columns
from calsvc.i18n.catalogs import Catalog
from calsvc.i18n.text_width import columns
from calsvc.municipality.model import Municipality
from calsvc.rules.card import Card
from tests.i18n.sample_cards import BUILT_IN, CARDS, CITIES, plan_of

MAX_TITLE_COLUMNS = 36
MAX_WIDE, MAX_LATIN, MAX_WITH_READINGS = 500, 600, 800
"""Columns of a description: 250 full-width characters, 600 others, 400 with their readings."""
TITLE = re.compile(r"event\.\w+\.\w+\.title")
PAGE = "https://calendar.example.jp/c/1AAAA?openExternalBrowser=1"

Found = Iterator[tuple[str, str]]
"""A key and what is expected of it."""


def max_description_columns(catalog: Catalog) -> int:
    """Return the bound of a language, by its script."""
    if catalog.head.has_readings:
        return MAX_WITH_READINGS
    text = catalog.messages["calendar.description"]
    return MAX_WIDE if columns(text) > 1.4 * len(text) else MAX_LATIN


def long_titles(catalog: Catalog) -> Found:
    """Yield each title of an event that is too wide."""
    for key, text in catalog.messages.items():
        if TITLE.fullmatch(key) and columns(text) > MAX_TITLE_COLUMNS:
            yield key, f"at most {MAX_TITLE_COLUMNS} columns; it has {columns(text)}"


def unbounded_descriptions(catalog: Catalog) -> Found:
    """Yield the fault of the bound that a catalog sets itself."""
    most, given = max_description_columns(catalog), catalog.messages["event.max_columns"]
    if not (given.isascii() and given.isdigit() and 0 < int(given) <= most):
        yield "event.max_columns", f"a number of columns, at most {most}"


def long_descriptions(catalog: Catalog) -> Found:
    """Yield a first line without room, and a description too long, in any municipality."""
    most = max_columns(catalog)
    roomy = Catalog(catalog.language, {**catalog.messages, "event.max_columns": "100000"})
    for card, city in product(CARDS, (*CITIES, *BUILT_IN)):
        texts, whole = (_lines(card, city, each) for each in (catalog, roomy))
        for lines, all_lines in zip(texts, whole, strict=True):
            if lines[0] != all_lines[0]:
                width = columns(all_lines[0])
                yield "event.max_columns", f"room for the first line of an event; one has {width}"
                return
            if (width := sum(map(columns, lines))) > most:
                yield "event.max_columns", f"descriptions of at most {most}; one has {width}"
                return


def _lines(card: Card, city: Municipality, catalog: Catalog) -> list[list[str]]:
    """Return the lines of each description without the page's address, which is not counted."""
    texts = calendar_texts(plan_of(card), city, catalog.padded, PAGE)
    return [text.description.removesuffix(PAGE).splitlines() for text in texts]
