"""Expiry and possible issue dates of a card, beyond the golden tables."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calsvc.rules.card import Card, Term, is_birthday
from calsvc.rules.dates import ONE_DAY, DateRange, age_on, nth_birthday
from calsvc.rules.early_renewal import issue_dates
from calsvc.rules.expiry import card_expiry
from calsvc.rules.plan import check_and_assess
from calsvc.rules.printed_expiry import possible_issue_dates
from tests.rules.strategies import BORN, TODAY, doubtful_cards, issued_cards, stay_cards


def test_an_unchecked_card_without_any_date_has_no_expiry() -> None:
    with pytest.raises(AssertionError, match=r"^a card is checked before its expiry is computed$"):
        card_expiry(Card(date(1985, 4, 23)))


@pytest.mark.parametrize(
    ("card", "term"),
    [
        (Card(date(1985, 4, 23), date(2020, 6, 1)), Term.TEN_BIRTHDAYS),
        (Card(date(2012, 3, 15), date(2023, 6, 1)), Term.FIVE_BIRTHDAYS),
        (Card(date(1985, 4, 23), card_expires=date(2030, 4, 23)), Term.TEN_BIRTHDAYS),
        (Card(date(2012, 3, 15), card_expires=date(2028, 3, 15)), Term.FIVE_BIRTHDAYS),
        (Card(date(1990, 6, 15), date(2023, 7, 1), stay_until=date(2026, 3, 31)), Term.STAY),
        (
            Card(date(1990, 6, 15), card_expires=date(2026, 3, 31), stay_until=date(2026, 3, 31)),
            Term.STAY,
        ),
        (
            Card(date(1990, 6, 15), date(2023, 7, 1), stay_until=date(2033, 6, 16)),
            Term.TEN_BIRTHDAYS,
        ),
    ],
)
def test_a_plan_has_the_term_that_set_the_expiry(card: Card, term: Term) -> None:
    assert check_and_assess(card, TODAY).plan.term is term


# --- possible issue dates -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("card", "first", "last"),
    [
        (Card(date(1985, 4, 23), date(2020, 6, 1)), date(2020, 6, 1), date(2020, 6, 1)),
        (
            Card(date(1985, 4, 23), date(2020, 6, 1), date(2030, 4, 23)),
            date(2020, 6, 1),
            date(2020, 6, 1),
        ),
        (
            # No predecessor can have ended in 2020, so none was renewed early.
            Card(date(1985, 4, 23), card_expires=date(2030, 4, 23)),
            date(2020, 4, 23),
            date(2021, 4, 22),
        ),
        (
            Card(date(1985, 4, 23), card_expires=date(2037, 4, 23)),
            date(2027, 1, 24),
            date(2028, 4, 22),
        ),
        (
            Card(date(2012, 3, 15), card_expires=date(2028, 3, 15)),
            date(2022, 12, 16),
            date(2024, 3, 14),
        ),
        (
            Card(date(1990, 6, 15), card_expires=date(2026, 3, 31), stay_until=date(2026, 3, 31)),
            date(2016, 1, 1),
            date(2026, 3, 31),
        ),
        (
            Card(
                date(1990, 6, 15),
                date(2023, 7, 1),
                date(2026, 3, 31),
                stay_until=date(2026, 3, 31),
            ),
            date(2023, 7, 1),
            date(2023, 7, 1),
        ),
        (
            Card(date(2020, 6, 15), card_expires=date(2026, 3, 31), stay_until=date(2026, 3, 31)),
            date(2020, 6, 15),
            date(2026, 3, 31),
        ),
    ],
)
def test_an_expiry_gives_the_possible_issue_dates(card: Card, first: date, last: date) -> None:
    assert possible_issue_dates(card, card_expiry(card).day) == DateRange(first, last)


@pytest.mark.parametrize(
    ("born", "expiry", "birthdays", "first", "last"),
    [
        (date(1985, 4, 23), date(2030, 4, 23), 10, date(2020, 4, 23), date(2021, 4, 22)),
        (date(2012, 3, 15), date(2028, 3, 15), 5, date(2023, 3, 15), date(2024, 3, 14)),
        (date(2000, 2, 29), date(2034, 2, 28), 10, date(2024, 2, 29), date(2025, 2, 27)),
        (date(2000, 2, 29), date(2033, 2, 28), 10, date(2023, 2, 28), date(2024, 2, 28)),
        (date(1990, 1, 1), date(2030, 1, 1), 10, date(2020, 1, 1), date(2020, 12, 31)),
    ],
)
def test_issue_dates_follow_from_the_number_of_birthdays(
    born: date, expiry: date, birthdays: int, first: date, last: date
) -> None:
    assert issue_dates(born, expiry, birthdays) == DateRange(first, last)


@given(BORN, st.integers(2021, 2090), st.sampled_from([5, 10]))
def test_possible_issue_dates_are_exactly_those_of_the_expiry(
    born: date, year: int, birthdays: int
) -> None:
    expiry = nth_birthday(born, date(year, 1, 1), 1)
    days = issue_dates(born, expiry, birthdays)
    assert nth_birthday(born, days.start, birthdays) == expiry
    assert nth_birthday(born, days.end, birthdays) == expiry
    assert nth_birthday(born, days.start - ONE_DAY, birthdays) < expiry
    assert nth_birthday(born, days.end + ONE_DAY, birthdays) > expiry


# --- properties of every card ---------------------------------------------------------------------


@given(issued_cards() | doubtful_cards())
def test_each_expiry_is_a_birthday_strictly_after_issue(card: Card) -> None:
    plan = check_and_assess(card, TODAY).plan
    assert card.issued
    assert is_birthday(card.born, plan.card_expiry)
    assert is_birthday(card.born, plan.certificate_expiry)
    assert card.issued < plan.certificate_expiry <= plan.card_expiry
    assert age_on(card.born, plan.certificate_expiry) - age_on(card.born, card.issued) == 5
    assert age_on(card.born, plan.card_expiry) - age_on(card.born, card.issued) in {5, 10}


@given(stay_cards())
def test_a_limited_stay_only_ever_shortens_a_card(card: Card) -> None:
    assert card.stay_until
    limited = check_and_assess(card, TODAY).plan
    free = check_and_assess(Card(card.born, card.issued, applied=card.applied), TODAY).plan
    assert limited.card_expiry in {card.stay_until, free.card_expiry}
    assert limited.card_expiry <= min(card.stay_until, free.card_expiry)
    assert limited.certificate_expiry in {free.certificate_expiry, limited.card_expiry}
    assert limited.certificate_expiry <= limited.card_expiry
