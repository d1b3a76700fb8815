"""Printed expiry dates beyond the golden tables: known, possible, or only accepted."""

from datetime import date

import pytest

from calsvc.rules.card import Card, Caution, CautionCode
from calsvc.rules.plan import check_and_assess
from tests.rules.problems import problem_keys

BORN = date(1985, 4, 23)
UNUSUAL = (Caution(CautionCode.EXPIRY_UNUSUAL),)


@pytest.mark.parametrize(
    ("card", "key"),
    [
        # No birthday: within what is known, a stay may explain it.
        (Card(BORN, card_expires=date(2038, 6, 30)), "card_expires.not_birthday"),
        (Card(BORN, card_expires=date(2038, 7, 1)), "card_expires.not_known_yet"),
        (Card(BORN, card_expires=date(2039, 5, 23)), "card_expires.not_known_yet"),
        (Card(BORN, date(2020, 6, 1), date(2039, 5, 23)), "card_expires.not_birthday"),
        # The last known issue date itself, where nothing can have been renewed early.
        (Card(date(2024, 3, 31), card_expires=date(2033, 3, 31)), ""),
        (Card(date(2024, 4, 1), card_expires=date(2033, 4, 1)), "card_expires.not_known_yet"),
        # A stay may last to the 10th birthday after the last known issue date.
        (Card(BORN, None, date(2037, 4, 23), stay_until=date(2037, 4, 23)), ""),
        (
            Card(BORN, None, date(2037, 4, 24), stay_until=date(2037, 4, 24)),
            "card_expires.not_known_yet",
        ),
        # Issued on a birthday, with one birthday more: only with the issue date.
        (Card(date(1985, 3, 31), card_expires=date(2039, 3, 31)), "card_expires.not_known_yet"),
        (Card(date(1985, 3, 31), date(2028, 3, 31), date(2039, 3, 31)), ""),
        (
            Card(date(1985, 3, 31), date(2028, 3, 30), date(2039, 3, 31)),
            "card_expires.not_of_this_issue",
        ),
        # 26 = 20 + 6, applied for at 19 and issued on the 20th birthday.
        (Card(date(2002, 3, 1), date(2022, 3, 1), date(2028, 3, 1)), ""),
        (Card(date(2002, 3, 1), card_expires=date(2028, 3, 1)), "card_expires.impossible_age"),
    ],
)
def test_a_printed_date_is_accepted_or_has_a_problem(card: Card, key: str) -> None:
    assert ", ".join(problem_keys(card)) == key


@pytest.mark.parametrize(
    ("born", "issued", "printed"),
    [
        # Issued on a birthday, as if that lay within the three months before it.
        (date(1980, 1, 20), date(2026, 1, 20), date(2037, 1, 20)),
        (date(2015, 1, 20), date(2026, 1, 20), date(2032, 1, 20)),
        # A minor's card at 20, applied for more than half a year before.
        (date(2000, 1, 1), date(2020, 12, 30), date(2025, 1, 1)),
    ],
)
def test_an_unexpected_date_is_accepted_with_a_caution(
    born: date, issued: date, printed: date
) -> None:
    assessment = check_and_assess(Card(born, issued, printed), None)
    assert assessment.plan.card_expiry == printed
    assert assessment.cautions == UNUSUAL


def test_an_old_application_makes_a_card_of_21_a_minors() -> None:
    card = Card(date(2000, 1, 1), date(2021, 1, 2), applied=date(2019, 7, 1))
    assessment = check_and_assess(card, None)
    assert assessment.cautions == (Caution(CautionCode.AGE_UNCERTAIN, date(2026, 1, 1)),)
    settled = check_and_assess(card._replace(card_expires=date(2026, 1, 1)), None)
    assert settled.cautions == ()


@pytest.mark.parametrize(
    ("born", "printed", "cautions"),
    [
        (date(2003, 12, 29), date(2027, 12, 29), ()),
        (date(2003, 12, 30), date(2027, 12, 30), UNUSUAL),
        (date(2003, 4, 1), date(2031, 4, 1), UNUSUAL),
        (date(2003, 4, 2), date(2031, 4, 2), ()),
    ],
)
def test_an_impossible_age_at_expiry_has_a_caution(
    born: date, printed: date, cautions: tuple[Caution, ...]
) -> None:
    assert check_and_assess(Card(born, card_expires=printed), None).cautions == cautions
