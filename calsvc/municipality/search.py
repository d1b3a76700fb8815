"""Finds a municipality by its name, its kana or its name in Latin letters."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from calsvc.municipality.code_list import Place, place, places
from calsvc.municipality.romaji import latin_name, short_kana, transliterate

MAX_RESULTS = 40
MAX_QUERY = 40
"""Characters of a query that count."""
HIRAGANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}
IGNORED = re.compile(r"[\s\-・,、'’.()]+")
CODE = re.compile(r"[0-9]{6}")
SUFFIXES = re.compile(
    "(市|区|町|村|シ|ク|チョウ|マチ|ムラ|ソン|shi|ku|cho|machi|mura|son|city|ward|town)$"
)
VOWELS = {"ā": "a", "ī": "i", "ū": "u", "ē": "e", "ō": "o", "â": "a", "î": "i", "û": "u", "ô": "o"}
MARKED = str.maketrans(VOWELS)
LONG = re.compile(r"(?<=o)[uoh](?=[^aiueoy]|$)|(?<=u)u")


class Entry(NamedTuple):
    """A place and the spellings that it is found by, each normalized."""

    place: Place
    spellings: tuple[str, ...]


def find(query: str, allowed: frozenset[str] | None = None) -> tuple[Place, ...]:
    """Returns the places that ``query`` may mean, the best first, at most `MAX_RESULTS`.

    A name without 市, 区, 町 or 村 is found too. ``allowed``: the codes that count; none: all.
    """
    wanted = normalize(query[:MAX_QUERY])
    if not wanted:
        return ()
    if CODE.fullmatch(wanted) and (exact := place(wanted)):
        return (exact,) if allowed is None or exact.code in allowed else ()
    ranked = sorted(
        (rank, entry.place.code)
        for entry in _index()
        if (allowed is None or entry.place.code in allowed)
        and (rank := _rank(wanted, entry.spellings)) is not None
    )
    return tuple(places()[code] for _, code in ranked[:MAX_RESULTS])


def find_exactly(query: str, allowed: frozenset[str]) -> Place | None:
    """Returns the one place that ``query`` names by its code or whole name, or none."""
    wanted = normalize(query[:MAX_QUERY])
    exact = [
        each for each in find(query, allowed) if each.code == wanted or _is_named(each, wanted)
    ]
    return exact[0] if len(exact) == 1 else None


def _is_named(found: Place, wanted: str) -> bool:
    return wanted in _spellings(found)


def normalize(text: str) -> str:
    """Returns ``text`` as it is compared: NFKC, katakana, lower case, without marks and spaces."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(MARKED)
    return LONG.sub("", IGNORED.sub("", folded.translate(HIRAGANA)))


def _rank(wanted: str, spellings: tuple[str, ...]) -> int | None:
    """Returns 0 for the whole name, 1 without its kind, 2 for its beginning, 3 for a part."""
    ranks = [rank for each in spellings if (rank := _rank_of(wanted, each)) is not None]
    return min(ranks, default=None)


def _rank_of(wanted: str, spelling: str) -> int | None:
    if spelling == wanted:
        return 0
    if SUFFIXES.sub("", spelling) == SUFFIXES.sub("", wanted):
        return 1
    if spelling.startswith(wanted):
        return 2
    return 3 if len(wanted) > 1 and wanted in spelling else None


@cache
def _index() -> tuple[Entry, ...]:
    return tuple(Entry(each, tuple(_spellings(each))) for each in places().values())


def _spellings(found: Place) -> Iterator[str]:
    names = {found.short_name, found.name, f"{found.prefecture}{found.name}"}
    kana = {short_kana(found), found.kana}
    city = place(found.within)
    if city is not None:
        names.add(found.name.removeprefix(city.name))
        kana.add(found.kana.removeprefix(city.kana))
    latin = {latin_name(found.code), *map(transliterate, kana)}
    yield from dict.fromkeys(map(normalize, sorted(names | kana | latin)))
