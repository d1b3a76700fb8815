"""Writes the names of municipalities in Latin letters: Hepburn, without marks for long vowels."""

import re
from functools import lru_cache

from calsvc.municipality.code_list import COUNTY, Place, place

ROWS = {
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
    for consonant, row in ROWS.items()
    for kana, vowel in zip(row, "aiueo", strict=True)
}
IRREGULAR = {
    **{"シ": "shi", "チ": "chi", "ツ": "tsu", "フ": "fu", "ジ": "ji", "ヂ": "ji", "ヅ": "zu"},
    **{"ヤ": "ya", "ユ": "yu", "ヨ": "yo", "ワ": "wa", "ヲ": "o", "ン": "n"},
}
LETTERS = REGULAR | IRREGULAR
SMALL = {"ャ": "a", "ュ": "u", "ョ": "o"}
DOUBLED = "ッ"
LONG_VOWELS = re.compile(r"(?<=o)[uo]|(?<=yu)u|(?<=shu)u|(?<=chu)u|(?<=ju)u")
SUFFIX = re.compile(r"(シ|ク|チョウ|マチ|ムラ|ソン)$")
COUNTY_KANA, COUNTY_NAME = "グン", "群"
EXCEPTIONS = {"336220": "Shoo-cho", "352161": "Sanyo-Onoda-shi", "382159": "Toon-shi"}
"""Two vowels that meet here belong to two parts of the name, and are written so by these places."""


@lru_cache(maxsize=2048)
def latin_name(code: str) -> str:
    """Return the name of a place such as ``Togo-cho`` or ``Chuo-ku, Sapporo-shi``, or ''."""
    found = place(code)
    if found is None:
        return ""
    if code in EXCEPTIONS:
        return EXCEPTIONS[code]
    city = place(found.within)
    if city is None:
        return _with_suffix(short_kana(found))
    return f"{_with_suffix(found.kana.removeprefix(city.kana))}, {latin_name(city.code)}"


def short_kana(found: Place) -> str:
    """Return the kana without those of the county."""
    if found.short_name == found.name:
        return found.kana
    county = found.name.partition(COUNTY)[0]
    parts = found.kana.split(COUNTY_KANA)
    return COUNTY_KANA.join(parts[1 + county.count(COUNTY_NAME) :])


def _with_suffix(kana: str) -> str:
    suffix = SUFFIX.search(kana)
    if suffix is None or not suffix.start():
        return transliterate(kana).capitalize()
    return f"{transliterate(kana[: suffix.start()]).capitalize()}-{transliterate(suffix[0])}"


def transliterate(kana: str) -> str:
    """Return ``kana`` (full width) in lower-case Latin letters."""
    written = ""
    for sign in kana:
        if sign in SMALL:
            written = _with_small(written, SMALL[sign])
        else:
            written += LETTERS.get(sign, sign)
    doubled = re.sub(f"{DOUBLED}(ch|.)", lambda match: f"{_doubled(match[1])}{match[1]}", written)
    return LONG_VOWELS.sub("", doubled)


def _with_small(written: str, vowel: str) -> str:
    stem = written.removesuffix("i")
    return stem + (vowel if stem.endswith(("sh", "ch", "j")) else f"y{vowel}")


def _doubled(consonants: str) -> str:
    return "t" if consonants == "ch" else consonants[0]
