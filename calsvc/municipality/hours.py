"""Parses and evaluates one line of opening hours, such as ``2nd,4th sat 09:00-12:00``.

The form is ``[nth] days times [except nth] [by reservation] [also holidays]``.
``nth`` is ``1st`` to ``5th`` or ``last``. Days are ``mon`` to ``sun``, ranges such as ``mon-fri``,
``daily`` or ``holidays``. Times are ``HH:MM-HH:MM``. Lists are separated by commas.
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
RULE_PATTERN = re.compile(
    rf"(?:(?P<nth>{_NTH}(?:,{_NTH})*) )?"
    r"(?P<days>[a-z]+(?:[,-][a-z]+)*)"
    rf" (?P<times>{_TIME}(?:,{_TIME})*)"
    rf"(?: except (?P<but>{_NTH}(?:,{_NTH})*))?"
    r"(?P<reservation> by reservation)?"
    r"(?P<also> also holidays)?"
)
TimeSpan = tuple[time, time]


class InvalidHoursError(CalsvcError):
    """An invalid rule of opening hours. The message describes the valid form in English."""


@dataclass(frozen=True)
class OpeningRule:
    """Opening hours on some days.

    ``weekdays``: 0 for Monday. ``holidays``: True if the days include national holidays.
    ``nths``: restricts ``weekdays`` to these of a month, of `NTHS`. Empty for all.
    ``closed_nths``: excludes these of ``weekdays`` in a month, of `NTHS`.
    ``is_open_on_holidays``: True if the counter does not close on national holidays.
    """

    weekdays: frozenset[int]
    holidays: bool
    nths: frozenset[str]
    closed_nths: frozenset[str]
    times: tuple[TimeSpan, ...]
    by_reservation: bool
    is_open_on_holidays: bool

    def matches(self, day: date) -> bool:
        """Return True if the rule applies to ``day``. A `Closure` may still close the counter."""
        if day.weekday() not in self.weekdays:
            return self.holidays and day in national_holidays(day.year)
        of_month = nths_of(day)
        return (not self.nths or bool(of_month & self.nths)) and not of_month & self.closed_nths


def parse_rule(text: str) -> OpeningRule:
    """Return the rule in ``text``. Raises `InvalidHoursError`."""
    match = RULE_PATTERN.fullmatch(text)
    if match is None:
        raise InvalidHoursError('must be like "mon-fri 08:30-17:15" or "2nd sat 09:00-12:00"')
    names = set(_days(match["days"]))
    return OpeningRule(
        weekdays=frozenset(WEEKDAYS.index(name) for name in names if name != HOLIDAYS),
        holidays=HOLIDAYS in names,
        nths=_nths(match["nth"]),
        closed_nths=_nths(match["but"]),
        times=tuple(_time_span(each) for each in match["times"].split(",")),
        by_reservation=bool(match["reservation"]),
        is_open_on_holidays=bool(match["also"]),
    )


def _nths(text: str | None) -> frozenset[str]:
    return frozenset(text.split(",")) if text else frozenset()


def _days(text: str) -> Iterator[str]:
    for part in text.split(","):
        first, dash, last = part.partition("-")
        if not dash and part in (DAILY, HOLIDAYS):
            yield from WEEKDAYS if part == DAILY else (HOLIDAYS,)
        elif first not in WEEKDAYS or (dash and last not in WEEKDAYS):
            raise InvalidHoursError(
                f"has no day {part!r}: days are {', '.join(WEEKDAYS)}, ranges such as mon-fri, "
                "daily and holidays"
            )
        else:
            start, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
            for step in range((end - start) % DAYS_IN_WEEK + 1):
                yield WEEKDAYS[(start + step) % DAYS_IN_WEEK]


def _time_span(text: str) -> TimeSpan:
    try:
        opens, closes = (time.fromisoformat(each) for each in text.split("-"))
    except ValueError:
        raise InvalidHoursError(
            f"has no time {text}: hours are 00:00 to 23:59, such as 08:30-17:15"
        ) from None
    if opens >= closes:
        raise InvalidHoursError(f"ends before it begins: {text}")
    return opens, closes


def nths_of(day: date) -> frozenset[str]:
    """Return the position of ``day`` among equal weekdays of its month.

    It is ``2nd``, for example, or ``5th`` and ``last``.
    """
    nth = NTHS[(day.day - 1) // DAYS_IN_WEEK]
    is_last = (day + DAYS_IN_WEEK * ONE_DAY).month != day.month
    return frozenset({nth, LAST}) if is_last else frozenset({nth})


def is_maintenance_day(day: date) -> bool:
    """Return True if J-LIS maintains its servers on ``day``: the Sunday after the third Saturday.

    It is the third Sunday, or the fourth if the month begins on a Sunday.
    Source: 相模原市, 吉川市, 足利市.
    """
    return day.weekday() == SUNDAY and THIRD in nths_of(day - ONE_DAY)


@lru_cache(maxsize=256)
def national_holidays(year: int) -> frozenset[date]:
    """Return the national holidays of ``year`` (1949 to 2099) under the present law.

    Source: 国民の祝日に関する法律, through the library holidays.
    """
    # The import is slow, and commands such as `--help` need no holidays.
    from holidays.countries.japan import Japan  # noqa: PLC0415

    return frozenset(Japan(years=year))
