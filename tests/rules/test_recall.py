"""Recalls: which plans a corrected rule touches, and on which day they are to be checked."""

from datetime import date

import pytest

from calsvc.rules.card import Subject, Term
from calsvc.rules.dates import DateRange
from calsvc.rules.plan import Doubt, Plan, check_days
from calsvc.rules.recall import LAW_REVISION, RECALLS, Recall, apply_recalls

PLAN = Plan(date(2030, 4, 23), date(2025, 4, 23), Term.TEN_BIRTHDAYS)
RECALL = Recall(
    revision=2,
    terms=frozenset({Term.TEN_BIRTHDAYS}),
    expiries=DateRange(date(2030, 4, 23), date(2030, 4, 23)),
    check_on=date(2027, 2, 1),
)


def test_no_rule_has_been_recalled_yet() -> None:
    assert (LAW_REVISION, RECALLS) == (1, ())


def test_an_affected_plan_gets_a_doubt_and_a_check_day() -> None:
    plan = apply_recalls(PLAN, 1, [RECALL])
    assert plan == PLAN._replace(doubts=(Doubt(Subject.CARD),), check_on=date(2027, 2, 1))
    assert list(check_days(plan, Subject.CARD)) == [date(2027, 2, 1)]
    assert list(check_days(plan, Subject.CERTIFICATE)) == []


@pytest.mark.parametrize(
    ("plan", "revision"),
    [
        (PLAN, 2),
        (PLAN._replace(term=Term.STAY), 1),
        (PLAN._replace(card_expiry=date(2030, 4, 22)), 1),
        (PLAN._replace(card_expiry=date(2030, 4, 24)), 1),
        (PLAN._replace(card_is_read=True), 1),
    ],
)
def test_an_unaffected_plan_is_unchanged(plan: Plan, revision: int) -> None:
    assert apply_recalls(plan, revision, [RECALL]) == plan
