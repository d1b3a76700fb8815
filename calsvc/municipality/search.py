"""Finds a municipality or a prefecture by its name, its kana or its name in Latin letters."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from calsvc.municipality.code_list import Place, Prefecture, all_places, find_place, prefectures
from calsvc.municipality.romaji import latin_name, short_kana, transliterate

MAX_RESULTS = 40
MAX_QUERY_LENGTH = 40
"""Characters. The rest of a longer query is ignored."""
HIRAGANA_TO_KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}
IGNORED_PATTERN = re.compile(r"[\s\-・,、'’.()\uFE00-\uFE0F\U000E0100-\U000E01EF]+")
"""Spaces, punctuation and variation selectors, which some input methods add to 葛 or 辻."""
WORD_SEPARATOR_PATTERN = re.compile(r"[\s,、]+")
CODE_PATTERN = re.compile(r"[0-9]{6}")
SUFFIX_PATTERN = re.compile(
    "(市|区|町|村|シ|ク|チョウ|マチ|ムラ|ソン|shi|ku|cho|machi|mura|son|city|ward|town)$"
)
KIND_PATTERN = re.compile("[市区町村]$")
VOWELS = {"ā": "a", "ī": "i", "ū": "u", "ē": "e", "ō": "o", "â": "a", "î": "i", "û": "u", "ô": "o"}
UNMARKED_VOWELS = str.maketrans(VOWELS)
VARIANT_LETTERS = str.maketrans("ヶヵ龍檮惠竈檜鰺曾條驒蘆", "ケカ竜梼恵釜桧鯵曽条騨芦")
"""Letters that residents write, and the variants that lists of municipalities contain."""
PREFECTURE_PATTERN = re.compile("(県|府|都)$")
PREFECTURE_KANA_PATTERN = re.compile("(ケン|フ|ト)$")
LONG_VOWEL_PATTERN = re.compile(r"(?<=o)[uoh](?=[^aiueoy]|$)|(?<=u)u")


class SearchEntry(NamedTuple):
    """A place and its spellings, normalized.

    ``context``: spellings of its prefecture, which only match together with another word.
    """

    place: Place
    spellings: tuple[str, ...]
    context: tuple[str, ...]


def find_places(query: str, allowed: frozenset[str] | None = None) -> tuple[Place, ...]:
    """Return the places that match ``query``, best match first, at most `MAX_RESULTS`.

    ``query``: a code, a name, several words or an address. 市, 区, 町 or 村 may be omitted. All
    words must match. ``allowed``: the codes of possible results, or None for all.
    """
    normalized = normalize(query[:MAX_QUERY_LENGTH])
    if not normalized:
        return ()
    if CODE_PATTERN.fullmatch(normalized) and (exact := find_place(normalized)):
        return (exact,) if allowed is None or exact.code in allowed else ()
    entries = [each for each in _index() if allowed is None or each.place.code in allowed]
    ranked = _by_rank(entries, lambda each: _rank(normalized, each.spellings))
    words = [*filter(None, map(normalize, WORD_SEPARATOR_PATTERN.split(query[:MAX_QUERY_LENGTH])))]
    if not ranked and len(words) > 1:
        ranked = _by_rank(entries, lambda each: _rank_of_words(words, each))
    return tuple(ranked[:MAX_RESULTS]) or _place_of_address(normalized, entries)


def _by_rank(
    entries: Iterable[SearchEntry], rank: Callable[[SearchEntry], int | None]
) -> list[Place]:
    ranked = [(key, each.place) for each in entries if (key := rank(each)) is not None]
    return [each for _, each in sorted(ranked, key=lambda pair: (pair[0], pair[1].code))]


def _place_of_address(normalized: str, entries: Iterable[SearchEntry]) -> tuple[Place, ...]:
    """Return the places with the longest name that ``normalized`` begins with.

    So the address of a former ward or a street leads to its city.
    """
    named = [
        (len(spelling), each.place)
        for each in entries
        for spelling in each.spellings
        if normalized.startswith(spelling) and KIND_PATTERN.search(spelling)
    ]
    longest = max((length for length, _ in named), default=0)
    return tuple(dict.fromkeys(place for length, place in named if length == longest))


def find_prefecture(query: str) -> Prefecture | None:
    """Return the prefecture that ``query`` names, or None."""
    return _prefectures().get(normalize(query[:MAX_QUERY_LENGTH]))


@cache
def _prefectures() -> Mapping[str, Prefecture]:
    """Return the prefectures by their normalized spellings."""
    return {name: each for each in prefectures() for name in _prefecture_spellings(each)}


def _prefecture_spellings(prefecture: Prefecture) -> Iterator[str]:
    name = prefecture.name
    yield from map(
        normalize, (name, PREFECTURE_PATTERN.sub("", name), prefecture.latin, prefecture.kana)
    )
    yield normalize(PREFECTURE_KANA_PATTERN.sub("", prefecture.kana))


def find_exact_place(query: str, allowed: frozenset[str]) -> Place | None:
    """Return the only place with ``query`` as its code or whole name, or None."""
    normalized = normalize(query[:MAX_QUERY_LENGTH])
    exact = [
        each
        for each in find_places(query, allowed)
        if each.code == normalized or _is_named(each, normalized)
    ]
    return exact[0] if len(exact) == 1 else None


def _is_named(place: Place, normalized: str) -> bool:
    return normalized in _spellings(place)


def normalize(text: str) -> str:
    """Return ``text`` for comparison: NFKC, katakana, lower case, without marks and spaces."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(UNMARKED_VOWELS)
    written = folded.translate(HIRAGANA_TO_KATAKANA).translate(VARIANT_LETTERS)
    return LONG_VOWEL_PATTERN.sub("", IGNORED_PATTERN.sub("", written))


def _rank(normalized: str, spellings: tuple[str, ...]) -> int | None:
    """Return the rank of the best spelling, or None.

    0: the whole name. 1: the name without a suffix such as 市. 2: a prefix. 3: a substring.
    """
    ranks = [rank for each in spellings if (rank := _rank_of(normalized, each)) is not None]
    return min(ranks, default=None)


def _rank_of_words(words: Sequence[str], entry: SearchEntry) -> int | None:
    """Return the sum of the ranks of all words, or None if one does not match."""
    ranks = [_rank(each, (*entry.spellings, *entry.context)) for each in words]
    known = [rank for rank in ranks if rank is not None]
    return sum(known) if len(known) == len(words) else None


def _rank_of(normalized: str, spelling: str) -> int | None:
    if spelling == normalized:
        return 0
    if SUFFIX_PATTERN.sub("", spelling) == SUFFIX_PATTERN.sub("", normalized):
        return 1
    if spelling.startswith(normalized):
        return 2
    return 3 if len(normalized) > 1 and normalized in spelling else None


@cache
def _index() -> tuple[SearchEntry, ...]:
    context = {each.name: tuple(_prefecture_spellings(each)) for each in prefectures()}
    return tuple(
        SearchEntry(each, tuple(_spellings(each)), context[each.prefecture])
        for each in all_places().values()
    )


def _spellings(place: Place) -> Iterator[str]:
    names = {place.short_name, place.name, f"{place.prefecture}{place.name}"}
    kana = {short_kana(place), place.kana}
    city = find_place(place.within)
    if city is not None:
        names.add(place.name.removeprefix(city.name))
        kana.add(place.kana.removeprefix(city.kana))
    latin = {latin_name(place.code), *map(transliterate, kana)}
    yield from dict.fromkeys(map(normalize, sorted(names | kana | latin)))
