"""Opening hours as municipalities publish them, and lines that are invalid."""

import csv
from datetime import date, time, timedelta
from pathlib import Path

import pytest

from calsvc.municipality.counters import Task
from calsvc.municipality.hours import (
    InvalidHoursError,
    is_maintenance_day,
    national_holidays,
    nths_of,
    parse_rule,
)
from calsvc.municipality.opening_days import Closure, Timetable
from tests.municipality.profiles import small

HOLIDAYS = Closure(holidays=True)
OSAKA_SUNDAYS = [
    *(date(2025, *day) for day in ((4, 27), (5, 25), (6, 22), (7, 27), (8, 24), (9, 28))),
    *(date(2025, *day) for day in ((10, 26), (11, 23))),
    *(date(2026, *day) for day in ((1, 25), (2, 22), (3, 22))),
]
"""Published for fiscal 2025: every fourth Sunday except in December, including a holiday."""


def rows() -> list[dict[str, str]]:
    with (Path(__file__).parent / "hours.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def days(text: str) -> list[date]:
    return [date.fromisoformat(each) for each in text.split()]


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["pattern"])
def test_published_hours_give_the_published_days(row: dict[str, str]) -> None:
    rule = parse_rule(row["pattern"])
    free = () if rule.by_reservation else (rule,)
    timetable = Timetable(rules=free, closures=(HOLIDAYS,), closed_weekdays=frozenset(range(7)))
    assert [day for day in days(row["open"]) if not timetable.is_open(day)] == []
    assert [day for day in days(row["closed"]) if timetable.is_open(day)] == []
    if rule.by_reservation:
        assert all(rule.matches(day) for day in days(row["closed"]))


def test_sundays_of_osaka_are_the_published_ones() -> None:
    rule = parse_rule("4th sun 09:00-17:30 also holidays")
    timetable = Timetable((rule,), (Closure(holidays=True, dates=frozenset({date(2025, 12, 28)})),))
    year = [date(2025, 4, 1) + timedelta(days=each) for each in range(365)]
    assert [day for day in year if timetable.is_open(day)] == OSAKA_SUNDAYS


def test_the_maintenance_sunday_is_not_always_the_third() -> None:
    year = [date(2026, 4, 1) + timedelta(days=each) for each in range(365)]
    found = [day for day in year if is_maintenance_day(day)]
    assert len(found) == 12
    assert [day for day in found if "3rd" not in nths_of(day)] == [date(2026, 11, 22)]
    assert is_maintenance_day(date(2026, 12, 20))
    assert not is_maintenance_day(date(2026, 11, 15))
    assert is_maintenance_day(date(2026, 2, 22))


def test_maintenance_closes_certificates_and_no_other_task() -> None:
    city = small(counter='hours = ["sun 09:00-12:00"]\nclosed = []')
    assert city.last_open_day(date(2026, 11, 22), Task.CERTIFICATE) == date(2026, 11, 15)
    city = small(counter='hours = ["sun 09:00-12:00"]\nclosed = []'.replace("sun", "daily"))
    assert city.last_open_day(date(2026, 11, 22), Task.CERTIFICATE) == date(2026, 11, 21)


def test_a_weekly_evening_is_closed_on_a_holiday() -> None:
    city = small(counter='hours = ["thu 17:00-19:00"]')
    # 2027-02-11 is 建国記念の日, a Thursday.
    assert date(2027, 2, 11) in national_holidays(2027)
    assert city.last_open_day(date(2027, 2, 12), Task.CERTIFICATE) == date(2027, 2, 4)


def test_times_are_parsed() -> None:
    rule = parse_rule("sun 08:30-12:00,13:00-17:00 except 3rd,last")
    assert rule.times == ((time(8, 30), time(12)), (time(13), time(17)))
    assert rule.closed_nths == {"3rd", "last"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "must be like"),
        ("mon-fri", "must be like"),
        ("mon-fri 8:30-17:15", "must be like"),
        ("Mon-Fri 08:30-17:15", "must be like"),
        ("mon-fri 08:30-17:15 ", "must be like"),
        ("2nd sat", "must be like"),
        ("6th sat 09:00-12:00", "must be like"),
        ("mon-fri 25:00-26:00", "hours are 00:00 to 23:59"),
        ("mon-fri 08:30-24:00", "hours are 00:00 to 23:59"),
        ("mon-fri 08:60-09:00", "hours are 00:00 to 23:59"),
        ("mon-fri 17:15-08:30", "ends before it begins"),
        ("mon-fri 09:00-09:00", "ends before it begins"),
        ("monday 08:30-17:15", "has no day 'monday'"),
        ("mon-holidays 08:30-17:15", "has no day"),
        ("tuu,fri 08:30-17:15", "has no day 'tuu'"),
    ],
)
def test_invalid_hours_are_rejected_with_a_remedy(text: str, message: str) -> None:
    with pytest.raises(InvalidHoursError, match=message):
        parse_rule(text)
