"""Adults and minors, and the days on which the age may count."""

from datetime import date

import pytest

from calsvc.rules.ages import (
    adult_age,
    earliest_application,
    is_eve_of_adulthood,
    may_be_adult,
    may_be_minor,
)


@pytest.mark.parametrize(
    ("applied", "age"),
    [(date(2015, 10, 5), 20), (date(2022, 3, 31), 20), (date(2022, 4, 1), 18)],
)
def test_the_day_of_application_decides_who_is_adult(applied: date, age: int) -> None:
    assert adult_age(applied) == age


def test_an_application_lies_at_most_six_months_before_the_issue() -> None:
    assert earliest_application(date(2026, 8, 31), None) == date(2026, 2, 28)
    assert earliest_application(date(2026, 8, 31), date(2026, 8, 1)) == date(2026, 8, 1)


@pytest.mark.parametrize(
    ("issued", "minor", "adult"),
    [
        # Born on 2008-06-02.
        (date(2026, 5, 31), True, False),
        (date(2026, 6, 1), True, True),
        (date(2026, 6, 2), True, True),
        (date(2026, 12, 1), True, True),
        (date(2026, 12, 2), False, True),
    ],
)
def test_around_adulthood_a_card_may_be_of_either_kind(
    issued: date, minor: bool, adult: bool
) -> None:
    born = date(2008, 6, 2)
    assert (may_be_minor(born, issued), may_be_adult(born, issued)) == (minor, adult)


def test_a_known_application_day_decides_the_age_group() -> None:
    born, issued = date(2003, 5, 10), date(2022, 6, 1)
    assert may_be_minor(born, issued, date(2022, 3, 31))
    assert not may_be_minor(born, issued, date(2022, 4, 1))
    assert not may_be_adult(born, issued, date(2022, 3, 31))
    assert may_be_adult(born, issued, date(2022, 4, 1))


@pytest.mark.parametrize(
    ("born", "issued", "applied", "eve"),
    [
        (date(2008, 6, 2), date(2026, 6, 1), None, True),
        (date(2008, 6, 2), date(2026, 5, 31), None, False),
        (date(2008, 6, 2), date(2026, 6, 2), None, False),
        (date(2002, 5, 10), date(2022, 5, 9), date(2022, 3, 15), True),
        (date(2002, 5, 10), date(2022, 5, 9), None, False),
        (date(2007, 6, 2), date(2026, 6, 1), None, False),
    ],
)
def test_the_eve_of_adulthood_is_the_day_before_it(
    born: date, issued: date, applied: date | None, eve: bool
) -> None:
    assert is_eve_of_adulthood(born, issued, applied) is eve
