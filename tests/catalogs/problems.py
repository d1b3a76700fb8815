"""Checks of a catalog: ``python -m tests.catalogs`` prints the problems, and tests expect none."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta

from calsvc.i18n.catalogs import Catalog
from calsvc.i18n.languages import NameScript
from calsvc.web.ruby import READING_PATTERN as RUBY_PATTERN
from tests.catalogs.glossary import forbidden_words
from tests.catalogs.placeholders import placeholders
from tests.catalogs.problem import CatalogProblem
from tests.catalogs.text_limits import (
    Violations,
    invalid_max_columns,
    long_descriptions,
    long_titles,
)
from tests.catalogs.used_keys import is_used, literal_keys

BRACKETED_KANA_PATTERN = re.compile(r"\([ぁ-ゖー]+\)")
HALF_WIDTH_PATTERN = re.compile(r"[()~]|: \{")
WORD_COUNTS = {"date.weekdays": 7, "date.padded.weekdays": 7, "date.months": 12}
SAMPLE_DAYS = (
    *(date(2026, 9, 28) + timedelta(days=step) for step in range(140)),
    *(date(1, 1, 1), date(9999, 12, 31)),
)
"""All weekdays, months with short and long names, days of one and two digits, extreme years."""


# --- keys and placeholders ------------------------------------------------------------------------


def missing_keys(catalog: Catalog, model: Catalog) -> Violations:
    """Yield the keys of the Japanese catalog or of the code that the catalog lacks."""
    for key in sorted({*model.messages, *literal_keys()} - {*catalog.messages}):
        yield key, "a text; the key is missing"


def unused_keys(catalog: Catalog, model: Catalog) -> Violations:
    """Yield the keys that no code uses."""
    for key in catalog.messages:
        if key not in model.messages or not is_used(key):
            yield key, "no such key; no code asks for it"


def empty_texts(catalog: Catalog, _model: Catalog) -> Violations:
    """Yield the keys without a text."""
    for key, text in catalog.messages.items():
        if not text.strip():
            yield key, "a text; it is empty"


def other_placeholders(catalog: Catalog, model: Catalog) -> Violations:
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


def invalid_dates(catalog: Catalog) -> Violations:
    """Yield the problems of weekdays, months and padded dates."""
    wrong_counts = [
        (key, f"{number} words with a space between each two")
        for key, number in WORD_COUNTS.items()
        if len(catalog.messages[key].split(" ")) != number
    ]
    yield from wrong_counts
    if not wrong_counts:
        yield from _unequal_dates(catalog.padded)


def _unequal_dates(padded: Catalog) -> Violations:
    texts = [padded.format_date(day) for day in SAMPLE_DAYS]
    if len({tuple(len(letter.encode()) for letter in text) for text in texts}) > 1:
        yield "date.padded.format", "dates of equally many characters and bytes"
    if len({*texts}) < len(texts):
        yield "date.padded.format", "another text for each day"


def misplaced_readings(catalog: Catalog) -> Violations:
    """Yield the texts with kana in brackets that do not follow kanji."""
    if catalog.head.has_readings:
        for key, text in catalog.messages.items():
            if BRACKETED_KANA_PATTERN.search(RUBY_PATTERN.sub("々", text)):
                yield key, "each reading in ( ) directly after its characters"


def half_width_punctuation(catalog: Catalog) -> Violations:
    """Yield the texts with half-width punctuation between full-width characters."""
    if catalog.head.name_script is not NameScript.LATIN and not catalog.head.has_readings:
        for key, text in catalog.messages.items():
            if HALF_WIDTH_PATTERN.search(text):
                yield key, "full-width （）：〜"


def forbidden_translations(catalog: Catalog) -> Violations:
    """Yield the texts with a word that the glossary forbids."""
    for word in forbidden_words(catalog.language):
        for key, text in catalog.messages.items():
            if word in text:
                yield key, f"another word than “{word}” (docs/translating.md)"


# --- all of them ----------------------------------------------------------------------------------

COMPARING_CHECKS: Sequence[Callable[[Catalog, Catalog], Violations]] = (
    *(missing_keys, unused_keys, empty_texts, other_placeholders),
)
SINGLE_CHECKS: Sequence[Callable[[Catalog], Violations]] = (
    *(invalid_dates, misplaced_readings, half_width_punctuation, forbidden_translations),
    *(long_titles, invalid_max_columns),
)


def find_problems(catalog: Catalog, model: Catalog) -> Iterator[CatalogProblem]:
    """Yield the problems of a catalog. ``model``: the Japanese catalog.

    Descriptions are composed only if no text has a problem, because composing would raise.
    """
    problems = [each for check in COMPARING_CHECKS for each in check(catalog, model)]
    if not _has_missing_keys(problems):
        problems += [each for check in SINGLE_CHECKS for each in check(catalog)]
    if not problems:
        problems += long_descriptions(catalog)
    yield from (CatalogProblem(f"{catalog.language}.po", *each) for each in problems)


def _has_missing_keys(problems: Sequence[tuple[str, str]]) -> bool:
    return any("missing" in expected for _, expected in problems)
