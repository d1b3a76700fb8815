"""Opening hours in each language."""

from collections.abc import Iterator
from datetime import time

from calsvc.i18n.catalogs import Catalog
from calsvc.municipality.hours import DAYS_IN_WEEK, NTHS, Rule

MIN_RANGE = 3
"""Minimum number of consecutive days that are written as a range."""


def hours_text(rule: Rule, words: Catalog) -> str:
    """Format one rule of opening hours, such as ``Mon–Fri 8:30–17:15``."""
    times = words.text("place.days.comma").join(_time(*span, words) for span in rule.times)
    said = words.text("place.hours", {"days": _days(rule, words), "times": times})
    for key, holds in (
        ("except", bool(rule.exceptions)),
        ("by_reservation", rule.by_reservation),
        ("also_holidays", rule.also_holidays),
    ):
        if holds:
            nth = _nths(rule.exceptions, words)
            said = words.text(f"place.hours.{key}", {"hours": said, "nth": nth})
    return said


def _time(opens: time, closes: time, words: Catalog) -> str:
    facts = {"opens": f"{opens:%-H:%M}", "closes": f"{closes:%-H:%M}"}
    return words.text("place.time", facts)


def _days(rule: Rule, words: Catalog) -> str:
    parts = []
    if len(rule.weekdays) == DAYS_IN_WEEK:
        parts.append(words.text("place.days.daily"))
    elif rule.weekdays:
        parts.append(_weekdays(rule, words))
    if rule.holidays:
        parts.append(words.text("place.days.holidays"))
    return words.text("place.days.comma").join(parts)


def _weekdays(rule: Rule, words: Catalog) -> str:
    names = words.text("date.weekdays").split()
    days = words.text("place.days.comma").join(_runs(rule.weekdays, names, words))
    if rule.nths:
        return words.text("place.days.nth", {"nth": _nths(rule.nths, words), "days": days})
    return words.text("place.days", {"days": days})


def _runs(weekdays: frozenset[int], names: list[str], words: Catalog) -> Iterator[str]:
    """Yield single days, and consecutive days as a range."""
    left = sorted(weekdays)
    while left:
        run = [left.pop(0)]
        while left and left[0] == run[-1] + 1:
            run.append(left.pop(0))
        if len(run) < MIN_RANGE:
            yield from (names[day] for day in run)
        else:
            facts = {"first": names[run[0]], "last": names[run[-1]]}
            yield words.text("place.days.range", facts)


def _nths(nths: frozenset[str], words: Catalog) -> str:
    named = (words.text(f"place.nth.{nth}") for nth in NTHS if nth in nths)
    return words.text("place.days.comma").join(named)
