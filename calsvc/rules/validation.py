"""Rejects cards that cannot exist (rules 10, 12, 14, 15, 17 and 18)."""

from collections.abc import Iterator
from datetime import date

from calsvc.errors import InvalidInputError, Problem
from calsvc.rules.card import Card, CardExpiry, Renewed, is_birthday
from calsvc.rules.certificate import possible_renewed_expiries
from calsvc.rules.dates import DateRange, age_on, is_more_months_after, nth_birthday
from calsvc.rules.early_renewal import can_expire_on, early_issue_dates, issue_dates
from calsvc.rules.expiry import card_expiry
from calsvc.rules.legal_values import (
    ADULT_CARD_BIRTHDAYS,
    EXTENSION_MONTHS,
    FIRST_CARD_ISSUE,
    LAST_KNOWN_ISSUE,
)
from calsvc.rules.printed_expiry import (
    LAST_KNOWN_EXPIRY,
    accepted_birthday_counts,
    count_birthdays,
    is_adult_card,
    is_limited_by_stay,
    is_possible_age,
    possible_issue_dates,
    regular_birthday_count,
)

FIRST_APPLICATION = date(2015, 10, 5)
"""The first day of applications, because numbers were issued from then on (番号法, 平成25年法律
第27号)."""
EARLIEST_BIRTH = date(1900, 1, 1)
"""Rule 12."""
MAX_ISSUE_MONTHS_AHEAD = 12
"""Rule 12: the most months by which an issue date may be later than today."""
MAX_STAY_MONTHS_AHEAD = 120
"""The most months from today to the end of a stay. No stay is longer than five years, so a date
more than ten years ahead is a mistake."""
UNUSUAL_STAY_MONTHS_AHEAD = 66
"""Five years (出入国管理及び難民認定法 第2条の2) and six months."""


def check_card(card: Card, today: date | None) -> None:
    """Reject a card that cannot exist. Raises `InvalidInputError` with all faulty fields at once.

    ``today`` bounds the dates that cannot lie in the future. None skips the checks that need it.
    """
    problems = find_range_problems(card, today)
    # Later checks compute an expiry, which needs dates that have passed the earlier checks.
    if not problems and card.card_expires is not None:
        key = _printed_expiry_problem(card, card.card_expires)
        problems = [Problem("card_expires", f"card_expires.{key}")] if key else []
    if not problems and (card.applied or card.cert_expires or card.cert_renewed):
        problems = [*_validity_problems(card)]
    if problems:
        raise InvalidInputError(problems)


def find_range_problems(card: Card, today: date | None) -> list[Problem]:
    """Return the problems that need no expiry date: dates out of bounds or out of order."""
    problems = (
        _birth_problem(card, today),
        _issue_problem(card, today),
        _application_problem(card, card.applied) if card.applied else None,
        _renewal_problem(card, today) if card.cert_renewed else None,
        _stay_problem(card, card.stay_until, today) if card.stay_until else None,
    )
    return [problem for problem in problems if problem is not None]


def _birth_problem(card: Card, today: date | None) -> Problem | None:
    if card.born < EARLIEST_BIRTH:
        return Problem("born", "born.too_early", {"earliest": EARLIEST_BIRTH})
    if card.born > (today or LAST_KNOWN_ISSUE):
        return Problem("born", "born.in_future")
    return None


def _issue_problem(card: Card, today: date | None) -> Problem | None:
    if card.issued is None:
        return None if card.card_expires else Problem("issued", "issued.missing")
    if card.issued < FIRST_CARD_ISSUE:
        return Problem("issued", "issued.too_early", {"earliest": FIRST_CARD_ISSUE})
    if card.issued < card.born:
        return Problem("issued", "issued.before_birth")
    if card.issued > LAST_KNOWN_ISSUE:
        return Problem("issued", "issued.not_known_yet", {"latest": LAST_KNOWN_ISSUE})
    if today is not None and is_more_months_after(card.issued, today, MAX_ISSUE_MONTHS_AHEAD):
        return Problem("issued", "issued.too_late")
    return None


def _application_problem(card: Card, applied: date) -> Problem | None:
    if applied < FIRST_APPLICATION:
        return Problem("applied", "applied.too_early", {"earliest": FIRST_APPLICATION})
    if applied < card.born:
        return Problem("applied", "applied.before_birth")
    if card.issued and applied > card.issued:
        return Problem("applied", "applied.after_issue")
    return None


def _renewal_problem(card: Card, today: date | None) -> Problem | None:
    if not isinstance(card.cert_renewed, date):
        return None
    if today is not None and card.cert_renewed > today:
        return Problem("cert_renewed", "cert_renewed.in_future")
    if card.cert_renewed < (card.issued or FIRST_CARD_ISSUE):
        return Problem("cert_renewed", "cert_renewed.before_issue")
    return None


