"""Opening hours in each language."""

from collections.abc import Iterator
from datetime import time

from calsvc.i18n.catalogs import Catalog
from calsvc.municipality.hours import DAYS_IN_WEEK, NTHS, OpeningRule

MIN_RANGE_DAYS = 3
"""Minimum number of consecutive days that are written as a range."""


def format_hours(rule: OpeningRule, catalog: Catalog) -> str:
    """Format one rule of opening hours, such as ``Mon–Fri 8:30–17:15``."""
    spans = (_format_span(*span, catalog) for span in rule.times)
    times = catalog.text("place.days.comma").join(spans)
    text = catalog.text("place.hours", {"days": _format_days(rule, catalog), "times": times})
    for key, applies in (
        ("except", bool(rule.closed_nths)),
        ("by_reservation", rule.by_reservation),
        ("also_holidays", rule.is_open_on_holidays),
    ):
        if applies:
            nth = _format_nths(rule.closed_nths, catalog)
            text = catalog.text(f"place.hours.{key}", {"hours": text, "nth": nth})
    return text


def _format_span(opens: time, closes: time, catalog: Catalog) -> str:
    params = {"opens": f"{opens:%-H:%M}", "closes": f"{closes:%-H:%M}"}
    return catalog.text("place.time", params)


def _format_days(rule: OpeningRule, catalog: Catalog) -> str:
    parts = []
    if len(rule.weekdays) == DAYS_IN_WEEK:
        parts.append(catalog.text("place.days.daily"))
    elif rule.weekdays:
        parts.append(_format_weekdays(rule, catalog))
    if rule.holidays:
        parts.append(catalog.text("place.days.holidays"))
    return catalog.text("place.days.comma").join(parts)


def _format_weekdays(rule: OpeningRule, catalog: Catalog) -> str:
    names = catalog.text("date.weekdays").split()
    days = catalog.text("place.days.comma").join(_day_ranges(rule.weekdays, names, catalog))
    if rule.nths:
        nth = _format_nths(rule.nths, catalog)
        return catalog.text("place.days.nth", {"nth": nth, "days": days})
    return catalog.text("place.days", {"days": days})


def _day_ranges(weekdays: frozenset[int], names: list[str], catalog: Catalog) -> Iterator[str]:
    """Yield single days, and consecutive days as a range."""
    remaining = sorted(weekdays)
    while remaining:
        run = [remaining.pop(0)]
        while remaining and remaining[0] == run[-1] + 1:
            run.append(remaining.pop(0))
        if len(run) < MIN_RANGE_DAYS:
            yield from (names[day] for day in run)
        else:
            params = {"first": names[run[0]], "last": names[run[-1]]}
            yield catalog.text("place.days.range", params)


def _format_nths(nths: frozenset[str], catalog: Catalog) -> str:
    names = (catalog.text(f"place.nth.{nth}") for nth in NTHS if nth in nths)
    return catalog.text("place.days.comma").join(names)
