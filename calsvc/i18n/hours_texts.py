"""Says opening hours in each language."""

from collections.abc import Iterator
from datetime import time

from calsvc.i18n.catalogs import Catalog
from calsvc.municipality.hours import DAYS_IN_WEEK, NTHS, Rule

MIN_RANGE = 3
"""Days in a row from which on they are written as a range."""


def hours_text(rule: Rule, catalog: Catalog) -> str:
    """Returns one line of opening hours in words, such as ``Mon–Fri 8:30–17:15``."""
    times = catalog.text("place.days.comma").join(_time(*span, catalog) for span in rule.times)
    said = catalog.text("place.hours", {"days": _days(rule, catalog), "times": times})
    for key, holds in (
        ("except", bool(rule.exceptions)),
        ("by_reservation", rule.by_reservation),
        ("also_holidays", rule.also_holidays),
    ):
        if holds:
            nth = _nths(rule.exceptions, catalog)
            said = catalog.text(f"place.hours.{key}", {"hours": said, "nth": nth})
    return said


def _time(opens: time, closes: time, catalog: Catalog) -> str:
    params = {"opens": f"{opens:%-H:%M}", "closes": f"{closes:%-H:%M}"}
    return catalog.text("place.time", params)


def _days(rule: Rule, catalog: Catalog) -> str:
    parts = []
    if len(rule.weekdays) == DAYS_IN_WEEK:
        parts.append(catalog.text("place.days.daily"))
    elif rule.weekdays:
        parts.append(_weekdays(rule, catalog))
    if rule.holidays:
        parts.append(catalog.text("place.days.holidays"))
    return catalog.text("place.days.comma").join(parts)


def _weekdays(rule: Rule, catalog: Catalog) -> str:
    names = catalog.text("date.weekdays").split()
    days = catalog.text("place.days.comma").join(_runs(rule.weekdays, names, catalog))
    if rule.nths:
        return catalog.text("place.days.nth", {"nth": _nths(rule.nths, catalog), "days": days})
    return catalog.text("place.days", {"days": days})


def _runs(weekdays: frozenset[int], names: list[str], catalog: Catalog) -> Iterator[str]:
    """Yields single days, and days in a row as a range."""
    left = sorted(weekdays)
    while left:
        run = [left.pop(0)]
        while left and left[0] == run[-1] + 1:
            run.append(left.pop(0))
        if len(run) < MIN_RANGE:
            yield from (names[day] for day in run)
        else:
            params = {"first": names[run[0]], "last": names[run[-1]]}
            yield catalog.text("place.days.range", params)


def _nths(nths: frozenset[str], catalog: Catalog) -> str:
    named = (catalog.text(f"place.nth.{nth}") for nth in NTHS if nth in nths)
    return catalog.text("place.days.comma").join(named)
