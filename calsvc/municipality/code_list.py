"""Lists every municipality of Japan and every ward of a designated city by its code."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

NATIONAL = "000000"
"""The code of the national profile, for links that belong to no municipality."""
PREFECTURE_DIGITS, CODE_DIGITS = 2, 6
CODE_PATTERN = re.compile("[0-9]{5,6}")
COUNTY, OF_COUNTIES = "郡", ("町", "村")


class Place(NamedTuple):
    """A municipality or a ward of a designated city.

    ``code``: six digits. ``within``: the code of a ward's city, or ''. ``url``: the home page, or
    ''. ``name`` and ``kana`` begin with those of the city (for a ward) or county (for a town or
    village).
    """

    code: str
    within: str
    prefecture: str
    name: str
    kana: str
    url: str

    @property
    def short_name(self) -> str:
        """The name without the county of a town or village."""
        if not self.name.endswith(OF_COUNTIES):  # The 郡 of 大和郡山市 and 蒲郡市 is no county.
            return self.name
        return self.name.partition(COUNTY)[2] or self.name


class Prefecture(NamedTuple):
    """A prefecture. ``number``: the two digits that its codes begin with (JIS X 0401)."""

    number: str
    name: str
    latin: str
    kana: str


def check_digit(digits: str) -> str:
    """Return the sixth digit of a municipality's code for the first five.

    Source: 総務省, 全国地方公共団体コード仕様 (weights 6 to 2, modulus 11).
    """
    weighted = zip(map(int, digits), range(6, 1, -1), strict=True)
    return str((11 - sum(digit * weight for digit, weight in weighted) % 11) % 10)


@cache
def all_places() -> Mapping[str, Place]:
    """Return all places by their codes, in the order of the codes."""
    rows = _rows("municipalities.tsv")
    next(rows)  # the header
    return {row[0]: Place(*row) for row in rows}


def _rows(name: str) -> Iterator[list[str]]:
    text = (files("calsvc.municipality") / "data" / name).read_text("utf-8")
    return (line.split("\t") for line in text.splitlines() if not line.startswith("#"))


def find_place(code: str) -> Place | None:
    """Return the place with ``code``, or None."""
    return all_places().get(code)


@cache
def prefectures() -> tuple[Prefecture, ...]:
    """Return the 47 prefectures, in the order of their numbers."""
    return tuple(Prefecture(*row) for row in _rows("prefectures.tsv"))


def prefecture_of(code: str) -> Prefecture:
    """Return the prefecture of the place with ``code``. Raises `KeyError` if there is none."""
    return _prefectures_by_number()[code[:PREFECTURE_DIGITS]]


@cache
def _prefectures_by_number() -> Mapping[str, Prefecture]:
    return {each.number: each for each in prefectures()}


@cache
def shared_names() -> frozenset[str]:
    """Return the names that several places have."""
    counts = Counter(each.short_name for each in all_places().values())
    return frozenset(name for name, count in counts.items() if count > 1)


def places_in_prefecture(number: str) -> tuple[Place, ...]:
    """Return the municipalities of the prefecture ``number``, without wards."""
    return tuple(
        each for each in all_places().values() if each.code.startswith(number) and not each.within
    )


@cache
def wards_by_city() -> Mapping[str, tuple[Place, ...]]:
    """Return the wards of all designated cities, by the code of the city."""
    cities = dict.fromkeys(each.within for each in all_places().values() if each.within)
    return {
        city: tuple(each for each in all_places().values() if each.within == city)
        for city in cities
    }


def wards(code: str) -> tuple[Place, ...]:
    """Return the wards of the designated city with ``code``. Any other place has none."""
    return wards_by_city().get(code, ())


def parse_code(text: str) -> str:
    """Return the six digits of the code in ``text``, in half or full width, or ''.

    Spreadsheets remove the leading zero, and some lists have no check digit. So five digits are
    accepted if only one of these two readings is the code of a place.
    """
    digits = unicodedata.normalize("NFKC", text).strip()
    if not CODE_PATTERN.fullmatch(digits):
        return ""
    if len(digits) == CODE_DIGITS:
        return digits if digits in all_places() else ""
    readings = {f"0{digits}", f"{digits}{check_digit(digits)}"} & all_places().keys()
    return readings.pop() if len(readings) == 1 else ""


def find_home_page(code: str) -> str:
    """Return the home page of a place, or that of a ward's city, or ''."""
    place = find_place(code)
    if place is None:
        return ""
    return place.url or find_home_page(place.within)
