"""Parses a date that was typed in parts. The era may be missing, the month may be a name."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from calsvc.parsing.dates import ERAS, Era
from calsvc.rules.dates import DateRange, add_months
from calsvc.rules.legal_values import FIRST_CARD_ISSUE
from calsvc.rules.validation import FIRST_APPLICATION, MAX_ISSUE_MONTHS_AHEAD

PARTS = ("year", "month", "day")
UNITS = {"year": ("年", "년"), "month": ("月", "월"), "day": ("日", "일")}
MONTHS = tuple(
    names.split()
    for names in (
        "january janeiro 一",
        "february fevereiro 二",
        "march março 三",
        "april abril 四",
        "may maio 五",
        "june junho 六",
        "july julho 七",
        "august agosto 八",
        "september setembro 九",
        "october outubro 十",
        "november novembro 十一",
        "december dezembro 十二",
    )
)
MIN_MONTH_LETTERS = 3
"""Minimum number of letters of an abbreviated month. Fewer letters would be ambiguous."""
FIRST_YEAR = "元"
MAX_AGE_YEARS = 110
"""Maximum age by a birth date without an era. With an era, the holder may be older."""
FIRST_EXPIRY = date(2020, 1, 1)
"""No card expires earlier: the first were issued in January 2016, and five birthdays follow."""
MAX_YEARS_AHEAD = 11
LAST_SHORT_YEAR = 99
WHOLE_DATE_PATTERN = re.compile("([0-9]{4})([0-9]{2})([0-9]{2})")
FIELDS_WITHOUT_ERA = frozenset({"card_expires"})
"""Fields without a choice of era, because cards print a Western year there."""


@dataclass(frozen=True)
class DateInput:
    """A date as typed. ``era``: '' for a Western year, or if it is missing."""

    era: str = ""
    year: str = ""
    month: str = ""
    day: str = ""

    @property
    def text(self) -> str:
        """The date as one text, or '' if nothing but an era was typed."""
        if not (self.year or self.month or self.day):
            return ""
        month = _month_number(self.month) or self.month
        return f"{self.era}{self.year}年{month}月{self.day}日"

    @property
    def numbers(self) -> Mapping[str, int]:
        """The parts that are numbers. A part with other characters is missing."""
        numbers = {
            "year": 1 if self.year == FIRST_YEAR else _number(self.year),
            "month": _month_number(self.month),
            "day": _number(self.day),
        }
        return {part: number for part, number in numbers.items() if number is not None}

    @property
    def value(self) -> str:
        """The date in the format of a button's value."""
        return "/".join((self.era, self.year, self.month, self.day))


class Reading(NamedTuple):
    """A possible meaning of a date without an era. ``era``: None for a Western year."""

    era: Era | None
    year: int
    day: date

    @property
    def typed(self) -> DateInput:
        """The date as a person would type it."""
        era = self.era.name if self.era else ""
        return DateInput(era, str(self.year), str(self.day.month), str(self.day.day))


def typed_day(day: date) -> DateInput:
    """Return ``day`` as a person would type it with its Western year."""
    return DateInput("", str(day.year), str(day.month), str(day.day))


def strip_unit(part: str, text: str) -> str:
    """Return ``text`` without the unit that Chinese, Japanese and Korean write after a number."""
    text = text.strip()
    for unit in UNITS[part]:
        text = text.removesuffix(unit).rstrip()
    return text


def split_digits(typed: DateInput) -> DateInput | None:
    """Return ``typed`` with the date in the year as its parts, such as 19850423, or None.

    Clerks type eight digits in other programs. Beside a month, a day or an era, they are a mistake.
    """
    if typed.era or typed.month or typed.day:
        return None
    whole = WHOLE_DATE_PATTERN.fullmatch(unicodedata.normalize("NFKC", typed.year[:9]))
    return DateInput("", *whole.groups()) if whole else None


def _number(text: str) -> int | None:
    plain = unicodedata.normalize("NFKC", text[:4])
    return int(plain) if re.fullmatch("[0-9]{1,4}", plain) and len(text) == len(plain) else None


def _month_number(text: str) -> int | None:
    """Return the month that ``text`` names, or None."""
    if (number := _number(text)) is not None:
        return number
    plain = unicodedata.normalize("NFKC", text[:20]).casefold().rstrip(".")
    if match := re.fullmatch(r"(?:tháng|thg\.?|t)\s*([0-9]{1,2})", plain):
        return int(match[1])
    for number, names in enumerate(MONTHS, start=1):
        if plain in names or any(_is_prefix(name, plain) for name in names):
            return number
    return None


def _is_prefix(name: str, letters: str) -> bool:
    return len(letters) >= MIN_MONTH_LETTERS and name.startswith(letters)


def day_or_none(year: int, month: int, day: int) -> date | None:
    """Return the day, or None if it does not exist."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def possible_days(field: str, today: date) -> DateRange:
    """Return the range in which a date in ``field`` must lie if its era is missing."""
    if field == "born":
        return DateRange(date(today.year - MAX_AGE_YEARS, 1, 1), today)
    if field == "issued":
        return DateRange(FIRST_CARD_ISSUE, add_months(today, MAX_ISSUE_MONTHS_AHEAD))
    if field in ("applied", "cert_renewed"):
        return DateRange(FIRST_APPLICATION, today)
    first = FIRST_CARD_ISSUE if field == "stay_until" else FIRST_EXPIRY
    return DateRange(first, date(today.year + MAX_YEARS_AHEAD, 12, 31))


def possible_readings(typed: DateInput, field: str, today: date) -> list[Reading]:
    """Return all possible meanings of ``typed`` with a short year, oldest first."""
    numbers = typed.numbers
    if len(numbers) < len(PARTS) or numbers["year"] > LAST_SHORT_YEAR:
        return []
    possible = possible_days(field, today)
    return [each for each in _all_readings(**numbers, field=field) if each.day in possible]


def _all_readings(year: int, month: int, day: int, field: str) -> Iterator[Reading]:
    for era in ERAS:
        reading_day = day_or_none(era.year_one + year - 1, month, day) if year else None
        if reading_day and reading_day in era:
            yield Reading(era, year, reading_day)
    # A birth date gets no year of this century: a card prints a Western year with four digits.
    if field != "born" and (western := day_or_none(2000 + year, month, day)):
        yield Reading(None, 2000 + year, western)


def complete_era(typed: DateInput, field: str, today: date) -> DateInput:
    """Return ``typed`` with its era if that is missing and only one is possible.

    Such a birth date lies before 1995, even if its year was a Western one. The holder is an adult
    in both cases, so the dates of the card are the same.
    """
    readings = [] if typed.era else possible_readings(typed, field, today)
    if len(readings) != 1 or readings[0].era is None:
        return typed
    if field in FIELDS_WITHOUT_ERA:
        return replace(typed, year=str(readings[0].day.year))
    if field == "born" and readings[0].year <= today.year % 100:  # it may be a year of this century
        return typed
    return replace(typed, era=readings[0].era.name)
