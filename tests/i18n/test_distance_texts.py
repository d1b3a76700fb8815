"""Distances: in days if a day is near, otherwise in years and months."""

from datetime import date

import pytest

from calsvc.i18n.catalogs import get_catalog
from calsvc.i18n.distance_texts import format_distance
from calsvc.i18n.languages import LANGUAGES

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("day", "ja", "en"),
    [
        (date(2022, 1, 23), "約4年10か月前", "about 4 years and 10 months ago"),
        (date(2025, 11, 25), "約1年前", "about 1 year ago"),
        (date(2026, 8, 27), "90日前", "90 days ago"),
        (date(2026, 11, 24), "きのう", "yesterday"),
        (TODAY, "きょう", "today"),
        (date(2026, 11, 26), "あした", "tomorrow"),
        (date(2027, 2, 23), "あと90日", "90 days left"),
        (date(2027, 2, 24), "約2か月後", "in about 2 months"),
        (date(2027, 12, 25), "約1年1か月後", "in about 1 year and 1 month"),
        (date(2031, 10, 10), "約4年10か月後", "in about 4 years and 10 months"),
    ],
)
def test_distance_is_in_days_or_in_months_and_years(day: date, ja: str, en: str) -> None:
    assert format_distance(day, TODAY, get_catalog("ja")) == ja
    assert format_distance(day, TODAY, get_catalog("en")) == en


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_distance_has_a_text(lang: str) -> None:
    catalog = get_catalog(lang)
    days = [date.fromordinal(TODAY.toordinal() + offset) for offset in range(-4000, 4000, 37)]
    assert all(format_distance(day, TODAY, catalog) for day in days)
