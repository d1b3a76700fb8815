"""The days around an expiry: renewal window, notice, grace and reminder."""

from datetime import date, timedelta

import pytest
from hypothesis import example, given

from calsvc.rules.card import Card, Subject, Term
from calsvc.rules.dates import ONE_DAY, add_months
from calsvc.rules.milestones import (
    GraceRule,
    MilestoneKind,
    compute_key_dates,
    grace_end,
    notice_period,
    renewal_window,
    stay_reminder,
)
from calsvc.rules.plan import check_and_assess, plan_milestones
from tests.rules.strategies import CARDS, EXPIRY, GRACE, TODAY

FOUR_KINDS = [
    MilestoneKind.WINDOW_OPENS,
    MilestoneKind.NOTICE,
    MilestoneKind.EXPIRY,
    MilestoneKind.GRACE_ENDS,
]


def test_the_stay_reminder_is_three_months_ahead() -> None:
    assert stay_reminder(date(2026, 3, 31)) == date(2025, 12, 31)
    assert stay_reminder(date(2026, 5, 31)) == date(2026, 2, 28)


def test_milestones_and_their_days_cannot_be_changed() -> None:
    plan = check_and_assess(Card(date(1985, 4, 23), date(2020, 6, 1)), None).plan
    first = plan_milestones(plan, GraceRule.ANNIVERSARY)[0]
    for value in (first, compute_key_dates(plan.card_expiry, GraceRule.ANNIVERSARY)):
        with pytest.raises(AttributeError):
            setattr(value, next(iter(type(value).__annotations__)), None)


# --- properties of every card ---------------------------------------------------------------------


@given(CARDS, GRACE)
def test_the_milestones_of_a_subject_come_in_order(card: Card, grace: GraceRule) -> None:
    plan = check_and_assess(card, TODAY).plan
    for subject in Subject:
        milestones = plan_milestones(plan, grace)
        of_subject = [each for each in milestones if each.subject is subject]
        kinds = [each.kind for each in of_subject]
        ends = [each.end for each in of_subject]
        assert kinds in ([], FOUR_KINDS, [MilestoneKind.EXPIRY, MilestoneKind.GRACE_ENDS])
        assert ends == sorted(set(ends))
        assert all(each.start <= each.end for each in of_subject)


@given(CARDS, GRACE)
def test_a_certificate_that_expires_first_has_own_milestones(card: Card, grace: GraceRule) -> None:
    plan = check_and_assess(card, TODAY).plan
    milestones = plan_milestones(plan, grace)
    own = sum(each.subject is Subject.CERTIFICATE for each in milestones)
    of_card = sum(each.subject is Subject.CARD for each in milestones)
    assert own == (0 if plan.expire_together else 4)
    assert of_card == (2 if plan.term is Term.STAY else 4)


@given(EXPIRY)
@example(date(2025, 5, 28))
@example(date(2025, 5, 31))
@example(date(2024, 5, 31))
def test_the_window_opens_three_months_before_the_expiry(expiry: date) -> None:
    window = renewal_window(expiry)
    back = add_months(window.start - ONE_DAY, 3)
    assert window.end == expiry
    if window.start.day > 1 or expiry.day == (window.start - ONE_DAY).day:
        assert back == expiry
    else:  # that month has no such day: the window opens on the first of the next
        assert window.start.day == 1
        assert timedelta(0) < expiry - back <= timedelta(days=3)


@given(EXPIRY)
def test_a_window_is_open_for_about_three_months(expiry: date) -> None:
    window = renewal_window(expiry)
    assert timedelta(days=88) <= window.end - window.start <= timedelta(days=91)


@given(EXPIRY)
def test_a_notice_is_expected_for_a_month_from_the_window_s_eve(expiry: date) -> None:
    window, notice = renewal_window(expiry), notice_period(expiry)
    assert notice.start + ONE_DAY == window.start
    assert timedelta(days=28) <= notice.end - notice.start <= timedelta(days=31)
    assert timedelta(days=59) <= expiry - notice.end <= timedelta(days=62)


@given(EXPIRY)
def test_the_grace_by_the_months_end_never_ends_before_the_other(expiry: date) -> None:
    by_day = grace_end(expiry, GraceRule.ANNIVERSARY)
    by_month = grace_end(expiry, GraceRule.MONTH_END)
    assert timedelta(days=89) <= by_day - expiry <= timedelta(days=92)
    assert timedelta(0) <= by_month - by_day <= timedelta(days=30)
    assert (by_month + ONE_DAY).day == 1


@given(EXPIRY)
def test_the_grace_ends_three_months_after_the_expiry(
    expiry: date,
) -> None:
    last = grace_end(expiry, GraceRule.ANNIVERSARY)
    back = add_months(last, -3)
    assert back == expiry or ((last + ONE_DAY).day == 1 and back < expiry)
    assert (back.year, back.month) == (expiry.year, expiry.month)
