"""Finds the cards that may have been renewed in the last three months of another (rule 14).

Such a card probably lives one birthday longer. That needs a predecessor, so the possible lives of
all cards before it are followed back to the first cards.
"""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from calsvc.rules.ages import may_be_adult, may_be_minor
from calsvc.rules.dates import ONE_DAY, DateRange, birthday_in, nth_birthday
from calsvc.rules.milestones import renewal_window
from calsvc.rules.spans import (
    ADULT_CARD_BIRTHDAYS,
    CARDS_SINCE,
    EARLY_RENEWAL_BIRTHDAYS,
    LAST_KNOWN_ISSUE,
    MINOR_CARD_BIRTHDAYS,
)


class PossibleIssue(NamedTuple):
    """Days on which a card with a certain expiry can have been issued, and the life it then has."""

    days: DateRange
    adult: bool
    birthdays: int


def may_be_renewed_early(born: date, issued: date) -> bool:
    """True if ``issued`` lies in the three months before a birthday on which a card can end.

    The birthday itself lies outside: a card issued on it does not count it (rule 1).
    """
    birthday = nth_birthday(born, issued, 1)
    return renewal_window(birthday).start <= issued and can_expire_on(born, birthday)


def can_expire_on(born: date, birthday: date) -> bool:
    """True if a card of a holder born on ``born`` can end on ``birthday``."""
    return next(possible_issues(born, birthday), None) is not None


def possible_issues(born: date, expiry: date) -> Iterator[PossibleIssue]:
    """Yields the issue dates of all cards that can end on the birthday ``expiry``.

    Rules 2, 3, 12, 14 and 18: any age and threshold that some reading allows, on known days only.
    """
    rules = ((False, MINOR_CARD_BIRTHDAYS.value), (True, ADULT_CARD_BIRTHDAYS.value))
    for adult, birthdays in rules:
        days = days_of_issue(born, expiry, birthdays)
        if found := _possible_days(born, days, adult):
            yield PossibleIssue(found, adult, birthdays)
        early = _possible_days(born, days_of_early_issue(born, expiry, birthdays), adult)
        if early and can_expire_on(born, days.start):
            yield PossibleIssue(early, adult, birthdays + EARLY_RENEWAL_BIRTHDAYS.value)


def days_of_issue(born: date, expiry: date, birthdays: int) -> DateRange:
    """Returns the days after which ``expiry`` is the birthday of that number.

    Rule 1 read backwards: from the birthday that did not count to the eve of the first that did.
    """
    return DateRange(
        birthday_in(born, expiry.year - birthdays),
        birthday_in(born, expiry.year - birthdays + 1) - ONE_DAY,
    )


def days_of_early_issue(born: date, expiry: date, birthdays: int) -> DateRange:
    """Returns the days of rule 14 for a card that ends one birthday later than ``birthdays``."""
    first = birthday_in(born, expiry.year - birthdays)
    return DateRange(renewal_window(first).start, first - ONE_DAY)


def _known(born: date, days: DateRange) -> DateRange | None:
    start, end = max(days.start, born, CARDS_SINCE), min(days.end, LAST_KNOWN_ISSUE)
    return DateRange(start, end) if start <= end else None


def _possible_days(born: date, days: DateRange, adult: bool) -> DateRange | None:
    """Returns the known ones of ``days`` if the holder's age allows any of them.

    The age only rises and the threshold only fell, so the first or the last day decides.
    """
    known = _known(born, days)
    if known is None:
        return None
    allowed = may_be_adult(born, known.end) if adult else may_be_minor(born, known.start)
    return known if allowed else None
