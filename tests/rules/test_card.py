"""Values that describe a card."""

from datetime import date

import pytest

from calsvc.rules.card import (
    Card,
    CardExpiry,
    Caution,
    CautionCode,
    Term,
    is_birthday,
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
def test_value_is_immutable(value: object) -> None:
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
