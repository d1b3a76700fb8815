"""Computes the days on which counters are open, and the first and last of them around a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from calsvc.municipality.hours import OpeningRule, is_maintenance_day, national_holidays
from calsvc.rules.dates import ONE_DAY

MAX_DAYS_CLOSED = 30
"""Days after which a search for an open day continues with the fallback.

Without this limit, it would not end after the last day of a temporary counter."""
MonthDay = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Closure:
    """Days on which a counter or a task is closed.

    ``holidays``: True for all national holidays. ``maintenance``: True for the Sundays on which
    J-LIS maintains its servers. ``periods``: month and day of the first and the last day, both
    included. A period may extend over New Year. ``dates``: single days.
    """

    holidays: bool = False
    maintenance: bool = False
    periods: tuple[tuple[MonthDay, MonthDay], ...] = ()
    dates: frozenset[date] = frozenset()

    def includes(self, day: date, *, ignores_holidays: bool = False) -> bool:
        """Return True if ``day`` is closed. ``ignores_holidays``: ignore national holidays."""
        return (
            day in self.dates
            or any(_is_within(day, *period) for period in self.periods)
            or (self.maintenance and is_maintenance_day(day))
            or (self.holidays and not ignores_holidays and day in national_holidays(day.year))
        )


NEVER_CLOSED = Closure()


def _is_within(day: date, first: MonthDay, last: MonthDay) -> bool:
    month_day = (day.month, day.day)
    if first <= last:
        return first <= month_day <= last
    return month_day >= first or month_day <= last


@dataclass(frozen=True, eq=False)
class Timetable:
    """The days on which one counter is open for one task.

    Without ``rules`` it is open on all weekdays except ``closed_weekdays`` (0 for Monday).
    ``openings``: days on which it is open in spite of rules and closures. ``begins`` and ``ends``:
    the first and the last day of a temporary counter.
    """

    rules: tuple[OpeningRule, ...] = ()
    closures: tuple[Closure, ...] = ()
    closed_weekdays: frozenset[int] = frozenset()
    openings: frozenset[date] = frozenset()
    begins: date | None = None
    ends: date | None = None

    def is_open(self, day: date) -> bool:
        """Return True if the counter is open on ``day``, if possible without a reservation."""
        if (self.begins and day < self.begins) or (self.ends and day > self.ends):
            return False
        return day in self.openings or any(
            self._opens(rule, day) for rule in self._effective_rules()
        )

    def _effective_rules(self) -> Sequence[OpeningRule | None]:
        """Return the rules without a reservation, or all rules if each one requires it."""
        free = [rule for rule in self.rules if not rule.by_reservation]
        return free or self.rules or (None,)

    def _opens(self, rule: OpeningRule | None, day: date) -> bool:
        if rule is None:
            matches, ignores_holidays = day.weekday() not in self.closed_weekdays, False
        else:
            matches, ignores_holidays = rule.matches(day), rule.is_open_on_holidays or rule.holidays
        return matches and not any(
            closure.includes(day, ignores_holidays=ignores_holidays) for closure in self.closures
        )


@dataclass(frozen=True, eq=False)
class OpenDays:
    """The days on which some counter is open.

    ``fallback``: the days to use if no counter is open within `MAX_DAYS_CLOSED` days.
    """

    timetables: tuple[Timetable, ...]
    fallback: "OpenDays | None" = None

    def __contains__(self, day: date) -> bool:
        """Return True if a counter is open on ``day``."""
        return any(each.is_open(day) for each in self.timetables)

    def last_on_or_before(self, day: date) -> date:
        """Return the last open day on or before ``day``."""
        return find_nearest_open_day(self, day, -1)

    def first_on_or_after(self, day: date) -> date:
        """Return the first open day on or after ``day``."""
        return find_nearest_open_day(self, day, 1)


@lru_cache(maxsize=16384)
def find_nearest_open_day(open_days: OpenDays, day: date, step: int) -> date:
    """Return ``day`` if it is open, else the nearest open day before it (-1) or after it (1)."""
    candidate = day
    for _ in range(MAX_DAYS_CLOSED):
        if candidate in open_days:
            return candidate
        candidate += step * ONE_DAY
    return (
        day if open_days.fallback is None else find_nearest_open_day(open_days.fallback, day, step)
    )
