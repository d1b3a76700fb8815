"""Rejected cards and their messages: bounds that the golden tables cannot show."""

from datetime import date

import pytest

from calsvc.errors import InvalidInputError
from calsvc.rules.card import Card
from calsvc.rules.plan import check_and_assess
from calsvc.rules.validation import check_card
from tests.rules.strategies import TODAY


def keys_of(card: Card, today: date | None = TODAY) -> list[str]:
    with pytest.raises(InvalidInputError) as caught:
        check_card(card, today)
    return [problem.key for problem in caught.value.problems]


def test_every_faulty_field_is_named_at_once() -> None:
    card = Card(
        born=date(1899, 12, 31),
        issued=date(2015, 12, 31),
        applied=date(1890, 1, 1),
        stay_until=date(2015, 12, 30),
    )
    assert keys_of(card) == [
        "born.too_early",
        "issued.too_early",
        "applied.too_early",
        "stay_until.before_issue",
    ]


@pytest.mark.parametrize(
    ("card", "key"),
    [
        (Card(date(1899, 12, 31), date(2020, 1, 1)), "born.too_early"),
        (Card(date(2026, 11, 25), date(2027, 1, 1)), "born.in_future"),
        (Card(date(1985, 4, 23)), "issued.missing"),
        (Card(date(1985, 4, 23), date(2015, 12, 31)), "issued.too_early"),
        (Card(date(2020, 5, 2), date(2020, 5, 1)), "issued.before_birth"),
        (Card(date(1985, 4, 23), date(2027, 11, 25)), "issued.too_late"),
        (
            Card(date(2018, 4, 23), date(2020, 6, 1), applied=date(2018, 4, 22)),
            "applied.before_birth",
        ),
        (
            Card(date(1985, 4, 23), date(2020, 6, 1), applied=date(2015, 10, 4)),
            "applied.too_early",
        ),
        (
            Card(date(1985, 4, 23), card_expires=date(2030, 4, 23), applied=date(2021, 4, 23)),
            "applied.after_issue",
        ),
        (
            Card(date(1985, 4, 23), date(2020, 6, 1), applied=date(2020, 6, 2)),
            "applied.after_issue",
        ),
        (
            Card(date(1985, 4, 23), card_expires=date(2030, 4, 23), applied=date(2030, 4, 24)),
            "applied.after_issue",
        ),
        (
            Card(date(1985, 4, 23), date(2020, 6, 1), stay_until=date(2020, 5, 31)),
            "stay_until.before_issue",
        ),
        (
            Card(date(1985, 4, 23), card_expires=date(2025, 3, 31), stay_until=date(2025, 1, 30)),
            "stay_until.before_card_expires",
        ),
        (Card(date(1985, 4, 23), card_expires=date(2030, 4, 24)), "card_expires.not_birthday"),
        (Card(date(2022, 4, 23), card_expires=date(2026, 4, 23)), "card_expires.impossible_age"),
        (Card(date(2000, 4, 23), card_expires=date(2026, 4, 23)), "card_expires.impossible_age"),
        (Card(date(1999, 4, 23), card_expires=date(2026, 4, 23)), "card_expires.impossible_age"),
        (Card(date(1985, 4, 23), card_expires=date(2024, 4, 23)), "card_expires.too_early"),
        (Card(date(1985, 7, 1), card_expires=date(2038, 7, 1)), "card_expires.not_known_yet"),
        (Card(date(1985, 4, 23), date(2028, 4, 1)), "issued.not_known_yet"),
        (
            Card(date(1985, 4, 23), date(2020, 6, 1), date(2025, 4, 23)),
            "card_expires.not_of_this_issue",
        ),
        (
            Card(date(1985, 4, 23), card_expires=date(2030, 4, 23), cert_expires=date(2030, 4, 24)),
            "cert_expires.outside_validity",
        ),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_each_fault_has_its_own_message(card: Card, key: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        check_card(card, TODAY)
    assert [(each.field, each.key) for each in caught.value.problems] == [
        (key.partition(".")[0], key)
    ]


def test_an_error_names_the_earliest_day_and_no_submitted_one() -> None:
    with pytest.raises(InvalidInputError) as caught:
        check_card(Card(date(1899, 12, 31), date(2015, 12, 31)), TODAY)
    assert [dict(problem.params) for problem in caught.value.problems] == [
        {"earliest": date(1900, 1, 1)},
        {"earliest": date(2016, 1, 1)},
    ]


def test_a_good_card_is_accepted() -> None:
    check_card(Card(date(1985, 4, 23), date(2020, 6, 1)), TODAY)


@pytest.mark.parametrize(
    ("born", "expires", "key"),
    [
        (date(2021, 4, 23), date(2026, 4, 23), ""),
        (date(2021, 4, 24), date(2026, 4, 24), ""),
        (date(2002, 4, 23), date(2026, 4, 23), ""),
        (date(1998, 4, 23), date(2026, 4, 23), ""),
        (date(2022, 4, 24), date(2026, 4, 24), "card_expires.impossible_age"),
        (date(2000, 4, 24), date(2026, 4, 24), "card_expires.impossible_age"),
    ],
)
def test_a_printed_expiry_is_at_5_to_24_or_from_28(born: date, expires: date, key: str) -> None:
    card = Card(born, card_expires=expires)
    if key:
        assert keys_of(card) == [key]
    else:
        assert check_and_assess(card, TODAY).plan.card_expiry == expires


@pytest.mark.parametrize(
    ("born", "expires", "rejected"),
    [
        # The last card whose 10th birthday falls on it was issued on 2015-12-31 / 2016-01-01.
        (date(1985, 1, 1), date(2025, 1, 1), True),
        (date(1985, 1, 2), date(2025, 1, 2), False),
        # The same for 5 birthdays.
        (date(2010, 1, 1), date(2020, 1, 1), True),
        (date(2010, 1, 2), date(2020, 1, 2), False),
    ],
)
def test_a_card_issued_before_2016_is_rejected(born: date, expires: date, rejected: bool) -> None:
    card = Card(born, card_expires=expires)
    if rejected:
        assert keys_of(card) == ["card_expires.too_early"]
    else:
        check_card(card, TODAY)


@pytest.mark.parametrize(
    ("card", "key"),
    [
        (Card(date(1985, 4, 23), None, date(2015, 12, 31), stay_until=date(2015, 12, 31)), "early"),
        (Card(date(1985, 4, 23), None, date(2016, 1, 1), stay_until=date(2016, 1, 1)), ""),
        (Card(date(2020, 5, 2), None, date(2020, 5, 1), stay_until=date(2020, 5, 1)), "early"),
        (Card(date(2020, 5, 2), None, date(2020, 5, 2), stay_until=date(2020, 5, 2)), ""),
        (
            Card(date(1985, 10, 23), None, date(2036, 11, 24), stay_until=date(2036, 11, 24)),
            "",
        ),
    ],
)
def test_expiry_by_the_stay_without_issue_date_has_its_bounds(card: Card, key: str) -> None:
    if key:
        assert keys_of(card) == [f"card_expires.too_{key}"]
    else:
        check_card(card, TODAY)


@pytest.mark.parametrize(
    ("expires", "rejected"),
    [
        (date(2023, 6, 30), True),
        (date(2023, 7, 1), False),
        (date(2033, 6, 15), False),
        (date(2033, 6, 16), True),
    ],
)
def test_expiry_by_the_stay_lies_between_issue_and_10th_birthday(
    expires: date, rejected: bool
) -> None:
    stay = max(expires, date(2023, 7, 1))
    card = Card(date(1990, 6, 15), date(2023, 7, 1), expires, stay_until=stay)
    if rejected:
        assert keys_of(card) == ["card_expires.not_of_this_issue"]
    else:
        check_card(card, TODAY)


def test_without_today_only_fixed_bounds_are_checked() -> None:
    card = Card(date(1985, 4, 23), date(2028, 3, 31), cert_renewed=date(2030, 1, 1))
    assert check_and_assess(card, None).plan.card_expiry == date(2037, 4, 23)


def test_today_may_be_the_last_day_of_the_calendar() -> None:
    check_card(Card(date(1985, 4, 23), date(2020, 6, 1)), date.max)


def test_without_today_births_end_with_the_known_law() -> None:
    check_card(Card(date(2028, 3, 31), date(2028, 3, 31)), None)
    assert keys_of(Card(date(2028, 4, 1), date(2028, 4, 1)), None) == [
        "born.in_future",
        "issued.not_known_yet",
    ]
