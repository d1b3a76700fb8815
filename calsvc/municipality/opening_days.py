"""Knows on which days the counters of a municipality are closed."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from calsvc.rules.dates import ONE_DAY


@dataclass(frozen=True, eq=False)
class ClosedDays:
    """The days on which the counters are closed.

    ``weekdays``: 0 for Monday. ``year_end``: month and day of the first and last day of the closure
    around New Year, both included, or none. ``dates``: single further days.
    """

    weekdays: frozenset[int]
    national_holidays: bool
    year_end: tuple[tuple[int, int], tuple[int, int]] | None
    dates: frozenset[date]

    def __contains__(self, day: date) -> bool:
        """Whether the counters are closed on ``day``."""
        return (
            day.weekday() in self.weekdays
            or day in self.dates
            or self._in_year_end(day)
            or (self.national_holidays and day in national_holidays(day.year))
        )

    def _in_year_end(self, day: date) -> bool:
        if self.year_end is None:
            return False
        first, last = self.year_end
        return (day.month, day.day) >= first or (day.month, day.day) <= last


@lru_cache(maxsize=8192)
def last_open_day(closed: ClosedDays, day: date) -> date:
    """The last day on or before ``day`` that is not among ``closed``."""
    while day in closed:
        day -= ONE_DAY
    return day


@lru_cache(maxsize=8192)
def first_open_day(closed: ClosedDays, day: date) -> date:
    """Returns the first day on or after ``day`` that is not among ``closed``."""
    while day in closed:
        day += ONE_DAY
    return day


@lru_cache(maxsize=256)
def national_holidays(year: int) -> frozenset[date]:
    """The national holidays of ``year`` (1949 to 2099) as the law now stands.

    Source: 国民の祝日に関する法律, through the library holidays.
    """
    from holidays.countries.japan import Japan  # noqa: PLC0415 - slow, and `--help` needs no holiday

    return frozenset(Japan(years=year))
