"""The glossary of ``docs/translating.md``: preferred and forbidden words of each language."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from tests.support.paths import ROOT

PAGE = ROOT / "docs" / "translating.md"
SECTION = re.compile(r"^### `([\w-]+)`.*\n((?:(?!#).*\n)*)", re.MULTILINE)
ROW = re.compile(r"^\| ([^|]+) \| ([^|]+) \| ([^|]*) ?\|$", re.MULTILINE)
BETWEEN = " / "


class Term(NamedTuple):
    """An official Japanese term, its translations in one language, and forbidden translations."""

    term: str
    ours: Sequence[str]
    never: Sequence[str]


@cache
def glossary() -> Mapping[str, Sequence[Term]]:
    """Parse the terms of each language, by its tag."""
    return {tag: _terms(table) for tag, table in SECTION.findall(PAGE.read_text("utf-8"))}


def _terms(table: str) -> list[Term]:
    rows = ROW.findall(table)[1:]
    return [Term(term, _words(ours), _words(never)) for term, ours, never in rows]


def _words(cell: str) -> list[str]:
    return [word for word in cell.strip().split(BETWEEN) if word]


def never_words(language: str) -> list[str]:
    """Return the words that are forbidden in texts of ``language``."""
    return [word for term in glossary().get(language, ()) for word in term.never]
