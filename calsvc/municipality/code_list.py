"""Knows every municipality of Japan and every ward of a designated city by its code."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

NATIONAL = "000000"
"""Stands for no municipality in particular: what is said holds for all of Japan."""
PREFECTURE_DIGITS, CODE_DIGITS = 2, 6
CODE = re.compile("[0-9]{5,6}")
COUNTY, OF_COUNTIES = "郡", ("町", "村")


class Place(NamedTuple):
    """A municipality or a ward.

    ``code``: six digits. ``within``: the code of a ward's city, or ''. ``name`` and ``kana`` of a
    ward begin with those of its city, and those of a town or village with its county. ``url``: the
    home page, or ''.
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
        if not self.name.endswith(OF_COUNTIES):  # 大和郡山市 and 蒲郡市 are in no county
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
def places() -> Mapping[str, Place]:
    """Return every place by its code, in the order of the codes."""
    rows = _rows("municipalities.tsv")
    next(rows)  # the header
    return {row[0]: Place(*row) for row in rows}


def _rows(name: str) -> Iterator[list[str]]:
    text = (files("calsvc.municipality") / "data" / name).read_text("utf-8")
    return (line.split("\t") for line in text.splitlines() if not line.startswith("#"))


def place(code: str) -> Place | None:
    """Return the place with that code, or none."""
    return places().get(code)


@cache
def prefectures() -> tuple[Prefecture, ...]:
    """Return the 47 prefectures, in the order of their numbers."""
    return tuple(Prefecture(*row) for row in _rows("prefectures.tsv"))


def prefecture_of(code: str) -> Prefecture:
    """Return the prefecture of the place with that code. Raises `KeyError` if there is none."""
    return _prefectures_by_number()[code[:PREFECTURE_DIGITS]]


@cache
def _prefectures_by_number() -> Mapping[str, Prefecture]:
    return {each.number: each for each in prefectures()}


@cache
def shared_names() -> frozenset[str]:
    """Return the names that several places bear."""
    borne = Counter(each.short_name for each in places().values())
    return frozenset(name for name, times in borne.items() if times > 1)


def in_prefecture(number: str) -> tuple[Place, ...]:
    """Return the municipalities of a prefecture, without wards of designated cities."""
    return tuple(
        each for each in places().values() if each.code.startswith(number) and not each.within
    )


@cache
def wards_by_city() -> Mapping[str, tuple[Place, ...]]:
    """Return the wards of each designated city, by the city's code."""
    cities = dict.fromkeys(each.within for each in places().values() if each.within)
    return {
        city: tuple(each for each in places().values() if each.within == city) for city in cities
    }


def wards(code: str) -> tuple[Place, ...]:
    """Return the wards of the designated city with that code; none for any other place."""
    return wards_by_city().get(code, ())


def read_code(text: str) -> str:
    """Return the code that ``text`` gives in any width, or ''.

    A spreadsheet takes the leading zero away, and some lists leave out the check digit. Five digits
    count if they can be read in one way alone.
    """
    digits = unicodedata.normalize("NFKC", text).strip()
    if not CODE.fullmatch(digits):
        return ""
    if len(digits) == CODE_DIGITS:
        return digits if digits in places() else ""
    readings = {f"0{digits}", f"{digits}{check_digit(digits)}"} & places().keys()
    return readings.pop() if len(readings) == 1 else ""


def home_page(code: str) -> str:
    """Return the home page of a place, or that of a ward's city, or ''."""
    found = place(code)
    if found is None:
        return ""
    return found.url or home_page(found.within)
