"""The last day on which a counter is open: weekends, national holidays, the turn of the year."""

from datetime import date

import pytest

from calsvc.municipality import toml_reader
from calsvc.municipality.opening_days import national_holidays
from tests.municipality.profiles import YEAR_END, changed


@pytest.mark.parametrize(
    ("day", "last_open"),
    [
        (date(2025, 4, 23), date(2025, 4, 23)),  # a Wednesday
        (date(2026, 11, 27), date(2026, 11, 27)),  # a Friday
        (date(2026, 11, 28), date(2026, 11, 27)),  # a Saturday
        (date(2026, 11, 29), date(2026, 11, 27)),  # a Sunday
        (date(2026, 11, 30), date(2026, 11, 30)),  # a Monday
        (date(2026, 11, 23), date(2026, 11, 20)),  # 勤労感謝の日, a Monday
        (date(2026, 12, 28), date(2026, 12, 28)),
        (date(2026, 12, 29), date(2026, 12, 28)),
        (date(2026, 12, 31), date(2026, 12, 28)),
        (date(2027, 1, 1), date(2026, 12, 28)),
        (date(2027, 1, 3), date(2026, 12, 28)),
        (date(2027, 1, 4), date(2027, 1, 4)),
        (date(2028, 1, 3), date(2027, 12, 28)),
        (date(2030, 1, 3), date(2029, 12, 28)),
        (date(2025, 5, 6), date(2025, 5, 2)),  # 振替休日 after 4 May, a Sunday
        (date(2025, 5, 5), date(2025, 5, 2)),
        (date(2025, 4, 29), date(2025, 4, 28)),  # 昭和の日
        (date(2026, 5, 6), date(2026, 5, 1)),  # 振替休日 after 3 May, a Sunday
        (date(2026, 5, 7), date(2026, 5, 7)),
        (date(2026, 9, 22), date(2026, 9, 18)),  # 国民の休日 between two holidays
        (date(2026, 9, 23), date(2026, 9, 18)),  # 秋分の日
        (date(2027, 3, 22), date(2027, 3, 19)),  # 振替休日 after 春分の日, a Sunday
        (date(2028, 2, 29), date(2028, 2, 29)),
    ],
)
def test_the_last_open_day_is_the_day_itself_or_one_before(day: date, last_open: date) -> None:
    assert toml_reader.load("otaru").last_open_day(day) == last_open


def test_single_days_can_be_closed_as_well() -> None:
    city = toml_reader.read("city.toml", changed("dates = []", "dates = [2026-11-24]"))
    assert city.last_open_day(date(2026, 11, 24)) == date(2026, 11, 20)


def test_the_closure_around_new_year_can_be_another() -> None:
    city = toml_reader.read("city.toml", changed(YEAR_END, 'year_end = ["12-31", "01-05"]'))
    assert city.last_open_day(date(2026, 12, 30)) == date(2026, 12, 30)
    assert city.last_open_day(date(2027, 1, 5)) == date(2026, 12, 30)
    assert city.last_open_day(date(2027, 1, 6)) == date(2027, 1, 6)


@pytest.mark.parametrize("year", [1949, 2024, 2099])
def test_new_year_s_day_is_a_national_holiday(year: int) -> None:
    assert date(year, 1, 1) in national_holidays(year)
