"""Finds the faults of a catalog: ``python -m tests.catalogs`` prints them, and tests find none."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta

from calsvc.i18n.catalogs import Catalog
from calsvc.i18n.languages import Names
from calsvc.web.ruby import READING
from tests.catalogs.asked_keys import is_asked, keys_in_code
from tests.catalogs.bounds import (
    Found,
    long_descriptions,
    long_titles,
    unbounded_descriptions,
)
from tests.catalogs.fault import Fault
from tests.catalogs.glossary import never_words
from tests.catalogs.placeholders import placeholders

KANA_IN_BRACKETS = re.compile(r"\([ぁ-ゖー]+\)")
HALF_WIDTH = re.compile(r"[()~]|: \{")
NUMBERS_OF_WORDS = {"date.weekdays": 7, "date.padded.weekdays": 7, "date.months": 12}
SOME_DAYS = (
    *(date(2026, 9, 28) + timedelta(days=step) for step in range(140)),
    *(date(1, 1, 1), date(9999, 12, 31)),
)
"""Every weekday, every month but summer's with days of one and of two digits, and the ends."""


# --- keys and placeholders ------------------------------------------------------------------------


def missing_keys(catalog: Catalog, model: Catalog) -> Found:
    """Yield the keys of the Japanese catalog, or of the code, that ``catalog`` lacks."""
    for key in sorted({*model.messages, *keys_in_code()} - {*catalog.messages}):
        yield key, "a text; the key is missing"


def unused_keys(catalog: Catalog, model: Catalog) -> Found:
    """Yield the keys for which no code asks."""
    for key in catalog.messages:
        if key not in model.messages or not is_asked(key):
            yield key, "no such key; no code asks for it"


def empty_texts(catalog: Catalog, _model: Catalog) -> Found:
    """Yield the keys without a text."""
    for key, text in catalog.messages.items():
        if not text.strip():
            yield key, "a text; it is empty"


def other_placeholders(catalog: Catalog, model: Catalog) -> Found:
    """Yield the texts whose placeholders differ from those of the Japanese text."""
    for key, text in catalog.messages.items():
        expected = placeholders(model.messages.get(key, text))
        try:
            is_right = placeholders(text) == expected
        except ValueError:
            is_right = False
        if not is_right:
            named = " ".join(f"{{{name}}}" for name in sorted(expected))
            yield key, f"these placeholders: {named or 'none'}"


# --- dates, readings, punctuation, names ----------------------------------------------------------


def odd_dates(catalog: Catalog) -> Found:
    """Yield the faults of weekdays, months and padded dates."""
    wrong = [
        (key, f"{number} words with a space between each two")
        for key, number in NUMBERS_OF_WORDS.items()
        if len(catalog.messages[key].split(" ")) != number
    ]
    yield from wrong
    if not wrong:
        yield from _unequal_dates(catalog.padded)


def _unequal_dates(padded: Catalog) -> Found:
    said = [padded.day(day) for day in SOME_DAYS]
    if len({tuple(len(letter.encode()) for letter in each) for each in said}) > 1:
        yield "date.padded.format", "dates of equally many characters and bytes"
    if len({*said}) < len(said):
        yield "date.padded.format", "another text for each day"


def stray_readings(catalog: Catalog) -> Found:
    """Yield the texts with kana in brackets that do not follow characters."""
    if catalog.head.has_readings:
        for key, text in catalog.messages.items():
            if KANA_IN_BRACKETS.search(READING.sub("々", text)):
                yield key, "each reading in ( ) directly after its characters"


def half_width_marks(catalog: Catalog) -> Found:
    """Yield the texts whose punctuation is narrower than the letters around it."""
    if catalog.head.names is not Names.LATIN and not catalog.head.has_readings:
        for key, text in catalog.messages.items():
            if HALF_WIDTH.search(text):
                yield key, "full-width （）：〜"


def other_names(catalog: Catalog) -> Found:
    """Yield the texts that call a thing by a name which the glossary rules out."""
    for word in never_words(catalog.language):
        for key, text in catalog.messages.items():
            if word in text:
                yield key, f"another word than “{word}” (docs/translating.md)"


# --- all of them ----------------------------------------------------------------------------------

COMPARED: Sequence[Callable[[Catalog, Catalog], Found]] = (
    *(missing_keys, unused_keys, empty_texts, other_placeholders),
)
ALONE: Sequence[Callable[[Catalog], Found]] = (
    *(odd_dates, stray_readings, half_width_marks, other_names),
    *(long_titles, unbounded_descriptions),
)


def faults(catalog: Catalog, model: Catalog) -> Iterator[Fault]:
    """Yield each fault of ``catalog``. ``model``: the Japanese catalog.

    Descriptions are composed only if nothing that they need is wrong.
    """
    found = [each for check in COMPARED for each in check(catalog, model)]
    found += [each for check in ALONE for each in check(catalog)] if not _lacks(found) else []
    found += [*long_descriptions(catalog)] if not found else []
    yield from (Fault(f"{catalog.language}.po", *each) for each in found)


def _lacks(found: Sequence[tuple[str, str]]) -> bool:
    return any("missing" in expected for _, expected in found)
