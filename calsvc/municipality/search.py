"""Finds a municipality or a prefecture by its name, its kana or its name in Latin letters."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from calsvc.municipality.code_list import Place, Prefecture, place, places, prefectures
from calsvc.municipality.romaji import latin_name, short_kana, transliterate

MAX_RESULTS = 40
MAX_QUERY = 40
"""Characters of a query that count."""
HIRAGANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}
IGNORED = re.compile(r"[\s\-・,、'’.()\uFE00-\uFE0F\U000E0100-\U000E01EF]+")
"""Variation selectors are among these: some input methods put one behind 葛 or 辻."""
BETWEEN_WORDS = re.compile(r"[\s,、]+")
CODE = re.compile(r"[0-9]{6}")
SUFFIXES = re.compile(
    "(市|区|町|村|シ|ク|チョウ|マチ|ムラ|ソン|shi|ku|cho|machi|mura|son|city|ward|town)$"
)
KINDS = re.compile("[市区町村]$")
VOWELS = {"ā": "a", "ī": "i", "ū": "u", "ē": "e", "ō": "o", "â": "a", "î": "i", "û": "u", "ô": "o"}
MARKED = str.maketrans(VOWELS)
VARIANTS = str.maketrans("ヶヵ龍檮惠竈檜鰺曾條驒蘆", "ケカ竜梼恵釜桧鯵曽条騨芦")
"""Letters of which residents write one and lists of municipalities the other."""
PREFECTURE = re.compile("(県|府|都)$")
PREFECTURE_KANA = re.compile("(ケン|フ|ト)$")
LONG = re.compile(r"(?<=o)[uoh](?=[^aiueoy]|$)|(?<=u)u")


class Entry(NamedTuple):
    """A place and the spellings that it is found by, each normalized.

    ``context``: its prefecture, which counts beside another word alone.
    """

    place: Place
    spellings: tuple[str, ...]
    context: tuple[str, ...]


def find(query: str, allowed: frozenset[str] | None = None) -> tuple[Place, ...]:
    """Return the places that ``query`` may mean, the best first, at most `MAX_RESULTS`.

    A name without 市, 区, 町 or 村 is found too, several words where all of them match, and the
    place that an address begins with.
    ``allowed``: the codes that count; none: all.
    """
    wanted = normalize(query[:MAX_QUERY])
    if not wanted:
        return ()
    if CODE.fullmatch(wanted) and (exact := place(wanted)):
        return (exact,) if allowed is None or exact.code in allowed else ()
    entries = [each for each in _index() if allowed is None or each.place.code in allowed]
    ranked = _by_rank(entries, lambda each: _rank(wanted, each.spellings))
    words = [*filter(None, map(normalize, BETWEEN_WORDS.split(query[:MAX_QUERY])))]
    if not ranked and len(words) > 1:
        ranked = _by_rank(entries, lambda each: _rank_of_words(words, each))
    return tuple(ranked[:MAX_RESULTS]) or _place_of_address(wanted, entries)


def _by_rank(entries: Iterable[Entry], rank: Callable[[Entry], int | None]) -> list[Place]:
    found = [(ranked, each.place) for each in entries if (ranked := rank(each)) is not None]
    return [each for _, each in sorted(found, key=lambda pair: (pair[0], pair[1].code))]


def _place_of_address(wanted: str, entries: Iterable[Entry]) -> tuple[Place, ...]:
    """Return the places whose name is the longest that ``wanted`` begins with.

    So a former ward, or a street, leads to its city.
    """
    named = [
        (len(spelling), each.place)
        for each in entries
        for spelling in each.spellings
        if wanted.startswith(spelling) and KINDS.search(spelling)
    ]
    longest = max((length for length, _ in named), default=0)
    return tuple(dict.fromkeys(found for length, found in named if length == longest))


def find_prefecture(query: str) -> Prefecture | None:
    """Return the prefecture that ``query`` names, or none."""
    return _prefectures().get(normalize(query[:MAX_QUERY]))


@cache
def _prefectures() -> Mapping[str, Prefecture]:
    """Return the prefectures by their normalized spellings."""
    return {name: each for each in prefectures() for name in _prefecture_spellings(each)}


def _prefecture_spellings(prefecture: Prefecture) -> Iterator[str]:
    name = prefecture.name
    yield from map(normalize, (name, PREFECTURE.sub("", name), prefecture.latin, prefecture.kana))
    yield normalize(PREFECTURE_KANA.sub("", prefecture.kana))


def find_exactly(query: str, allowed: frozenset[str]) -> Place | None:
    """Return the one place that ``query`` names by its code or whole name, or none."""
    wanted = normalize(query[:MAX_QUERY])
    exact = [
        each for each in find(query, allowed) if each.code == wanted or _is_named(each, wanted)
    ]
    return exact[0] if len(exact) == 1 else None


def _is_named(found: Place, wanted: str) -> bool:
    return wanted in _spellings(found)


def normalize(text: str) -> str:
    """Return ``text`` as it is compared: NFKC, katakana, lower case, without marks and spaces."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(MARKED)
    written = folded.translate(HIRAGANA).translate(VARIANTS)
    return LONG.sub("", IGNORED.sub("", written))


def _rank(wanted: str, spellings: tuple[str, ...]) -> int | None:
    """Return 0 for the whole name, 1 without its kind, 2 for its beginning, 3 for a part."""
    ranks = [rank for each in spellings if (rank := _rank_of(wanted, each)) is not None]
    return min(ranks, default=None)


def _rank_of_words(words: Sequence[str], entry: Entry) -> int | None:
    """Return the sum of the ranks of all words, or none if one does not match."""
    ranks = [_rank(each, (*entry.spellings, *entry.context)) for each in words]
    known = [rank for rank in ranks if rank is not None]
    return sum(known) if len(known) == len(words) else None


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
    context = {each.name: tuple(_prefecture_spellings(each)) for each in prefectures()}
    return tuple(
        Entry(each, tuple(_spellings(each)), context[each.prefecture]) for each in places().values()
    )


def _spellings(found: Place) -> Iterator[str]:
    names = {found.short_name, found.name, f"{found.prefecture}{found.name}"}
    kana = {short_kana(found), found.kana}
    city = place(found.within)
    if city is not None:
        names.add(found.name.removeprefix(city.name))
        kana.add(found.kana.removeprefix(city.kana))
    latin = {latin_name(found.code), *map(transliterate, kana)}
    yield from dict.fromkeys(map(normalize, sorted(names | kana | latin)))
