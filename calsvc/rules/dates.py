"""Computes birthdays, ages and whole months."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)
MONTHS_PER_YEAR = 12
LEAP_DAY = (2, 29)


@dataclass(frozen=True)
class DateRange:
    """A run of days, both ends included."""

    start: date
    end: date

    def __contains__(self, day: date) -> bool:
        """Return True if ``day`` is one of them."""
        return self.start <= day <= self.end


def birthday_in(born: date, year: int) -> date:
    """Return the birthday in ``year``. For 29 February, it is the 28th in a common year.

    Source: rule 5; 出入国管理及び難民認定法 第19条の5 states it for residence cards.
    """
    try:
        return date(year, born.month, born.day)
    except ValueError:  # no 29 February
        return date(year, 2, 28)


def is_leap_day(day: date) -> bool:
    """Return True if ``day`` is a 29 February."""
    return (day.month, day.day) == LEAP_DAY


def nth_birthday(born: date, after: date, n: int) -> date:
    """Return the ``n``-th birthday (n ≥ 1) strictly after the day ``after``.

    A birthday on that day is not counted. Source: rule 1 (発行日後の…回目の誕生日).
    """
    passed = birthday_in(born, after.year) <= after
    return birthday_in(born, after.year + passed + n - 1)


def age_on(born: date, day: date) -> int:
    """Return the age in whole years on ``day``. It rises on the birthday (rule 2)."""
    return day.year - born.year - (day < birthday_in(born, day.year))


def add_months(day: date, months: int) -> date:
    """Return the same day of the month, ``months`` later, or earlier if negative.

    If that month has no such day, return its last day.
    """
    years, month = divmod(day.month - 1 + months, MONTHS_PER_YEAR)
    try:
        return date(day.year + years, month + 1, day.day)
    except ValueError:  # the month has no such day
        return end_of_month(date(day.year + years, month + 1, 1))


def is_more_months_after(day: date, start: date, months: int) -> bool:
    """Return True if ``day`` lies more than ``months`` after ``start``.

    Equal to ``day > add_months(start, months)``, but it does not overflow after the year 9999.
    """
    ahead = MONTHS_PER_YEAR * (day.year - start.year) + day.month - start.month
    return (ahead, day.day) > (months, start.day)


def end_of_month(day: date) -> date:
    """Return the last day of the month of ``day``."""
    return day.replace(day=monthrange(day.year, day.month)[1])
