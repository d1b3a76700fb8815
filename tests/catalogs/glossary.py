"""The glossary of ``docs/translating.md``: preferred and forbidden words of each language."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from tests.support.paths import ROOT

GLOSSARY_PAGE = ROOT / "docs" / "translating.md"
SECTION_PATTERN = re.compile(r"^### `([\w-]+)`.*\n((?:(?!#).*\n)*)", re.MULTILINE)
ROW_PATTERN = re.compile(r"^\| ([^|]+) \| ([^|]+) \| ([^|]*) ?\|$", re.MULTILINE)
SEPARATOR = " / "


class GlossaryTerm(NamedTuple):
    """An official Japanese term, its translations in one language, and forbidden translations."""

    term: str
    preferred: Sequence[str]
    forbidden: Sequence[str]


@cache
def load_glossary() -> Mapping[str, Sequence[GlossaryTerm]]:
    """Parse the terms of each language, by its tag."""
    return {
        tag: _parse_terms(table)
        for tag, table in SECTION_PATTERN.findall(GLOSSARY_PAGE.read_text("utf-8"))
    }


def _parse_terms(table: str) -> list[GlossaryTerm]:
    rows = ROW_PATTERN.findall(table)[1:]
    return [
        GlossaryTerm(term, _split_cell(preferred), _split_cell(forbidden))
        for term, preferred, forbidden in rows
    ]


def _split_cell(cell: str) -> list[str]:
    return [word for word in cell.strip().split(SEPARATOR) if word]


def forbidden_words(language: str) -> list[str]:
    """Return the words that are forbidden in texts of ``language``."""
    return [word for term in load_glossary().get(language, ()) for word in term.forbidden]
