"""Says how far a day is from today: exactly when it is near, otherwise in years and months."""

from datetime import date

from calsvc.i18n.catalogs import Catalog
from calsvc.rules.dates import MONTHS_OF_A_YEAR

MAX_DAYS = 90
"""Longer distances are hard to grasp in days."""


def distance(day: date, today: date, catalog: Catalog) -> str:
    """Returns the distance from ``today`` to ``day``, which may be past."""
    days = (day - today).days
    return _ago(day, today, catalog) if days < 0 else _ahead(day, today, catalog)


def _ahead(day: date, today: date, catalog: Catalog) -> str:
    days = (day - today).days
    if days > MAX_DAYS:
        return catalog.text("page.span.ahead", {"span": _span(today, day, catalog)})
    near = {0: "page.state.today", 1: "page.state.tomorrow"}
    return catalog.text(near.get(days, "page.state.ahead"), {"days": days})


def _ago(day: date, today: date, catalog: Catalog) -> str:
    days = (today - day).days
    if days > MAX_DAYS:
        return catalog.text("page.span.ago", {"span": _span(day, today, catalog)})
    key = "page.span.yesterday" if days == 1 else "page.span.days_ago"
    return catalog.text(key, {"days": days})


def _span(start: date, end: date, catalog: Catalog) -> str:
    """Returns the whole months from ``start`` to ``end`` in words."""
    whole = MONTHS_OF_A_YEAR * (end.year - start.year) + end.month - start.month
    years, months = divmod(whole - (end.day < start.day), MONTHS_OF_A_YEAR)
    if not years:
        return _counted("month", months, catalog)
    if not months:
        return _counted("year", years, catalog)
    params = {
        "years": _counted("year", years, catalog),
        "months": _counted("month", months, catalog),
    }
    return catalog.text("page.span.joined", params)


def _counted(unit: str, number: int, catalog: Catalog) -> str:
    key = f"page.span.{unit}" if number == 1 else f"page.span.{unit}s"
    return catalog.text(key, {"number": number})
