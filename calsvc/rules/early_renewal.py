"""Finds the cards that may have been renewed in the last three months of another (rule 14).

Such a card probably lives one birthday longer. That needs a predecessor, so the possible lives of
all cards before it are followed back to the first cards.
"""

from collections.abc import Iterator
from datetime import date, timedelta
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

MAX_WINDOW = timedelta(days=91)
"""From the first day of a window to the last: no three months have more than 92 days."""


class PossibleIssue(NamedTuple):
    """Days on which a card with a certain expiry can have been issued, and the life it then has."""

    days: DateRange
    birthdays: int


def may_be_renewed_early(born: date, issued: date) -> bool:
    """True if ``issued`` lies in the three months before a birthday on which a card can end.

    The birthday itself lies outside: a card issued on it does not count it (rule 1).
    """
    birthday = nth_birthday(born, issued, 1)
    if birthday - issued > MAX_WINDOW:  # most cards: there is nothing to compute
        return False
    return renewal_window(birthday).start <= issued and can_expire_on(born, birthday)


def can_expire_on(born: date, birthday: date) -> bool:
    """True if a card of a holder born on ``born`` can end on ``birthday``."""
    return any(
        next(possible_issues(born, birthday, adult), None) is not None for adult in (True, False)
    )


def possible_issues(born: date, expiry: date, adult: bool) -> Iterator[PossibleIssue]:
    """Yields the issue dates of all cards that can end on the birthday ``expiry``.

    ``adult``: cards of adults, otherwise those of minors. Rules 2, 3, 12, 14 and 18: any age and
    threshold that some reading allows, on known days only.
    """
    birthdays = ADULT_CARD_BIRTHDAYS.value if adult else MINOR_CARD_BIRTHDAYS.value
    days = days_of_issue(born, expiry, birthdays)
    if found := _possible_days(born, days, adult):
        yield PossibleIssue(found, birthdays)
    if days.start <= CARDS_SINCE:  # an earlier issue lies before the first cards (rule 12)
        return
    early = _possible_days(born, days_of_early_issue(born, expiry, birthdays), adult)
    if early and can_expire_on(born, days.start):
        yield PossibleIssue(early, birthdays + EARLY_RENEWAL_BIRTHDAYS.value)


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


def _possible_days(born: date, days: DateRange, adult: bool) -> DateRange | None:
    """Returns the known ones of ``days`` if the holder's age allows any of them.

    The age only rises and the threshold only fell, so the first or the last day decides.
    """
    start, end = max(days.start, born, CARDS_SINCE), min(days.end, LAST_KNOWN_ISSUE)
    if start > end:
        return None
    is_allowed = may_be_adult(born, end) if adult else may_be_minor(born, start)
    return DateRange(start, end) if is_allowed else None
