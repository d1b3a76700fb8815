"""Tells adults from minors: the threshold, and the days on which the age may count (rules 2, 3)."""

from datetime import date

from calsvc.rules.dates import ONE_DAY, age_on, months_after
from calsvc.rules.spans import ADULT_AGE, APPLICATION_MONTHS, CARDS_SINCE


def adult_age(applied: date) -> int:
    """Return the age from which a card applied for on ``applied`` is an adult's (rule 3)."""
    return ADULT_AGE.on(max(applied, CARDS_SINCE))


def is_adult(born: date, aged_on: date, applied: date) -> bool:
    """Return the answer for the age on ``aged_on`` under the law on ``applied``."""
    return age_on(born, aged_on) >= adult_age(applied)


def earliest_application(issued: date, applied: date | None) -> date:
    """Return the day of the application, or the first on which it can have been (rule 3)."""
    return applied or months_after(issued, -APPLICATION_MONTHS.value)


def may_be_minor(born: date, issued: date, applied: date | None = None) -> bool:
    """Return True if some reading of rule 3 makes a card issued on ``issued`` a minor's.

    The age only rises and the threshold only fell, so the earliest day is the one to try.
    """
    earliest = earliest_application(issued, applied)
    return not is_adult(born, earliest, earliest)


def may_be_adult(born: date, issued: date, applied: date | None = None) -> bool:
    """Return True if some reading of rule 3 makes a card issued on ``issued`` an adult's.

    Rule 3(c): an age may be reached at the end of the day before (年齢計算ニ関スル法律).
    """
    return is_adult(born, issued + ONE_DAY, applied or issued)


def is_eve_of_adulthood(born: date, issued: date, applied: date | None) -> bool:
    """Return True on the day before the birthday that makes a card an adult's (rule 3(c))."""
    threshold = adult_age(applied or issued)
    return age_on(born, issued) < threshold <= age_on(born, issued + ONE_DAY)
