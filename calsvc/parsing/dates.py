"""Reads dates as Japanese people write them, in all forms and eras."""

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
    """A Japanese era: its ``first`` and ``last`` day, both included, and the year counted as 1."""

    name: str
    letter: str
    year_one: int
    first: date
    last: date

    def year_of(self, day: date) -> int:
        """The era's year in which ``day`` falls, 1 for its first."""
        return day.year - self.year_one + 1

    def __contains__(self, day: date) -> bool:
        """Whether ``day`` may bear this era's name."""
        return self.first <= day <= self.last


# 1912-07-30 and 1926-12-25 bear either name: the edicts (詔書) changed the era from that same day.
# The two later changes took effect at midnight (昭和64年政令第1号; 平成31年政令第143号).
# Meiji begins here with its year 6: until then Japan counted by the moon (太政官布告第337号).
ERAS = (
    Era("明治", "M", 1868, date(1873, 1, 1), date(1912, 7, 30)),
    Era("大正", "T", 1912, date(1912, 7, 30), date(1926, 12, 25)),
    Era("昭和", "S", 1926, date(1926, 12, 25), date(1989, 1, 7)),
    Era("平成", "H", 1989, date(1989, 1, 8), date(2019, 4, 30)),
    Era("令和", "R", 2019, date(2019, 5, 1), date.max),
)
ERA_NAMED = {key: era for era in ERAS for key in (era.name, era.name[0], era.letter)}
ERA_CODED = {str(code): era for code, era in enumerate(ERAS, start=1)}
"""The number of an era in the resident registers (住民基本台帳): 3600423 is 昭和60年4月23日."""

# What Japanese keyboards and spreadsheets put where a hyphen or a point is meant, after NFKC.
SEPARATORS = str.maketrans(dict.fromkeys("‐‑‒–—―−ー", "-") | dict.fromkeys("・·•", "."))

_MONTH_AND_DAY = (
    r"(?:\s*年\s*(?P<m1>[0-9]{1,2})\s*月\s*(?P<d1>[0-9]{1,2})\s*日"
    r"|\s*(?P<separator>[-/.])\s*(?P<m2>[0-9]{1,2})\s*(?P=separator)\s*(?P<d2>[0-9]{1,2}))"
)
_DIGITS = r"(?P<m1>[0-9]{2})(?P<d1>[0-9]{2})"
_ERA = r"(?P<era>" + "|".join(sorted(ERA_NAMED, key=len, reverse=True)) + r")\s*\.?\s*"
WESTERN = re.compile(r"(?P<year>[0-9]{4})" + _MONTH_AND_DAY)
WESTERN_DIGITS = re.compile(r"(?P<year>[1-9][0-9]{3})" + _DIGITS)
JAPANESE = re.compile(_ERA + r"(?P<year>[0-9]{1,3}|元)" + _MONTH_AND_DAY)
JAPANESE_DIGITS = re.compile(_ERA + r"(?P<year>[0-9]{2})" + _DIGITS)
CODED = re.compile(r"0?(?P<code>[1-5])(?P<year>[0-9]{2})" + _DIGITS)
FORMS = (WESTERN, WESTERN_DIGITS, JAPANESE, JAPANESE_DIGITS, CODED)
WITH_SLASHES = re.compile(r"([0-9]{4})/([0-9]{1,2})/([0-9]{1,2})")
"""What is `WESTERN`, too."""

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
ENGLISH = re.compile(
    r"(?P<day>[0-9]{1,2})[-/\s]\s*(?P<month>" + "|".join(MONTHS) + r")[A-Z]*[-/\s,]\s*"
    r"(?P<year>[0-9]{4}|[0-9]{2})"
)
TWO_DIGITS = re.compile(r"(?P<year>[0-9]{1,2})" + _MONTH_AND_DAY)
TWO_DIGITS_ALONE = re.compile(r"(?P<year>[0-9]{2})" + _DIGITS)
LAST_YEAR = 2049
"""No date on a card lies later, so that two digits above 49 are of the last century."""

WEEKDAYS = "月火水木金土日"
_WEEKDAY = rf"\s*(?:\((?P<in>[{WEEKDAYS}])(?:曜日?)?\)|(?P<after>[{WEEKDAYS}])曜日?)"
NAMED_DAY = re.compile(rf"(?P<date>.*[0-9日]){_WEEKDAY}", re.DOTALL)
BORN = re.compile(r"\s*(?:生まれ|生れ|生)\Z")
TWO_YEARS = re.compile(
    r"(?P<one>[^()]+?)年?\s*\((?P<other>[^()]+?)年?\)\s*(?P<rest>年?.+)", re.DOTALL
)


def parse_date(text: str) -> date:
    """Read one date in any form that is common in Japan.

    Western: ``2020-06-01``, ``2020/6/1``, ``2020.6.1``, ``2020年6月1日``, ``20200601``.
    With an era, Meiji to Reiwa: ``令和2年6月1日``, ``令和元年5月1日``, ``令2.6.1``, ``R2・6・1``,
    ``r020601``, and with its number in registers ``5020601``. With a weekday or 生 behind it, with
    both years as ``昭和60年(1985年)4月23日``, and as ``23-Apr-1985``.
    Full-width characters count as the plain ones.

    Raises `InvalidDateError`: ``date.unreadable`` for another form, ``date.no_such_day`` for a day
    that no calendar has, ``date.other_era`` (params ``era``, ``letter``, ``year``) for a day that
    lies in another era than the one written, ``date.before_1873`` for a day before the Gregorian
    calendar came to Japan, ``date.two_digit_year`` (params ``one``, ``other``) for a year of two
    digits that may be either, ``date.years_differ`` and ``date.other_weekday`` where a text
    contradicts itself.
    """
    return _parse_plain(text) or _parse_written(text)


