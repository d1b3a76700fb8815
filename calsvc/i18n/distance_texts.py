"""Distances of a day from today: in days if it is near, otherwise in years and months."""

from datetime import date

from calsvc.i18n.catalogs import Catalog
from calsvc.rules.dates import MONTHS_OF_A_YEAR

MAX_DAYS = 90
"""Longer distances are hard to imagine in days."""


def distance(day: date, today: date, words: Catalog) -> str:
    """Format the distance from ``today`` to ``day``, which may be in the past."""
    days = (day - today).days
    return _ago(day, today, words) if days < 0 else _ahead(day, today, words)


def _ahead(day: date, today: date, words: Catalog) -> str:
    days = (day - today).days
    if days > MAX_DAYS:
        return words.text("page.span.ahead", {"span": _span(today, day, words)})
    near = {0: "page.state.today", 1: "page.state.tomorrow"}
    return words.text(near.get(days, "page.state.ahead"), {"days": days})


def _ago(day: date, today: date, words: Catalog) -> str:
    days = (today - day).days
    if days > MAX_DAYS:
        return words.text("page.span.ago", {"span": _span(day, today, words)})
    key = "page.span.yesterday" if days == 1 else "page.span.days_ago"
    return words.text(key, {"days": days})


def _span(start: date, end: date, words: Catalog) -> str:
    """Format the whole months from ``start`` to ``end``."""
    whole = MONTHS_OF_A_YEAR * (end.year - start.year) + end.month - start.month
    years, months = divmod(whole - (end.day < start.day), MONTHS_OF_A_YEAR)
    if not years:
        return _counted("month", months, words)
    if not months:
        return _counted("year", years, words)
    facts = {"years": _counted("year", years, words), "months": _counted("month", months, words)}
    return words.text("page.span.joined", facts)


def _counted(unit: str, number: int, words: Catalog) -> str:
    key = f"page.span.{unit}" if number == 1 else f"page.span.{unit}s"
    return words.text(key, {"number": number})
