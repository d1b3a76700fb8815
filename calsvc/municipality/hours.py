"""Reads and evaluates one line of opening hours, such as ``2nd,4th sat 09:00-12:00``.

A line is written ``[nth] days times [except nth] [by reservation] [also holidays]``:
``nth`` is ``1st`` to ``5th`` or ``last``, days are ``mon`` to ``sun``, ranges such as ``mon-fri``,
``daily`` or ``holidays``, times are ``HH:MM-HH:MM``. Lists are separated by commas.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache

from calsvc.errors import CalsvcError
from calsvc.rules.dates import ONE_DAY

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LAST = "last"
NTHS = ("1st", "2nd", "3rd", "4th", "5th", LAST)
DAILY, HOLIDAYS = "daily", "holidays"
DAYS_IN_WEEK = 7
SUNDAY, THIRD = 6, "3rd"
_NTH = "(?:1st|2nd|3rd|4th|5th|last)"
_TIME = "[0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2}"
RULE = re.compile(
    rf"(?:(?P<nth>{_NTH}(?:,{_NTH})*) )?"
    r"(?P<days>[a-z]+(?:[,-][a-z]+)*)"
    rf" (?P<times>{_TIME}(?:,{_TIME})*)"
    rf"(?: except (?P<but>{_NTH}(?:,{_NTH})*))?"
    r"(?P<reservation> by reservation)?"
    r"(?P<also> also holidays)?"
)
Span = tuple[time, time]


class UnreadableHoursError(CalsvcError):
    """A line that gives no opening hours. The message says what is expected, in English."""


@dataclass(frozen=True)
class Rule:
    """Opening hours on some days.

    ``weekdays``: 0 for Monday. ``holidays``: national holidays are among the days. ``nths`` and
    ``exceptions``: which of these weekdays of a month, of `NTHS`; no ``nths``: all. A rule that
    holds ``also_holidays`` is not ended by the closure on national holidays.
    """

    weekdays: frozenset[int]
    holidays: bool
    nths: frozenset[str]
    exceptions: frozenset[str]
    times: tuple[Span, ...]
    by_reservation: bool
    also_holidays: bool

    def matches(self, day: date) -> bool:
        """Return whether ``day`` is among the days, before any closure."""
        if day.weekday() not in self.weekdays:
            return self.holidays and day in national_holidays(day.year)
        here = nths_of(day)
        return (not self.nths or bool(here & self.nths)) and not here & self.exceptions


def parse_rule(text: str) -> Rule:
    """Return the rule that ``text`` writes. Raises `UnreadableHoursError`."""
    found = RULE.fullmatch(text)
    if found is None:
        raise UnreadableHoursError('must be like "mon-fri 08:30-17:15" or "2nd sat 09:00-12:00"')
    names = set(_days(found["days"]))
    return Rule(
        weekdays=frozenset(WEEKDAYS.index(name) for name in names if name != HOLIDAYS),
        holidays=HOLIDAYS in names,
        nths=_nths(found["nth"]),
        exceptions=_nths(found["but"]),
        times=tuple(_span(each) for each in found["times"].split(",")),
        by_reservation=bool(found["reservation"]),
        also_holidays=bool(found["also"]),
    )


def _nths(text: str | None) -> frozenset[str]:
    return frozenset(text.split(",")) if text else frozenset()


def _days(text: str) -> Iterator[str]:
    for part in text.split(","):
        first, dash, last = part.partition("-")
        if not dash and part in (DAILY, HOLIDAYS):
            yield from WEEKDAYS if part == DAILY else (HOLIDAYS,)
        elif first not in WEEKDAYS or (dash and last not in WEEKDAYS):
            raise UnreadableHoursError(
                f"has no day {part!r}: days are {', '.join(WEEKDAYS)}, ranges such as mon-fri, "
                "daily and holidays"
            )
        else:
            start, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
            for step in range((end - start) % DAYS_IN_WEEK + 1):
                yield WEEKDAYS[(start + step) % DAYS_IN_WEEK]


def _span(text: str) -> Span:
    try:
        opens, closes = (time.fromisoformat(each) for each in text.split("-"))
    except ValueError:
        raise UnreadableHoursError(
            f"has no time {text}: hours are 00:00 to 23:59, such as 08:30-17:15"
        ) from None
    if opens >= closes:
        raise UnreadableHoursError(f"ends before it begins: {text}")
    return opens, closes


def nths_of(day: date) -> frozenset[str]:
    """Return which of its weekdays in its month ``day`` is: ``2nd``, or ``5th`` and ``last``."""
    nth = NTHS[(day.day - 1) // DAYS_IN_WEEK]
    is_last = (day + DAYS_IN_WEEK * ONE_DAY).month != day.month
    return frozenset({nth, LAST}) if is_last else frozenset({nth})


def is_maintenance_day(day: date) -> bool:
    """Return whether J-LIS services its servers: on the Sunday after the third Saturday.

    That is the third Sunday, or the fourth where the month begins on a Sunday. Source: 相模原市,
    吉川市, 足利市.
    """
    return day.weekday() == SUNDAY and THIRD in nths_of(day - ONE_DAY)


@lru_cache(maxsize=256)
def national_holidays(year: int) -> frozenset[date]:
    """Return the national holidays of ``year`` (1949 to 2099) as the law now stands.

    Source: 国民の祝日に関する法律, through the library holidays.
    """
    from holidays.countries.japan import Japan  # noqa: PLC0415 - slow, and `--help` needs no holiday

    return frozenset(Japan(years=year))
