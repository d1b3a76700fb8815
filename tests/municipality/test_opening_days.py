"""The last and the first day on which a counter is open."""

from datetime import date

import pytest

from calsvc.municipality import loader
from calsvc.municipality.counters import Task
from calsvc.municipality.hours import national_holidays
from tests.municipality.profiles import changed, small

OTARU_DAYS = [
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
]


@pytest.mark.parametrize(("day", "last_open"), OTARU_DAYS)
def test_the_last_open_day_is_the_day_itself_or_one_before(day: date, last_open: date) -> None:
    for code in ("012033", "013048"):  # with a profile, and without one
        for task in Task:
            assert loader.load_municipality(code).last_open_day(day, task) == last_open


def test_the_first_open_day_is_the_day_itself_or_one_after() -> None:
    otaru = loader.load_municipality("012033")
    assert otaru.first_open_day(date(2026, 12, 29), Task.APPLY) == date(2027, 1, 4)
    assert otaru.first_open_day(date(2027, 1, 4), Task.APPLY) == date(2027, 1, 4)


def test_a_task_has_the_open_days_of_its_counters() -> None:
    city = loader.load_municipality("233021")
    # The second Saturday: certificates and applications; collecting is not known of.
    assert city.last_open_day(date(2026, 11, 14), Task.CERTIFICATE) == date(2026, 11, 14)
    assert city.last_open_day(date(2026, 11, 14), Task.COLLECT) == date(2026, 11, 13)


def test_an_evening_by_reservation_opens_no_day() -> None:
    city = small(counter='hours = ["mon 09:00-12:00", "3rd thu 17:15-20:00 by reservation"]')
    assert city.last_open_day(date(2026, 11, 20), Task.CERTIFICATE) == date(2026, 11, 16)


def test_counter_with_only_reserved_hours_is_open_on_them() -> None:
    city = small(counter='hours = ["mon 09:00-12:00 by reservation"]')
    assert city.last_open_day(date(2026, 11, 20), Task.CERTIFICATE) == date(2026, 11, 16)


def test_counters_requiring_reservations_count_if_all_do() -> None:
    required = 'reservation = "required"\nhours = ["sat 09:00-12:00"]\n'
    other = """
[[counter]]
id = "branch"
kind = "branch"
does = ["certificate"]
name.ja = "支所"
hours = ["fri 09:00-12:00"]
"""
    saturday = date(2026, 11, 14)
    assert small(counter=required).last_open_day(saturday, Task.CERTIFICATE) == saturday
    both = small(counter=required + other)
    assert both.last_open_day(saturday, Task.CERTIFICATE) == date(2026, 11, 13)


def test_temporary_counter_is_open_only_on_its_days() -> None:
    city = small(counter="from = 2026-12-07\nuntil = 2026-12-11")
    assert city.last_open_day(date(2026, 12, 20), Task.CERTIFICATE) == date(2026, 12, 11)
    assert city.first_open_day(date(2026, 12, 1), Task.CERTIFICATE) == date(2026, 12, 7)


def test_after_the_end_of_a_counter_the_fallback_is_used() -> None:
    city = small(counter="until = 2026-12-11")
    assert city.last_open_day(date(2030, 12, 15), Task.CERTIFICATE) == date(2030, 12, 13)


def test_openings_are_open_in_spite_of_rules() -> None:
    city = small(counter='hours = ["mon-fri 09:00-17:00"]\nopen = ["2027-03-28 09:00-12:00"]')
    sunday = date(2027, 3, 28)
    assert city.last_open_day(sunday, Task.CERTIFICATE) == sunday


def test_single_days_and_periods_can_be_closed() -> None:
    city = small('[closed]\ndays = ["holidays", "12-31..01-05", 2026-11-24]\n')
    assert city.last_open_day(date(2026, 11, 24), Task.CERTIFICATE) == date(2026, 11, 20)
    assert city.last_open_day(date(2026, 12, 30), Task.CERTIFICATE) == date(2026, 12, 30)
    assert city.last_open_day(date(2027, 1, 5), Task.CERTIFICATE) == date(2026, 12, 30)
    assert city.last_open_day(date(2027, 1, 6), Task.CERTIFICATE) == date(2027, 1, 6)


def test_a_period_within_a_year_can_be_closed() -> None:
    city = small('[closed]\ndays = ["08-12..08-14"]\n')
    assert city.last_open_day(date(2026, 8, 14), Task.CERTIFICATE) == date(2026, 8, 11)
    assert city.last_open_day(date(2026, 11, 23), Task.CERTIFICATE) == date(2026, 11, 23)


def test_one_task_can_be_closed() -> None:
    city = small(counter='closed_for.certificate = [2026-11-24, "jlis"]')
    assert city.last_open_day(date(2026, 11, 24), Task.CERTIFICATE) == date(2026, 11, 20)


def test_the_closure_of_another_profile_can_be_changed_by_key() -> None:
    city = loader.parse_municipality(
        "city.toml", changed("[collect]", "[closed]\nweekdays = []\n[collect]")
    )
    saturday = date(2026, 11, 28)
    assert city.last_open_day(saturday, Task.CERTIFICATE) == saturday
    assert city.last_open_day(date(2026, 11, 23), Task.CERTIFICATE) == date(2026, 11, 21)


@pytest.mark.parametrize("year", [1949, 2024, 2099])
def test_new_year_s_day_is_a_national_holiday(year: int) -> None:
    assert date(year, 1, 1) in national_holidays(year)