def _parse_plain(text: str) -> date | None:
    """Read the two forms of most tables, fast. `_parse_written` tells what is wrong with others."""
    try:
        if len(text) == ISO_LENGTH and text[4] == text[7] == "-":
            return date.fromisoformat(text)
        if match := WITH_SLASHES.fullmatch(text):
            return date(*map(int, match.groups()))
    except ValueError:
        return None
    return None


def _parse_written(text: str) -> date:
    plain = (
        unicodedata.normalize("NFKC", text[: MAX_DATE_LENGTH + 1])
        .translate(SEPARATORS)
        .strip()
        .upper()
    )
    if len(text) > MAX_DATE_LENGTH:
        raise InvalidDateError("date.unreadable")
    return _parse_known(plain) or _parse_marked(BORN.sub("", plain))


def _parse_known(plain: str) -> date | None:
    """Returns the date in one of `FORMS`, or None."""
    found = next((match for form in FORMS if (match := form.fullmatch(plain))), None)
    if found is None:
        return None
    parts = found.groupdict()
    era = ERA_NAMED.get(parts.get("era") or "") or ERA_CODED.get(parts.get("code") or "")
    year = 1 if parts["year"] == "元" else int(parts["year"])
    month, day = _month_and_day(parts)
    if era is None:
        return _western(year, month, day)
    result = _japanese(era, year, month, day)
    if found.re is CODED and (other := _without_zeros(plain)):
        raise InvalidDateError("date.two_digit_year", one=result, other=other)
    return result


def _without_zeros(digits: str) -> date | None:
    """Returns what ``2020612`` is if it means 2020-06-12 and not Taisho 2, or None."""
    if len(digits) != len("2020612") or digits[:2] != "20" or int(digits[:4]) > LAST_YEAR:
        return None
    year = int(digits[:4])
    first = _or_none(_western, year, int(digits[4]), int(digits[5:]))
    return first or _or_none(_western, year, int(digits[4:6]), int(digits[6]))


def _parse_marked(plain: str) -> date:
    """Read a date with a weekday, with two years, or in English."""
    if match := NAMED_DAY.fullmatch(plain):
        return _on_weekday(_parse_marked(match["date"].strip()), match["in"] or match["after"])
    if match := TWO_YEARS.fullmatch(plain):
        return _parse_two_years(match)
    if match := ENGLISH.fullmatch(plain):
        return _parse_english(match)
    if found := _parse_known(plain):
        return found
    raise _unreadable(plain)


def _on_weekday(day: date, weekday: str) -> date:
    if WEEKDAYS[day.weekday()] != weekday:
        raise InvalidDateError("date.other_weekday")
    return day


def _month_and_day(parts: Mapping[str, str | None]) -> tuple[int, int]:
    return int(parts["m1"] or parts.get("m2") or 0), int(parts["d1"] or parts.get("d2") or 0)


def _parse_two_years(match: re.Match[str]) -> date:
    """Read ``昭和60年(1985年)4月23日`` with either year."""
    rest = match["rest"]
    joint = "" if rest.startswith("年") else "年"
    days = {_parse_marked(f"{match[each]}{joint}{rest}") for each in ("one", "other")}
    if len(days) > 1:
        raise InvalidDateError("date.years_differ")
    return days.pop()


def _parse_english(match: re.Match[str]) -> date:
    month, day = MONTHS.index(match["month"]) + 1, int(match["day"])
    if len(match["year"]) == len("1985"):
        return _western(int(match["year"]), month, day)
    year = int(match["year"])
    if 2000 + year > LAST_YEAR:
        return _western(1900 + year, month, day)
    readings = _western(1900 + year, month, day), _western(2000 + year, month, day)
    raise InvalidDateError("date.two_digit_year", one=readings[0], other=readings[1])


def _unreadable(plain: str) -> InvalidDateError:
    """Returns the error for a text of no known form, with both readings of a year of two digits."""
    match = TWO_DIGITS.fullmatch(plain) or TWO_DIGITS_ALONE.fullmatch(plain)
    if match is None:
        return InvalidDateError("date.unreadable")
    year, (month, day) = int(match["year"]), _month_and_day(match.groupdict())
    eras = [_or_none(_japanese, era, year, month, day) for era in reversed(ERAS[2:])]
    recent = [each for each in eras if each and each.year <= LAST_YEAR]
    centuries = (1900, 2000) if 2000 + year > LAST_YEAR else (2000, 1900)
    western = [_or_none(_western, century + year, month, day) for century in centuries]
    days = dict.fromkeys(each for each in (*recent, *western) if each)
    if len(days) < 2:  # noqa: PLR2004 - one reading is no choice
        return InvalidDateError("date.unreadable")
    one, other, *_ = days
    return InvalidDateError("date.two_digit_year", one=one, other=other)


def _or_none(read: Callable[..., date], *parts: object) -> date | None:
    try:
        return read(*parts)
    except InvalidDateError:
        return None


def _western(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise InvalidDateError("date.no_such_day") from None


def _japanese(era: Era, year: int, month: int, day: int) -> date:
    if year == 0:
        raise InvalidDateError("date.no_such_day")
    result = _western(era.year_one + year - 1, month, day)
    if result not in era:
        right = era_of(result)
        raise InvalidDateError(
            "date.other_era", era=right.name, letter=right.letter, year=right.year_of(result)
        )
    return result


def era_of(day: date) -> Era:
    """The era of ``day``; on the day of a change in 1912 or 1926, the new one.

    Raises `InvalidDateError` (``date.before_1873``) for a day before the Gregorian calendar.
    """
    for era in reversed(ERAS):
        if day in era:
            return era
    raise InvalidDateError("date.before_1873")
