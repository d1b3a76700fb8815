"""Expiry of a card's certificate, beyond the golden tables."""

from datetime import date

import pytest
from hypothesis import given

from calsvc.rules.card import Card, Caution, CautionCode
from calsvc.rules.plan import check_and_assess
from tests.rules.strategies import CARDS, TODAY


@pytest.mark.parametrize(
    ("born", "expires", "other"),
    [
        (date(1988, 2, 10), date(2027, 3, 31), date(2027, 2, 10)),
        (date(1988, 7, 10), date(2027, 3, 31), date(2026, 7, 10)),
        # The certificate of the first card, of 2016-01-01, ended on 2020-01-02 at the earliest.
        (date(1988, 1, 2), date(2020, 6, 30), date(2020, 1, 2)),
        (date(1988, 1, 1), date(2020, 6, 30), None),
        (date(1988, 7, 10), date(2020, 6, 30), None),
        # Whoever has turned 18 (before 2022-04-01: 20) by then holds an adult's card.
        (date(2008, 2, 10), date(2031, 3, 31), date(2031, 2, 10)),
        (date(2009, 2, 10), date(2031, 3, 31), None),
    ],
)
def test_a_stay_card_may_outlast_its_certificate(
    born: date, expires: date, other: date | None
) -> None:
    card = Card(born, card_expires=expires, stay_until=expires)
    assessment = check_and_assess(card, TODAY)
    expected = (Caution(CautionCode.CERTIFICATE_UNCERTAIN, other),) if other else ()
    assert assessment.cautions == expected


def test_a_written_certificate_date_takes_precedence() -> None:
    card = Card(date(1985, 4, 23), card_expires=date(2030, 4, 23), cert_expires=date(2027, 1, 5))
    assessment = check_and_assess(card, TODAY)
    assert (assessment.plan.certificate_expiry, assessment.cautions) == (
        date(2027, 1, 5),
        (Caution(CautionCode.CERTIFICATE_NOT_BIRTHDAY),),
    )


@given(CARDS)
def test_a_certificate_expires_with_the_card_or_before_it(card: Card) -> None:
    plan = check_and_assess(card, TODAY).plan
    assert plan.certificate_expiry <= plan.card_expiry
    assert plan.expire_together is (plan.certificate_expiry == plan.card_expiry)
