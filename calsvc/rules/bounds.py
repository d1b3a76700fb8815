"""Rejects cards that cannot exist (rules 10, 12, 14, 15, 17 and 18)."""

from collections.abc import Iterator
from datetime import date

from calsvc.errors import InvalidInputError, Problem
from calsvc.rules.card import Card, CardExpiry, Renewed, is_birthday
from calsvc.rules.certificate import possible_ends_of_renewed
from calsvc.rules.dates import DateRange, age_on, is_more_months_after, nth_birthday
from calsvc.rules.early_renewal import can_expire_on, days_of_early_issue, days_of_issue
from calsvc.rules.expiry import card_expiry
from calsvc.rules.printed_expiry import (
    LAST_KNOWN_EXPIRY,
    birthdays_between,
    birthdays_of_term,
    conceivable_birthdays,
    ends_with_stay,
    is_adult_card,
    is_possible_age,
    possible_days_of_issue,
)
from calsvc.rules.spans import (
    ADULT_CARD_BIRTHDAYS,
    CARDS_SINCE,
    EXTENSION_MONTHS,
    LAST_KNOWN_ISSUE,
)

APPLICATIONS_SINCE = date(2015, 10, 5)
"""Nobody had a number to apply with before (番号法, 平成25年法律第27号, came into force then)."""
EARLIEST_BIRTH = date(1900, 1, 1)
"""Rule 12."""
MAX_ISSUE_MONTHS_AHEAD = 12
"""Rule 12: how far ahead of today an issue date may lie."""
MAX_STAY_MONTHS_AHEAD = 120
"""Bound of the input. No stay is longer than five years, so more than ten is a mistake."""
USUAL_STAY_MONTHS_AHEAD = 66
"""Five years (出入国管理及び難民認定法 第2条の2) and six months."""


def check(card: Card, today: date | None) -> None:
    """Rejects a card that cannot exist. Raises `InvalidInputError` with all faulty fields at once.

    ``today`` bounds the dates that cannot lie in the future. None leaves out what needs it.
    """
    found = bounds(card, today)
    if not found and card.card_expires is not None:
        key = _fault_of_printed_expiry(card, card.card_expires)
        found = [Problem("card_expires", f"card_expires.{key}")] if key else []
    if not found and (card.applied or card.cert_expires or card.cert_renewed):
        found = [*_faults_of_validity(card)]
    if found:
        raise InvalidInputError(found)


def bounds(card: Card, today: date | None) -> list[Problem]:
    """Returns the faults that need no computation: dates out of bounds or out of order."""
    found = (
        _fault_of_birth(card, today),
        _fault_of_issue(card, today),
        _fault_of_application(card, card.applied) if card.applied else None,
        _fault_of_renewal(card, today) if card.cert_renewed else None,
        _fault_of_stay(card, card.stay_until, today) if card.stay_until else None,
    )
    return [fault for fault in found if fault is not None]


def _fault_of_birth(card: Card, today: date | None) -> Problem | None:
    if card.born < EARLIEST_BIRTH:
        return Problem("born", "born.too_early", {"earliest": EARLIEST_BIRTH})
    if card.born > (today or LAST_KNOWN_ISSUE):
        return Problem("born", "born.in_future")
    return None


def _fault_of_issue(card: Card, today: date | None) -> Problem | None:
    if card.issued is None:
        return None if card.card_expires else Problem("issued", "issued.missing")
    if card.issued < CARDS_SINCE:
        return Problem("issued", "issued.too_early", {"earliest": CARDS_SINCE})
    if card.issued < card.born:
        return Problem("issued", "issued.before_birth")
    if card.issued > LAST_KNOWN_ISSUE:
        return Problem("issued", "issued.not_known_yet", {"latest": LAST_KNOWN_ISSUE})
    if today is not None and is_more_months_after(card.issued, today, MAX_ISSUE_MONTHS_AHEAD):
        return Problem("issued", "issued.too_late")
    return None


def _fault_of_application(card: Card, applied: date) -> Problem | None:
    if applied < APPLICATIONS_SINCE:
        return Problem("applied", "applied.too_early", {"earliest": APPLICATIONS_SINCE})
    if applied < card.born:
        return Problem("applied", "applied.before_birth")
    if card.issued and applied > card.issued:
        return Problem("applied", "applied.after_issue")
    return None


def _fault_of_renewal(card: Card, today: date | None) -> Problem | None:
    if not isinstance(card.cert_renewed, date):
        return None
    if today is not None and card.cert_renewed > today:
        return Problem("cert_renewed", "cert_renewed.in_future")
    if card.cert_renewed < (card.issued or CARDS_SINCE):
        return Problem("cert_renewed", "cert_renewed.before_issue")
    return None


