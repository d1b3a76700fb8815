"""What is known of a card, and the latest day on which one can be issued."""

from datetime import date

import pytest

from calsvc.rules.card import (
    Card,
    CardExpiry,
    Caution,
    CautionCode,
    Term,
    is_birthday,
    latest_issue,
)


@pytest.mark.parametrize(
    "value",
    [
        Card(date(1985, 4, 23), date(2020, 6, 1)),
        Caution(CautionCode.EXPIRY_UNUSUAL),
        CardExpiry(date(2030, 4, 23), Term.TEN_BIRTHDAYS),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_cannot_be_changed_once_it_is_made(value: object) -> None:
    with pytest.raises(AttributeError):
        setattr(value, next(iter(type(value).__annotations__)), None)


@pytest.mark.parametrize(
    ("born", "day", "expected"),
    [
        (date(1985, 4, 23), date(2030, 4, 23), True),
        (date(1985, 4, 23), date(2030, 4, 24), False),
        (date(2000, 2, 29), date(2028, 2, 29), True),
        (date(2000, 2, 29), date(2027, 2, 28), True),
        (date(2000, 2, 29), date(2028, 2, 28), False),
    ],
)
def test_a_leap_day_child_has_its_birthday_on_28_february(
    born: date, day: date, expected: bool
) -> None:
    assert is_birthday(born, day) is expected


@pytest.mark.parametrize(
    ("today", "latest"),
    [
        (date(2026, 11, 24), date(2027, 11, 24)),
        (date(2028, 2, 29), date(2029, 2, 28)),
        (date(2079, 6, 1), date(2080, 1, 1)),
        (date.max, date(2080, 1, 1)),
        (None, date(2080, 1, 1)),
    ],
)
def test_a_card_is_issued_within_a_year_and_before_the_bound(
    today: date | None, latest: date
) -> None:
    assert latest_issue(today) == latest
