"""Cards that may have been renewed early, and the predecessors that this takes."""

from datetime import date

import pytest

from calsvc.rules.dates import ONE_DAY, DateRange
from calsvc.rules.early_renewal import (
    can_expire_on,
    early_issue_dates,
    may_be_renewed_early,
    possible_issues,
)


@pytest.mark.parametrize(
    ("born", "birthday", "possible"),
    [
        # A card of 2016-01-01 counts 2016-01-02 first: 5 birthdays to 2020-01-02, 10 to 2025-01-02.
        (date(2010, 1, 1), date(2020, 1, 1), False),
        (date(2010, 1, 2), date(2020, 1, 2), True),
        (date(1980, 1, 1), date(2025, 1, 1), False),
        (date(1980, 1, 2), date(2025, 1, 2), True),
        # A newborn's card ends on the 5th birthday at the earliest.
        (date(2020, 6, 1), date(2024, 6, 1), False),
        (date(2020, 6, 1), date(2025, 6, 1), True),
        # 23 = 18 + 5, applied for at 17; 24 = 19 + 5 under the threshold 20 alone.
        (date(2003, 6, 1), date(2026, 6, 1), True),
        (date(2003, 3, 31), date(2027, 3, 31), True),
        (date(2003, 12, 29), date(2027, 12, 29), True),
        (date(2003, 12, 30), date(2027, 12, 30), False),
        # 25 = 20 + 5, applied for at 19, or 19 + 6.
        (date(2002, 12, 29), date(2027, 12, 29), True),
        (date(2002, 12, 30), date(2027, 12, 30), False),
        # In 2020 nobody of 25 can hold one applied for at 19 before cards were first applied for.
        (date(1995, 7, 1), date(2020, 7, 1), False),
        (date(1995, 7, 2), date(2020, 7, 2), True),
        (date(2000, 6, 1), date(2026, 6, 1), False),
        (date(1999, 6, 1), date(2026, 6, 1), False),
        (date(1998, 6, 1), date(2026, 6, 1), False),
        # 29 = 19 + 10 on the eve of the 20th birthday.
        (date(1997, 6, 1), date(2026, 6, 1), True),
        (date(1996, 6, 1), date(2026, 6, 1), True),
    ],
)
def test_a_card_can_expire_on_the_birthdays_of_some_ages(
    born: date, birthday: date, possible: bool
) -> None:
    assert can_expire_on(born, birthday) is possible


@pytest.mark.parametrize(
    ("issued", "early"),
    [
        (date(2025, 10, 20), False),
        (date(2025, 10, 21), True),
        (date(2026, 1, 19), True),
        (date(2026, 1, 20), False),
        (date(2026, 1, 21), False),
    ],
)
def test_early_means_the_three_months_before_a_birthday(issued: date, early: bool) -> None:
    assert may_be_renewed_early(date(1980, 1, 20), issued) is early


@pytest.mark.parametrize(
    ("born", "issued"),
    [
        (date(1980, 10, 1), date(2026, 7, 2)),  # 91 days before the birthday
        (date(1980, 5, 31), date(2026, 3, 1)),
        (date(1980, 5, 1), date(2026, 2, 2)),
    ],
)
def test_a_window_has_88_to_92_days(born: date, issued: date) -> None:
    assert may_be_renewed_early(born, issued)
    assert not may_be_renewed_early(born, issued - ONE_DAY)


def test_possible_issues_have_dates_and_birthday_counts() -> None:
    assert list(possible_issues(date(2001, 8, 10), date(2026, 8, 10), adult=False)) == [
        (DateRange(date(2021, 8, 10), date(2022, 8, 9)), 5),
        (DateRange(date(2021, 5, 11), date(2021, 8, 9)), 6),
    ]
    assert list(possible_issues(date(2001, 8, 10), date(2026, 8, 10), adult=True)) == []
    assert list(possible_issues(date(1985, 6, 30), date(2038, 6, 30), adult=True)) == [
        (DateRange(date(2028, 3, 31), date(2028, 3, 31)), 11),
    ]


def test_early_days_lie_before_the_first_counted_birthday() -> None:
    found = early_issue_dates(date(1990, 5, 31), date(2036, 5, 31), 10)
    assert found == DateRange(date(2026, 3, 1), date(2026, 5, 30))