def is_stay_unusual(stay_until: date, today: date) -> bool:
    """True if no stay granted until ``today`` ends so late: at most five years (rule 9).

    Half a year is added, because an extension may be granted before the old stay ends.
    """
    return is_more_months_after(stay_until, today, USUAL_STAY_MONTHS_AHEAD)


def _fault_of_stay(card: Card, stay: date, today: date | None) -> Problem | None:
    printed = card.card_expires
    if is_more_months_after(stay, today or LAST_KNOWN_ISSUE, MAX_STAY_MONTHS_AHEAD):
        return Problem("stay_until", "stay_until.too_late")
    if card.issued and stay < card.issued:
        return Problem("stay_until", "stay_until.before_issue")
    if printed and is_more_months_after(printed, stay, EXTENSION_MONTHS.value):
        return Problem("stay_until", "stay_until.before_card_expires")
    return None


# --- the printed expiry date (rules 10, 14 and 18) ------------------------------------------------


def _fault_of_printed_expiry(card: Card, printed: date) -> str:
    if printed > LAST_KNOWN_EXPIRY and card.issued is None:
        return "not_known_yet"
    if ends_with_stay(card, printed):
        return _fault_of_printed_stay(card, printed)
    if not is_birthday(card.born, printed):
        return "not_birthday"
    return _fault_of_printed_birthday(card, printed)


def _fault_of_printed_stay(card: Card, printed: date) -> str:
    if printed < max(CARDS_SINCE, card.born):
        return "too_early"
    if card.issued is None:
        latest = nth_birthday(card.born, LAST_KNOWN_ISSUE, ADULT_CARD_BIRTHDAYS.value)
        return "not_known_yet" if printed > latest else ""
    birthdays = max(ADULT_CARD_BIRTHDAYS.value, *conceivable_birthdays(card, card.issued))
    latest = nth_birthday(card.born, card.issued, birthdays)
    return "" if card.issued <= printed <= latest else "not_of_this_issue"


def _fault_of_printed_birthday(card: Card, printed: date) -> str:
    if card.issued:
        birthdays = birthdays_between(card.born, card.issued, printed)
        possible = conceivable_birthdays(card, card.issued)
        return "" if birthdays in possible else "not_of_this_issue"
    if not is_possible_age(age_on(card.born, printed), printed):
        return "impossible_age"
    return _fault_of_unknown_issue(card, printed)


def _fault_of_unknown_issue(card: Card, printed: date) -> str:
    birthdays = birthdays_of_term(is_adult_card(card, printed))
    days = days_of_issue(card.born, printed, birthdays)
    if days.end < CARDS_SINCE:
        return "too_early"
    if days.start <= LAST_KNOWN_ISSUE:
        return ""
    early = days_of_early_issue(card.born, printed, birthdays)
    is_known = early.start <= LAST_KNOWN_ISSUE and can_expire_on(card.born, days.start)
    return "" if is_known else "not_known_yet"


# --- the time in which the card can have been issued, or is valid ---------------------------------


def _faults_of_validity(card: Card) -> Iterator[Problem]:
    expiry = card_expiry(card)
    issued = possible_days_of_issue(card, expiry.day)
    if card.applied and card.applied > issued.end:
        yield Problem("applied", "applied.after_issue")
    yield from _faults_of_written_certificate(card, expiry, issued)
    if isinstance(card.cert_renewed, date):
        yield from _faults_of_renewal_day(card.cert_renewed, expiry, issued)


def _faults_of_written_certificate(
    card: Card, expiry: CardExpiry, issued: DateRange
) -> Iterator[Problem]:
    written = card.cert_expires
    if written is None:
        return
    if not issued.start < written <= expiry.day:
        yield Problem("cert_expires", "cert_expires.outside_validity")
    elif _contradict(card, written, expiry):
        yield Problem("cert_expires", "cert_expires.not_of_this_renewal")


def _contradict(card: Card, written: date, expiry: CardExpiry) -> bool:
    """Rule 15: true if no certificate renewed as ``card`` says can end on ``written``."""
    renewed = card.cert_renewed
    if renewed is None or renewed is Renewed.SOMETIME:
        return False
    return written not in possible_ends_of_renewed(card, renewed, expiry)


def _faults_of_renewal_day(
    renewed: date, expiry: CardExpiry, issued: DateRange
) -> Iterator[Problem]:
    if renewed < issued.start:
        yield Problem("cert_renewed", "cert_renewed.before_issue")
    elif renewed > expiry.day:
        yield Problem("cert_renewed", "cert_renewed.after_card_expires")
