"""Birthdays, ages, whole months and runs of days: all expectations are literal."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calsvc.rules.dates import (
    ONE_DAY,
    DateRange,
    add_months,
    age_on,
    birthday_in,
    end_of_month,
    is_leap_day,
    is_more_months_after,
    nth_birthday,
)

NEAR_NOW = st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31))


# --- birthdays ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("born", "year", "birthday"),
    [
        (date(1985, 4, 23), 2030, date(2030, 4, 23)),
        (date(1985, 12, 31), 2030, date(2030, 12, 31)),
        (date(2000, 2, 28), 2023, date(2023, 2, 28)),
        (date(2000, 2, 28), 2024, date(2024, 2, 28)),
        (date(2000, 2, 29), 2024, date(2024, 2, 29)),
        (date(2000, 2, 29), 2023, date(2023, 2, 28)),
        (date(2000, 2, 29), 2100, date(2100, 2, 28)),
        (date(2000, 3, 29), 2023, date(2023, 3, 29)),
        (date(2000, 1, 29), 2023, date(2023, 1, 29)),
    ],
)
def test_a_birthday_falls_on_its_day_or_on_28_february(
    born: date, year: int, birthday: date
) -> None:
    assert birthday_in(born, year) == birthday


@pytest.mark.parametrize(
    ("after", "n", "birthday"),
    [
        (date(2020, 10, 9), 1, date(2020, 10, 10)),
        (date(2020, 10, 10), 1, date(2021, 10, 10)),
        (date(2020, 10, 11), 1, date(2021, 10, 10)),
        (date(2020, 5, 15), 5, date(2024, 10, 10)),
        (date(2020, 5, 15), 10, date(2029, 10, 10)),
        (date(2020, 10, 10), 10, date(2030, 10, 10)),
    ],
)
def test_a_birthday_on_the_day_itself_is_not_counted(after: date, n: int, birthday: date) -> None:
    assert nth_birthday(date(1990, 10, 10), after, n) == birthday


@pytest.mark.parametrize(
    ("after", "n", "birthday"),
    [
        (date(2021, 2, 27), 1, date(2021, 2, 28)),
        (date(2021, 2, 28), 1, date(2022, 2, 28)),
        (date(2021, 2, 28), 3, date(2024, 2, 29)),
        (date(2024, 2, 28), 1, date(2024, 2, 29)),
        (date(2024, 2, 29), 1, date(2025, 2, 28)),
        (date(2024, 2, 29), 4, date(2028, 2, 29)),
    ],
)
def test_the_birthdays_of_a_leap_day_child_are_counted(after: date, n: int, birthday: date) -> None:
    assert nth_birthday(date(2000, 2, 29), after, n) == birthday


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(2004, 4, 1), date(2022, 3, 31), 17),
        (date(2004, 4, 1), date(2022, 4, 1), 18),
        (date(2004, 4, 1), date(2023, 3, 31), 18),
        (date(2004, 4, 1), date(2004, 4, 1), 0),
        (date(2004, 4, 1), date(2005, 3, 31), 0),
        (date(2004, 2, 29), date(2022, 2, 27), 17),
        (date(2004, 2, 29), date(2022, 2, 28), 18),
        (date(2004, 2, 29), date(2024, 2, 28), 19),
        (date(2004, 2, 29), date(2024, 2, 29), 20),
    ],
)
def test_age_increases_on_the_birthday(born: date, day: date, age: int) -> None:
    assert age_on(born, day) == age


@given(NEAR_NOW, NEAR_NOW, st.integers(1, 10))
def test_birthdays_come_one_a_year_after_the_day(born: date, after: date, n: int) -> None:
    first, this, following = (nth_birthday(born, after, each) for each in (1, n, n + 1))
    assert after < first <= after + timedelta(days=366)
    assert timedelta(days=365) <= following - this <= timedelta(days=366)
    assert (this.month, this.day) in {(born.month, born.day), (2, 28)}


@given(NEAR_NOW, NEAR_NOW)
def test_age_increases_on_the_birthday_and_not_before(born: date, day: date) -> None:
    birthday = nth_birthday(born, day, 1)
    assert age_on(born, birthday) == age_on(born, day) + 1
    assert age_on(born, birthday - timedelta(days=1)) == age_on(born, day)


@pytest.mark.parametrize(
    ("day", "months", "result"),
    [
        (date(2025, 4, 23), -3, date(2025, 1, 23)),
        (date(2025, 4, 23), 3, date(2025, 7, 23)),
        (date(2025, 1, 15), -3, date(2024, 10, 15)),
        (date(2025, 11, 15), 3, date(2026, 2, 15)),
        (date(2025, 5, 31), -3, date(2025, 2, 28)),
        (date(2024, 5, 31), -3, date(2024, 2, 29)),
        (date(2024, 5, 29), -3, date(2024, 2, 29)),
        (date(2025, 5, 29), -3, date(2025, 2, 28)),
        (date(2025, 7, 31), -3, date(2025, 4, 30)),
        (date(2025, 11, 30), 3, date(2026, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2025, 1, 31), 3, date(2025, 4, 30)),
        (date(2025, 2, 28), 3, date(2025, 5, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2025, 4, 23), 0, date(2025, 4, 23)),
    ],
)
def test_months_end_on_the_same_day_or_the_last_of_the_month(
    day: date, months: int, result: date
) -> None:
    assert add_months(day, months) == result


@given(st.dates(date(1900, 1, 1), date(2200, 12, 31)), st.integers(-200, 200))
def test_added_months_are_counted_by_the_calendar(day: date, months: int) -> None:
    result = add_months(day, months)
    assert 12 * (result.year - day.year) + result.month - day.month == months
    assert result.day == min(day.day, end_of_month(result).day)


@pytest.mark.parametrize("months", [1, 2, 14])
def test_months_beyond_the_last_date_are_an_error(months: int) -> None:
    with pytest.raises(ValueError, match="out of range"):
        add_months(date.max, months)


@pytest.mark.parametrize(
    ("day", "last"),
    [
        (date(2025, 2, 1), date(2025, 2, 28)),
        (date(2024, 2, 10), date(2024, 2, 29)),
        (date(2100, 2, 10), date(2100, 2, 28)),
        (date(2025, 4, 30), date(2025, 4, 30)),
        (date(2025, 12, 1), date(2025, 12, 31)),
    ],
)
def test_a_month_has_a_last_day(day: date, last: date) -> None:
    assert end_of_month(day) == last


@pytest.mark.parametrize(
    ("day", "inside"),
    [
        (date(2025, 1, 23), False),
        (date(2025, 1, 24), True),
        (date(2025, 4, 23), True),
        (date(2025, 4, 24), False),
    ],
)
def test_a_run_of_days_includes_both_its_ends(day: date, inside: bool) -> None:
    assert (day in DateRange(date(2025, 1, 24), date(2025, 4, 23))) is inside


def test_a_run_of_days_cannot_be_changed() -> None:
    days = DateRange(date(2025, 1, 24), date(2025, 4, 23))
    with pytest.raises(AttributeError):
        days.end = date(2025, 4, 24)


@pytest.mark.parametrize(
    ("day", "leap"),
    [
        (date(2024, 2, 29), True),
        (date(2024, 2, 28), False),
        (date(2024, 1, 29), False),
    ],
)
def test_29_february_is_a_leap_day(day: date, leap: bool) -> None:
    assert is_leap_day(day) is leap


# --- whole months ---------------------------------------------------------------------------------


@given(NEAR_NOW, NEAR_NOW, st.sampled_from([1, 2, 6, 12, 66, 120]))
def test_more_months_after_is_after_the_day_of_that_month(
    day: date, start: date, months: int
) -> None:
    for each in (day, add_months(start, months), add_months(start, months) + ONE_DAY):
        assert is_more_months_after(each, start, months) is (each > add_months(start, months))


def test_months_are_compared_at_the_end_of_the_calendar() -> None:
    assert not is_more_months_after(date.max, date(9999, 12, 1), 2)
    assert is_more_months_after(date.max, date(9999, 10, 30), 2)
