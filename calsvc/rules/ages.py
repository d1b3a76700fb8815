"""Distinguishes cards of adults from cards of minors (rules 2 and 3)."""

from datetime import date

from calsvc.rules.dates import ONE_DAY, add_months, age_on
from calsvc.rules.legal_values import ADULT_AGE, FIRST_CARD_ISSUE, MAX_APPLICATION_MONTHS


def adult_age(applied: date) -> int:
    """Return the age from which a card applied for on ``applied`` is an adult's (rule 3)."""
    return ADULT_AGE.on(max(applied, FIRST_CARD_ISSUE))


def is_adult(born: date, aged_on: date, applied: date) -> bool:
    """Return True if the age on ``aged_on`` is an adult's under the law on ``applied``."""
    return age_on(born, aged_on) >= adult_age(applied)


def earliest_application(issued: date, applied: date | None) -> date:
    """Return the day of the application, or the first possible one if it is unknown (rule 3)."""
    return applied or add_months(issued, -MAX_APPLICATION_MONTHS.value)


def may_be_minor(born: date, issued: date, applied: date | None = None) -> bool:
    """Return True if some reading of rule 3 makes a card issued on ``issued`` a minor's."""
    # The age only rises and the threshold only fell, so the earliest day decides.
    earliest = earliest_application(issued, applied)
    return not is_adult(born, earliest, earliest)


def may_be_adult(born: date, issued: date, applied: date | None = None) -> bool:
    """Return True if some reading of rule 3 makes a card issued on ``issued`` an adult's.

    Rule 3(c): by law an age may be reached at the end of the eve (年齢計算ニ関スル法律).
    """
    return is_adult(born, issued + ONE_DAY, applied or issued)


def is_eve_of_adulthood(born: date, issued: date, applied: date | None) -> bool:
    """Return True if ``issued`` is the eve of the birthday that makes an adult (rule 3(c))."""
    threshold = adult_age(applied or issued)
    return age_on(born, issued) < threshold <= age_on(born, issued + ONE_DAY)
