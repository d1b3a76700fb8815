"""Rejects cards that cannot exist (rules 10 and 12)."""

from collections.abc import Iterator
from datetime import date

from calsvc.errors import InvalidInput, Problem
from calsvc.rules.card import (
    APPLICATIONS_SINCE,
    CARDS_SINCE,
    EARLIEST_BIRTH,
    LATEST_ISSUE,
    Card,
    is_birthday,
    latest_issue,
)
from calsvc.rules.dates import age_on, nth_birthday
from calsvc.rules.expiry import (
    BIRTHDAYS_OF_ADULT_CARD,
    OLDEST_AT_MINOR_EXPIRY,
    YOUNGEST_AT_ADULT_EXPIRY,
    YOUNGEST_AT_EXPIRY,
    birthdays_of_printed,
    card_expiry,
    conceivable_birthdays,
    days_of_issue,
    ends_with_stay,
    possible_issue,
)

# --- the bounds (rule 12) -----------------------------------------------------------------------


def check(card: Card, today: date | None) -> None:
    """Refuse a card that cannot exist. Raises `InvalidInput` with all faulty fields at once.

    ``today``: see `plan`.
    """
    found = bounds(card, today)
    if not found and card.card_expires is not None:
        found = [*_faults_of_printed_expiry(card, card.card_expires, today)]
    if not found and (card.applied or card.cert_expires):
        found = [*_faults_of_validity(card)]
    if found:
        raise InvalidInput(found)


def bounds(card: Card, today: date | None) -> list[Problem]:
    """The faults that need no reckoning: dates out of bounds or out of order."""
    found = []
    if fault := _fault_of_birth(card, today):
        found.append(fault)
    if fault := _fault_of_issue(card, today):
        found.append(fault)
    if card.applied is not None:
        found += _faults_of_application(card, card.applied)
    if card.stay_until is not None:
        found += _faults_of_stay(card, card.stay_until)
    return found


def _fault_of_birth(card: Card, today: date | None) -> Problem | None:
    if card.born < EARLIEST_BIRTH:
        return Problem("born", "born.too_early", {"earliest": EARLIEST_BIRTH})
    if card.born > (today or LATEST_ISSUE):
        return Problem("born", "born.in_future")
    return None


def _fault_of_issue(card: Card, today: date | None) -> Problem | None:
    if card.issued is None:
        return Problem("issued", "issued.missing") if card.card_expires is None else None
    if card.issued < CARDS_SINCE:
        return Problem("issued", "issued.too_early", {"earliest": CARDS_SINCE})
    if card.issued < card.born:
        return Problem("issued", "issued.before_birth")
    if card.issued > latest_issue(today):
        return Problem("issued", "issued.too_late")
    return None


def _faults_of_application(card: Card, applied: date) -> Iterator[Problem]:
    if applied < APPLICATIONS_SINCE:
        yield Problem("applied", "applied.too_early", {"earliest": APPLICATIONS_SINCE})
    elif applied < card.born:
        yield Problem("applied", "applied.before_birth")
    elif card.issued and applied > card.issued:
        yield Problem("applied", "applied.after_issue")


def _faults_of_stay(card: Card, stay_until: date) -> Iterator[Problem]:
    if card.issued and stay_until < card.issued:
        yield Problem("stay_until", "stay_until.before_issue")
    elif card.card_expires and stay_until < card.card_expires:
        yield Problem("stay_until", "stay_until.before_card_expires")


def _faults_of_printed_expiry(card: Card, printed: date, today: date | None) -> Iterator[Problem]:
    """Rule 10, and rule 12 for the issue date that the printed date implies."""
    fault = _fault_of_stay if ends_with_stay(card, printed) else _fault_of_birthday
    if key := fault(card, printed, latest_issue(today)):
        yield Problem("card_expires", f"card_expires.{key}")


def _fault_of_stay(card: Card, printed: date, latest_issue: date) -> str:
    if printed < max(CARDS_SINCE, card.born):
        return "too_early"
    if printed > nth_birthday(card.born, latest_issue, BIRTHDAYS_OF_ADULT_CARD):
        return "too_late"
    if card.issued is None:
        return ""
    latest = nth_birthday(card.born, card.issued, BIRTHDAYS_OF_ADULT_CARD)
    return "" if card.issued <= printed <= latest else "not_of_this_issue"


def _fault_of_birthday(card: Card, printed: date, latest_issue: date) -> str:
    if not is_birthday(card.born, printed):
        return "not_birthday"
    if card.issued:
        lives = birthdays_of_printed(card, printed)
        possible = conceivable_birthdays(age_on(card.born, card.issued))
        return "" if lives in possible else "not_of_this_issue"
    age = age_on(card.born, printed)
    if age < YOUNGEST_AT_EXPIRY or OLDEST_AT_MINOR_EXPIRY < age < YOUNGEST_AT_ADULT_EXPIRY:
        return "impossible_age"
    issued = possible_issue(card.born, printed, birthdays_of_printed(card, printed))
    if issued.end < CARDS_SINCE:
        return "too_early"
    return "too_late" if issued.start > latest_issue else ""


def _faults_of_validity(card: Card) -> Iterator[Problem]:
    """Dates that lie outside the time in which the card can have been issued, or is valid."""
    expiry = card_expiry(card)
    issued = days_of_issue(card, expiry.day)
    if card.applied and card.applied > issued.end:
        yield Problem("applied", "applied.after_issue")
    if card.cert_expires and not issued.start < card.cert_expires <= expiry.day:
        yield Problem("cert_expires", "cert_expires.outside_validity")
