"""Distances of a day from today: in days if it is near, otherwise in years and months."""

from datetime import date

from calsvc.i18n.catalogs import Catalog
from calsvc.rules.dates import MONTHS_PER_YEAR

MAX_DAYS = 90
"""Maximum distance that is given in days. Longer ones are hard to imagine in days."""


def format_distance(day: date, today: date, catalog: Catalog) -> str:
    """Format the distance from ``today`` to ``day``, which may be in the past."""
    days = (day - today).days
    return _format_past(day, today, catalog) if days < 0 else _format_future(day, today, catalog)


def _format_future(day: date, today: date, catalog: Catalog) -> str:
    days = (day - today).days
    if days > MAX_DAYS:
        return catalog.text("page.span.ahead", {"span": _format_span(today, day, catalog)})
    near = {0: "page.state.today", 1: "page.state.tomorrow"}
    return catalog.text(near.get(days, "page.state.ahead"), {"days": days})


def _format_past(day: date, today: date, catalog: Catalog) -> str:
    days = (today - day).days
    if days > MAX_DAYS:
        return catalog.text("page.span.ago", {"span": _format_span(day, today, catalog)})
    key = "page.span.yesterday" if days == 1 else "page.span.days_ago"
    return catalog.text(key, {"days": days})


def _format_span(start: date, end: date, catalog: Catalog) -> str:
    """Format the whole months from ``start`` to ``end``."""
    whole = MONTHS_PER_YEAR * (end.year - start.year) + end.month - start.month
    years, months = divmod(whole - (end.day < start.day), MONTHS_PER_YEAR)
    if not years:
        return _format_count("month", months, catalog)
    if not months:
        return _format_count("year", years, catalog)
    params = {
        "years": _format_count("year", years, catalog),
        "months": _format_count("month", months, catalog),
    }
    return catalog.text("page.span.joined", params)


def _format_count(unit: str, number: int, catalog: Catalog) -> str:
    key = f"page.span.{unit}" if number == 1 else f"page.span.{unit}s"
    return catalog.text(key, {"number": number})
