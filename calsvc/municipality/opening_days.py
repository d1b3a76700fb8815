"""Knows on which days counters are open, and finds the last and the first of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from calsvc.municipality.hours import Rule, is_maintenance_day, national_holidays
from calsvc.rules.dates import ONE_DAY

MAX_DAYS_CLOSED = 30
"""Counters that stay closed for longer are taken to be open on usual office days.

So no search goes on for ever, for instance after the last day of a temporary counter."""
MonthDay = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Closure:
    """Days on which something is closed.

    ``periods``: month and day of a first and a last day, both included; one may pass New Year.
    ``maintenance``: the Sundays on which J-LIS services its servers. ``dates``: single days.
    """

    holidays: bool = False
    maintenance: bool = False
    periods: tuple[tuple[MonthDay, MonthDay], ...] = ()
    dates: frozenset[date] = frozenset()

    def has(self, day: date, *, but_holidays: bool = False) -> bool:
        """Return whether ``day`` is closed. ``but_holidays``: national holidays do not count."""
        return (
            day in self.dates
            or any(_is_within(day, *period) for period in self.periods)
            or (self.maintenance and is_maintenance_day(day))
            or (self.holidays and not but_holidays and day in national_holidays(day.year))
        )


NEVER_CLOSED = Closure()


def _is_within(day: date, first: MonthDay, last: MonthDay) -> bool:
    here = (day.month, day.day)
    return first <= here <= last if first <= last else here >= first or here <= last


@dataclass(frozen=True, eq=False)
class Timetable:
    """The days on which one counter does one task.

    Without ``rules`` it is open on all weekdays but the ``closed_weekdays`` (0 for Monday).
    ``openings``: days on which it is open whatever else is said. ``begins`` and ``ends``: the
    first and the last day of a temporary counter.
    """

    rules: tuple[Rule, ...] = ()
    closures: tuple[Closure, ...] = ()
    closed_weekdays: frozenset[int] = frozenset()
    openings: frozenset[date] = frozenset()
    begins: date | None = None
    ends: date | None = None

    def is_open(self, day: date) -> bool:
        """Return whether somebody can come on ``day`` without a reservation."""
        if (self.begins and day < self.begins) or (self.ends and day > self.ends):
            return False
        return day in self.openings or any(self._opens(rule, day) for rule in self._counted())

    def _counted(self) -> Sequence[Rule | None]:
        """Return the rules without a reservation, or all if every rule asks for one."""
        free = [rule for rule in self.rules if not rule.by_reservation]
        return free or self.rules or (None,)

    def _opens(self, rule: Rule | None, day: date) -> bool:
        if rule is None:
            matches, but_holidays = day.weekday() not in self.closed_weekdays, False
        else:
            matches, but_holidays = rule.matches(day), rule.also_holidays or rule.holidays
        return matches and not any(
            closure.has(day, but_holidays=but_holidays) for closure in self.closures
        )


@dataclass(frozen=True, eq=False)
class OpenDays:
    """The days on which some counter is open. ``otherwise``: the days if all close for long."""

    timetables: tuple[Timetable, ...]
    otherwise: "OpenDays | None" = None

    def __contains__(self, day: date) -> bool:
        """Return whether a counter is open on ``day``."""
        return any(each.is_open(day) for each in self.timetables)

    def last_until(self, day: date) -> date:
        """Return the last open day on or before ``day``."""
        return nearest(self, day, -1)

    def first_from(self, day: date) -> date:
        """Return the first open day on or after ``day``."""
        return nearest(self, day, 1)


@lru_cache(maxsize=16384)
def nearest(open_days: OpenDays, day: date, step: int) -> date:
    """Return ``day`` if it is open, or the nearest open day before (-1) or after (1) it."""
    found = day
    for _ in range(MAX_DAYS_CLOSED):
        if found in open_days:
            return found
        found += step * ONE_DAY
    return day if open_days.otherwise is None else nearest(open_days.otherwise, day, step)
