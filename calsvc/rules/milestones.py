"""Computes the days around an expiry date: renewal window, notice, end of the grace period."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from calsvc.rules.card import Subject, Term
from calsvc.rules.dates import ONE_DAY, DateRange, add_months, end_of_month
from calsvc.rules.legal_values import COLLECTION_MONTHS, GRACE_MONTHS, NOTICE_MONTHS, WINDOW_MONTHS


class MilestoneKind(StrEnum):
    """The kind of a milestone."""

    WINDOW_OPENS = "window_opens"
    NOTICE = "notice"
    EXPIRY = "expiry"
    GRACE_ENDS = "grace_ends"
    CHECK = "check"
    """Rule 20. A check event is part of calendars, but not of a plan's milestones."""


class GraceRule(StrEnum):
    """Rule 8: the end of the three months of insurance grace, as a municipality counts them."""

    ANNIVERSARY = "anniversary"
    MONTH_END = "month-end"


@dataclass(frozen=True)
class Milestone:
    """An event of a plan, on the days from ``start`` to ``end``, both included."""

    subject: Subject
    kind: MilestoneKind
    start: date
    end: date


# --- the milestones -----------------------------------------------------------------------------


def renewal_window(expiry: date) -> DateRange:
    """Return the days on which the renewal can be made, both ends included.

    It opens on the day after the day three months before ``expiry``. If that month has no such
    day, it opens on the first of the next month.
    Source: rule 6; Otaru, 更新時期; Nerima, 更新手続きの受付開始日.
    """
    return DateRange(add_months(expiry, -WINDOW_MONTHS.value) + ONE_DAY, expiry)


def notice_period(expiry: date) -> DateRange:
    """Return the days on which the expiry notice is expected, both ends included.

    Source: rule 7; Otaru, 有効期限通知書 (about two to three months before the expiry).
    """
    earliest, latest = NOTICE_MONTHS.value
    return DateRange(add_months(expiry, -earliest), add_months(expiry, -latest))


def grace_end(expiry: date, grace: GraceRule) -> date:
    """Return the last day on which the card still works as a health-insurance card.

    Source: rule 8; Otaru (anniversary); 協会けんぽ, Iwaki, Tama (end of the month).
    """
    last = add_months(expiry, GRACE_MONTHS.value)
    return end_of_month(last) if grace is GraceRule.MONTH_END else last


def stay_reminder(expiry: date) -> date:
    """Return the day of the early reminder for a card that ends with the stay (rule 9)."""
    return add_months(expiry, -WINDOW_MONTHS.value)


def apply_by(expiry: date, last_open_day: Callable[[date], date]) -> date:
    """Return the last day on which to apply for a new card so that it comes in time (rule 21).

    ``last_open_day``: returns the last day on or before its argument on which the counters are
    open.
    """
    return last_open_day(add_months(expiry, -COLLECTION_MONTHS.value))


@dataclass(frozen=True)
class KeyDates:
    """An expiry date and the days around it."""

    expiry: date
    window: DateRange
    notice: DateRange
    grace_end: date
    reminder: date


@lru_cache(maxsize=8192)
def compute_key_dates(expiry: date, grace: GraceRule) -> KeyDates:
    """Return the days around ``expiry`` of a card or certificate.

    It is cached because many residents share an expiry date.
    """
    return KeyDates(
        expiry=expiry,
        window=renewal_window(expiry),
        notice=notice_period(expiry),
        grace_end=grace_end(expiry, grace),
        reminder=stay_reminder(expiry),
    )


def milestones(subject: Subject, term: Term, days: KeyDates) -> tuple[Milestone, ...]:
    """Return the milestones of ``subject`` in the order of their days.

    ``term`` is the card's. Rule 9: a card that ends with the stay has no window and no notice. A
    certificate that ends before such a card has both.
    """
    expiring = (
        Milestone(subject, MilestoneKind.EXPIRY, days.expiry, days.expiry),
        Milestone(subject, MilestoneKind.GRACE_ENDS, days.grace_end, days.grace_end),
    )
    if subject is Subject.CARD and term is Term.STAY:
        return expiring
    opens = days.window.start
    return (
        Milestone(subject, MilestoneKind.WINDOW_OPENS, opens, opens),
        Milestone(subject, MilestoneKind.NOTICE, days.notice.start, days.notice.end),
        *expiring,
    )
