"""Transliterates names of municipalities: Hepburn, without marks for long vowels."""

import re
from functools import lru_cache

from calsvc.municipality.code_list import COUNTY, Place, find_place

KANA_ROWS = {
    "": "アイウエオ",
    "k": "カキクケコ",
    "s": "サシスセソ",
    "t": "タチツテト",
    "n": "ナニヌネノ",
    "h": "ハヒフヘホ",
    "m": "マミムメモ",
    "r": "ラリルレロ",
    "g": "ガギグゲゴ",
    "z": "ザジズゼゾ",
    "d": "ダヂヅデド",
    "b": "バビブベボ",
    "p": "パピプペポ",
}
REGULAR = {
    kana: consonant + vowel
    for consonant, row in KANA_ROWS.items()
    for kana, vowel in zip(row, "aiueo", strict=True)
}
IRREGULAR = {
    **{"シ": "shi", "チ": "chi", "ツ": "tsu", "フ": "fu", "ジ": "ji", "ヂ": "ji", "ヅ": "zu"},
    **{"ヤ": "ya", "ユ": "yu", "ヨ": "yo", "ワ": "wa", "ヲ": "o", "ン": "n"},
}
LATIN_BY_KANA = REGULAR | IRREGULAR
SMALL_KANA = {"ャ": "a", "ュ": "u", "ョ": "o"}
SOKUON = "ッ"
LONG_VOWELS_PATTERN = re.compile(r"(?<=o)[uo]|(?<=yu)u|(?<=shu)u|(?<=chu)u|(?<=ju)u")
SUFFIX_PATTERN = re.compile(r"(シ|ク|チョウ|マチ|ムラ|ソン)$")
COUNTY_KANA, COUNTY_NAME = "グン", "群"
EXCEPTIONS = {"336220": "Shoo-cho", "352161": "Sanyo-Onoda-shi", "382159": "Toon-shi"}
"""Names with two adjacent vowels from two parts of the name, as these places spell them."""


@lru_cache(maxsize=2048)
def latin_name(code: str) -> str:
    """Return the name of a place such as ``Togo-cho`` or ``Chuo-ku, Sapporo-shi``, or ''."""
    place = find_place(code)
    if place is None:
        return ""
    if code in EXCEPTIONS:
        return EXCEPTIONS[code]
    city = find_place(place.within)
    if city is None:
        return _with_suffix(short_kana(place))
    return f"{_with_suffix(place.kana.removeprefix(city.kana))}, {latin_name(city.code)}"


def short_kana(place: Place) -> str:
    """Return the kana of the name without its county."""
    if place.short_name == place.name:
        return place.kana
    county = place.name.partition(COUNTY)[0]
    parts = place.kana.split(COUNTY_KANA)
    return COUNTY_KANA.join(parts[1 + county.count(COUNTY_NAME) :])


def _with_suffix(kana: str) -> str:
    suffix = SUFFIX_PATTERN.search(kana)
    if suffix is None or not suffix.start():
        return transliterate(kana).capitalize()
    return f"{transliterate(kana[: suffix.start()]).capitalize()}-{transliterate(suffix[0])}"


def transliterate(kana: str) -> str:
    """Return ``kana`` (full width) in Latin letters, in lower case."""
    written = ""
    for kana_sign in kana:
        if kana_sign in SMALL_KANA:
            written = _with_small(written, SMALL_KANA[kana_sign])
        else:
            written += LATIN_BY_KANA.get(kana_sign, kana_sign)
    doubled = re.sub(f"{SOKUON}(ch|.)", lambda match: f"{_doubled(match[1])}{match[1]}", written)
    return LONG_VOWELS_PATTERN.sub("", doubled)


def _with_small(written: str, vowel: str) -> str:
    stem = written.removesuffix("i")
    return stem + (vowel if stem.endswith(("sh", "ch", "j")) else f"y{vowel}")


def _doubled(consonants: str) -> str:
    return "t" if consonants == "ch" else consonants[0]
