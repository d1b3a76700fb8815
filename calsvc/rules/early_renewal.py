"""Finds cards that may have been issued in the last three months of the card before (rule 14).

Such a card probably lasts one birthday longer. It needs a predecessor that ends on that birthday.
So `can_expire_on` and `possible_issues` call each other, back to the first cards of 2016.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from calsvc.rules.ages import may_be_adult, may_be_minor
from calsvc.rules.dates import ONE_DAY, DateRange, birthday_in, nth_birthday
from calsvc.rules.legal_values import (
    ADULT_CARD_BIRTHDAYS,
    EARLY_RENEWAL_BIRTHDAYS,
    FIRST_CARD_ISSUE,
    LAST_KNOWN_ISSUE,
    MINOR_CARD_BIRTHDAYS,
)
from calsvc.rules.milestones import renewal_window

MAX_WINDOW = timedelta(days=91)
"""The first to the last day of a window. No three months have more than 92 days."""


class PossibleIssue(NamedTuple):
    """Possible issue dates of a card with a certain expiry, and the birthdays it then lasts."""

    days: DateRange
    birthdays: int


def may_be_renewed_early(born: date, issued: date) -> bool:
    """Return True if a card can end on the first birthday after ``issued``, within three months.

    A card that is issued on a birthday is not early, because it does not count it (rule 1).
    """
    birthday = nth_birthday(born, issued, 1)
    if birthday - issued > MAX_WINDOW:  # True for most cards, and cheap to compute.
        return False
    return renewal_window(birthday).start <= issued and can_expire_on(born, birthday)


def can_expire_on(born: date, birthday: date) -> bool:
    """Return True if a card of a holder born on ``born`` can end on ``birthday``."""
    return any(
        next(possible_issues(born, birthday, adult), None) is not None for adult in (True, False)
    )


def possible_issues(born: date, expiry: date, adult: bool) -> Iterator[PossibleIssue]:
    """Yield the issue dates of all cards that can end on the birthday ``expiry``.

    ``adult``: True for cards of adults, False for cards of minors. Ages and thresholds are those of
    any reading (rules 2, 3 and 14). Dates are those of known rules (rules 12 and 18).
    """
    birthdays = ADULT_CARD_BIRTHDAYS.value if adult else MINOR_CARD_BIRTHDAYS.value
    days = issue_dates(born, expiry, birthdays)
    if possible := _possible_days(born, days, adult):
        yield PossibleIssue(possible, birthdays)
    if (
        days.start <= FIRST_CARD_ISSUE
    ):  # An earlier issue would lie before the first cards (rule 12).
        return
    early = _possible_days(born, early_issue_dates(born, expiry, birthdays), adult)
    if early and can_expire_on(born, days.start):
        yield PossibleIssue(early, birthdays + EARLY_RENEWAL_BIRTHDAYS.value)


def issue_dates(born: date, expiry: date, birthdays: int) -> DateRange:
    """Return the issue dates after which the birthday ``expiry`` is number ``birthdays``.

    Rule 1 backwards: from the last birthday not counted to the eve of the first one counted.
    """
    return DateRange(
        birthday_in(born, expiry.year - birthdays),
        birthday_in(born, expiry.year - birthdays + 1) - ONE_DAY,
    )


def early_issue_dates(born: date, expiry: date, birthdays: int) -> DateRange:
    """Return the issue dates of rule 14 for a card that ends one birthday after ``birthdays``."""
    first = birthday_in(born, expiry.year - birthdays)
    return DateRange(renewal_window(first).start, first - ONE_DAY)


def _possible_days(born: date, days: DateRange, adult: bool) -> DateRange | None:
    """Return the part of ``days`` with known rules, or None if the holder's age allows no day."""
    start, end = max(days.start, born, FIRST_CARD_ISSUE), min(days.end, LAST_KNOWN_ISSUE)
    if start > end:
        return None
    # The age only rises and the threshold only fell, so the last or the first day decides.
    is_allowed = may_be_adult(born, end) if adult else may_be_minor(born, start)
    return DateRange(start, end) if is_allowed else None