def is_stay_unusual(stay_until: date, today: date) -> bool:
    """Return True if no stay that was granted until ``today`` can end so late (rule 9).

    A stay is granted for at most five years. Half a year is added because an extension may be
    granted before the old stay ends.
    """
    return is_more_months_after(stay_until, today, UNUSUAL_STAY_MONTHS_AHEAD)


def _stay_problem(card: Card, stay: date, today: date | None) -> Problem | None:
    printed = card.card_expires
    if is_more_months_after(stay, today or LAST_KNOWN_ISSUE, MAX_STAY_MONTHS_AHEAD):
        return Problem("stay_until", "stay_until.too_late")
    if card.issued and stay < card.issued:
        return Problem("stay_until", "stay_until.before_issue")
    if printed and is_more_months_after(printed, stay, EXTENSION_MONTHS.value):
        return Problem("stay_until", "stay_until.before_card_expires")
    return None


# --- the printed expiry date (rules 10, 14 and 18) ------------------------------------------------


def _printed_expiry_problem(card: Card, printed: date) -> str:
    """Return the last part of the problem's message key, or '' if there is no problem."""
    if printed > LAST_KNOWN_EXPIRY and card.issued is None:
        return "not_known_yet"
    if is_limited_by_stay(card, printed):
        return _printed_stay_problem(card, printed)
    if not is_birthday(card.born, printed):
        return "not_birthday"
    return _printed_birthday_problem(card, printed)


def _printed_stay_problem(card: Card, printed: date) -> str:
    if printed < max(FIRST_CARD_ISSUE, card.born):
        return "too_early"
    if card.issued is None:
        latest = nth_birthday(card.born, LAST_KNOWN_ISSUE, ADULT_CARD_BIRTHDAYS.value)
        return "not_known_yet" if printed > latest else ""
    birthdays = max(ADULT_CARD_BIRTHDAYS.value, *accepted_birthday_counts(card, card.issued))
    latest = nth_birthday(card.born, card.issued, birthdays)
    return "" if card.issued <= printed <= latest else "not_of_this_issue"


def _printed_birthday_problem(card: Card, printed: date) -> str:
    if card.issued:
        birthdays = count_birthdays(card.born, card.issued, printed)
        possible = accepted_birthday_counts(card, card.issued)
        return "" if birthdays in possible else "not_of_this_issue"
    if not is_possible_age(age_on(card.born, printed), printed):
        return "impossible_age"
    return _unknown_issue_problem(card, printed)


def _unknown_issue_problem(card: Card, printed: date) -> str:
    birthdays = regular_birthday_count(is_adult_card(card, printed))
    days = issue_dates(card.born, printed, birthdays)
    if days.end < FIRST_CARD_ISSUE:
        return "too_early"
    if days.start <= LAST_KNOWN_ISSUE:
        return ""
    early = early_issue_dates(card.born, printed, birthdays)
    is_known = early.start <= LAST_KNOWN_ISSUE and can_expire_on(card.born, days.start)
    return "" if is_known else "not_known_yet"


# --- dates that must lie within the card's validity -----------------------------------------------


def _validity_problems(card: Card) -> Iterator[Problem]:
    expiry = card_expiry(card)
    issued = possible_issue_dates(card, expiry.day)
    if card.applied and card.applied > issued.end:
        yield Problem("applied", "applied.after_issue")
    yield from _written_certificate_problems(card, expiry, issued)
    if isinstance(card.cert_renewed, date):
        yield from _renewal_day_problems(card.cert_renewed, expiry, issued)


def _written_certificate_problems(
    card: Card, expiry: CardExpiry, issued: DateRange
) -> Iterator[Problem]:
    written = card.cert_expires
    if written is None:
        return
    if not issued.start < written <= expiry.day:
        yield Problem("cert_expires", "cert_expires.outside_validity")
    elif _contradicts_renewal(card, written, expiry):
        yield Problem("cert_expires", "cert_expires.not_of_this_renewal")


def _contradicts_renewal(card: Card, written: date, expiry: CardExpiry) -> bool:
    """Return True if no certificate that was renewed like ``card``'s can end on ``written``.

    Source: rule 15.
    """
    renewed = card.cert_renewed
    if renewed is None or renewed is Renewed.SOMETIME:
        return False
    return written not in possible_renewed_expiries(card, renewed, expiry)


def _renewal_day_problems(
    renewed: date, expiry: CardExpiry, issued: DateRange
) -> Iterator[Problem]:
    if renewed < issued.start:
        yield Problem("cert_renewed", "cert_renewed.before_issue")
    elif renewed > expiry.day:
        yield Problem("cert_renewed", "cert_renewed.after_card_expires")
