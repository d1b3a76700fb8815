"""Parses dates in the forms and eras that are common in Japan."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from calsvc.errors import InvalidDateError

MAX_DATE_LENGTH = 40
ISO_LENGTH = len("2020-06-01")


@dataclass(frozen=True)
class Era:
    """A Japanese era with its ``first`` and ``last`` day, both included.

    ``year_one``: the Gregorian year of its year 1.
    """

    name: str
    letter: str
    year_one: int
    first: date
    last: date

    def year_of(self, day: date) -> int:
        """Return the year of ``day`` in this era. Its first year is 1."""
        return day.year - self.year_one + 1

    def __contains__(self, day: date) -> bool:
        """Return True if ``day`` may be written with this era."""
        return self.first <= day <= self.last


# 1912-07-30 and 1926-12-25 belong to two eras, because the edicts (詔書) changed it on that day.
# The two later changes took effect at midnight (昭和64年政令第1号; 平成31年政令第143号).
# Meiji begins with its year 6. Before that, Japan had a lunisolar calendar (太政官布告第337号).
ERAS = (
    Era("明治", "M", 1868, date(1873, 1, 1), date(1912, 7, 30)),
    Era("大正", "T", 1912, date(1912, 7, 30), date(1926, 12, 25)),
    Era("昭和", "S", 1926, date(1926, 12, 25), date(1989, 1, 7)),
    Era("平成", "H", 1989, date(1989, 1, 8), date(2019, 4, 30)),
    Era("令和", "R", 2019, date(2019, 5, 1), date.max),
)
ERA_BY_NAME = {key: era for era in ERAS for key in (era.name, era.name[0], era.letter)}
ERA_BY_CODE = {str(code): era for code, era in enumerate(ERAS, start=1)}
"""The number of an era in the resident registers (住民基本台帳): 3600423 is 昭和60年4月23日."""

# Characters that Japanese keyboards and spreadsheets put in place of a hyphen or point, after NFKC.
SEPARATORS = str.maketrans(dict.fromkeys("‐‑‒–—―−ー", "-") | dict.fromkeys("・·•", "."))

_MONTH_AND_DAY = (
    r"(?:\s*年\s*(?P<m1>[0-9]{1,2})\s*月\s*(?P<d1>[0-9]{1,2})\s*日"
    r"|\s*(?P<separator>[-/.])\s*(?P<m2>[0-9]{1,2})\s*(?P=separator)\s*(?P<d2>[0-9]{1,2}))"
)
_DIGITS = r"(?P<m1>[0-9]{2})(?P<d1>[0-9]{2})"
_ERA = r"(?P<era>" + "|".join(sorted(ERA_BY_NAME, key=len, reverse=True)) + r")\s*\.?\s*"
GREGORIAN_PATTERN = re.compile(r"(?P<year>[0-9]{4})" + _MONTH_AND_DAY)
GREGORIAN_DIGITS_PATTERN = re.compile(r"(?P<year>[1-9][0-9]{3})" + _DIGITS)
ERA_PATTERN = re.compile(_ERA + r"(?P<year>[0-9]{1,3}|元)" + _MONTH_AND_DAY)
ERA_DIGITS_PATTERN = re.compile(_ERA + r"(?P<year>[0-9]{2})" + _DIGITS)
ERA_CODE_PATTERN = re.compile(r"0?(?P<code>[1-5])(?P<year>[0-9]{2})" + _DIGITS)
DATE_PATTERNS = (
    GREGORIAN_PATTERN,
    GREGORIAN_DIGITS_PATTERN,
    ERA_PATTERN,
    ERA_DIGITS_PATTERN,
    ERA_CODE_PATTERN,
)
SLASHES_PATTERN = re.compile(r"([0-9]{4})/([0-9]{1,2})/([0-9]{1,2})")
"""A form of `GREGORIAN_PATTERN`, which `_parse_common_form` matches first."""

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
ENGLISH_PATTERN = re.compile(
    r"(?P<day>[0-9]{1,2})[-/\s]\s*(?P<month>" + "|".join(MONTHS) + r")[A-Z]*[-/\s,]\s*"
    r"(?P<year>[0-9]{4}|[0-9]{2})"
)
SHORT_YEAR_PATTERN = re.compile(r"(?P<year>[0-9]{1,2})" + _MONTH_AND_DAY)
SIX_DIGITS_PATTERN = re.compile(r"(?P<year>[0-9]{2})" + _DIGITS)
MAX_YEAR = 2049
"""The last possible year. So a year of two digits above 49 belongs to the 1900s."""

WEEKDAYS = "月火水木金土日"
_WEEKDAY = rf"\s*(?:\((?P<in>[{WEEKDAYS}])(?:曜日?)?\)|(?P<after>[{WEEKDAYS}])曜日?)"
WEEKDAY_PATTERN = re.compile(rf"(?P<date>.*[0-9日]){_WEEKDAY}", re.DOTALL)
BIRTH_SUFFIX_PATTERN = re.compile(r"\s*(?:生まれ|生れ|生)\Z")
BOTH_YEARS_PATTERN = re.compile(
    r"(?P<one>[^()]+?)年?\s*\((?P<other>[^()]+?)年?\)\s*(?P<rest>年?.+)", re.DOTALL
)


def parse_date(text: str) -> date:
    """Parse one date in any form that is common in Japan.

    Gregorian: ``2020-06-01``, ``2020/6/1``, ``2020.6.1``, ``2020年6月1日``, ``20200601``.
    With an era, Meiji to Reiwa: ``令和2年6月1日``, ``令和元年5月1日``, ``令2.6.1``, ``R2・6・1``,
    ``r020601``, and with its number in registers: ``5020601``.
    With a weekday or 生 at the end, with both years (``昭和60年(1985年)4月23日``), and in English
    (``23-Apr-1985``). Full-width characters are equal to half-width ones.

    Raises `InvalidDateError` with one of these keys:
    ``date.unreadable``: no known form.
    ``date.no_such_day``: a day that does not exist.
    ``date.other_era`` (params ``era``, ``letter``, ``year``): a day of another era.
    ``date.before_1873``: a day before Japan adopted the Gregorian calendar.
    ``date.two_digit_year`` (params ``one``, ``other``): a year of two digits with two readings.
    ``date.years_differ``, ``date.other_weekday``: a text that contradicts itself.
    """
    return _parse_common_form(text) or _parse_any_form(text)


def _parse_common_form(text: str) -> date | None:
    """Parse the two forms of most tables quickly. Return None for any other text.

    `_parse_any_form` parses the others, and raises the error.
    """
    try:
        if len(text) == ISO_LENGTH and text[4] == text[7] == "-":
            return date.fromisoformat(text)
        if match := SLASHES_PATTERN.fullmatch(text):
            return date(*map(int, match.groups()))
    except ValueError:
        return None
    return None


def _parse_any_form(text: str) -> date:
    plain = (
        unicodedata.normalize("NFKC", text[: MAX_DATE_LENGTH + 1])
        .translate(SEPARATORS)
        .strip()
        .upper()
    )
    if len(text) > MAX_DATE_LENGTH:
        raise InvalidDateError("date.unreadable")
    return _match_patterns(plain) or _parse_annotated(BIRTH_SUFFIX_PATTERN.sub("", plain))


def _match_patterns(plain: str) -> date | None:
    """Return the date in ``plain`` if one of `DATE_PATTERNS` matches, else None."""
    matches = (pattern.fullmatch(plain) for pattern in DATE_PATTERNS)
    match = next(filter(None, matches), None)
    if match is None:
        return None
    parts = match.groupdict()
    era = ERA_BY_NAME.get(parts.get("era") or "") or ERA_BY_CODE.get(parts.get("code") or "")
    year = 1 if parts["year"] == "元" else int(parts["year"])
    month, day = _month_and_day(parts)
    if era is None:
        return _gregorian_date(year, month, day)
    result = _era_date(era, year, month, day)
    if match.re is ERA_CODE_PATTERN and (other := _gregorian_without_zeros(plain)):
        raise InvalidDateError("date.two_digit_year", one=result, other=other)
    return result


def _gregorian_without_zeros(digits: str) -> date | None:
    """Return the date of digits without a zero, such as ``2020612``, or None for other digits."""
    if len(digits) != len("2020612") or digits[:2] != "20" or int(digits[:4]) > MAX_YEAR:
        return None
    year = int(digits[:4])
    first = _date_or_none(_gregorian_date, year, int(digits[4]), int(digits[5:]))
    return first or _date_or_none(_gregorian_date, year, int(digits[4:6]), int(digits[6]))


def _parse_annotated(plain: str) -> date:
    """Parse a date with a weekday, with both years, or in English. Raises `InvalidDateError`."""
    if match := WEEKDAY_PATTERN.fullmatch(plain):
        return _check_weekday(
            _parse_annotated(match["date"].strip()), match["in"] or match["after"]
        )
    if match := BOTH_YEARS_PATTERN.fullmatch(plain):
        return _parse_both_years(match)
    if match := ENGLISH_PATTERN.fullmatch(plain):
        return _parse_english(match)
    if day := _match_patterns(plain):
        return day
    raise _error_for_unknown_form(plain)


def _check_weekday(day: date, weekday: str) -> date:
    if WEEKDAYS[day.weekday()] != weekday:
        raise InvalidDateError("date.other_weekday")
    return day


def _month_and_day(parts: Mapping[str, str | None]) -> tuple[int, int]:
    return int(parts["m1"] or parts.get("m2") or 0), int(parts["d1"] or parts.get("d2") or 0)


def _parse_both_years(match: re.Match[str]) -> date:
    """Parse ``昭和60年(1985年)4月23日`` with each of its years, which must agree."""
    rest = match["rest"]
    joint = "" if rest.startswith("年") else "年"
    days = {_parse_annotated(f"{match[each]}{joint}{rest}") for each in ("one", "other")}
    if len(days) > 1:
        raise InvalidDateError("date.years_differ")
    return days.pop()


def _parse_english(match: re.Match[str]) -> date:
    month, day = MONTHS.index(match["month"]) + 1, int(match["day"])
    if len(match["year"]) == len("1985"):
        return _gregorian_date(int(match["year"]), month, day)
    year = int(match["year"])
    if 2000 + year > MAX_YEAR:
        return _gregorian_date(1900 + year, month, day)
    readings = _gregorian_date(1900 + year, month, day), _gregorian_date(2000 + year, month, day)
    raise InvalidDateError("date.two_digit_year", one=readings[0], other=readings[1])


def _error_for_unknown_form(plain: str) -> InvalidDateError:
    """Return the error for an unknown form. A year of two digits has two readings in its params."""
    match = SHORT_YEAR_PATTERN.fullmatch(plain) or SIX_DIGITS_PATTERN.fullmatch(plain)
    if match is None:
        return InvalidDateError("date.unreadable")
    year, (month, day) = int(match["year"]), _month_and_day(match.groupdict())
    eras = [_date_or_none(_era_date, era, year, month, day) for era in reversed(ERAS[2:])]
    recent = [each for each in eras if each and each.year <= MAX_YEAR]
    centuries = (1900, 2000) if 2000 + year > MAX_YEAR else (2000, 1900)
    gregorian = [_date_or_none(_gregorian_date, each + year, month, day) for each in centuries]
    days = dict.fromkeys(each for each in (*recent, *gregorian) if each)
    if len(days) < 2:  # noqa: PLR2004 - one reading is no choice
        return InvalidDateError("date.unreadable")
    one, other, *_ = days
    return InvalidDateError("date.two_digit_year", one=one, other=other)


def _date_or_none(build: Callable[..., date], *parts: object) -> date | None:
    try:
        return build(*parts)
    except InvalidDateError:
        return None


def _gregorian_date(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise InvalidDateError("date.no_such_day") from None


def _era_date(era: Era, year: int, month: int, day: int) -> date:
    if year == 0:
        raise InvalidDateError("date.no_such_day")
    result = _gregorian_date(era.year_one + year - 1, month, day)
    if result not in era:
        actual_era = era_of(result)
        raise InvalidDateError(
            "date.other_era",
            era=actual_era.name,
            letter=actual_era.letter,
            year=actual_era.year_of(result),
        )
    return result


def era_of(day: date) -> Era:
    """Return the era of ``day``. On the day of the change in 1912 or 1926, it is the new one.

    Raises `InvalidDateError` (``date.before_1873``) for a day before the Gregorian calendar.
    """
    for era in reversed(ERAS):
        if day in era:
            return era
    raise InvalidDateError("date.before_1873")
