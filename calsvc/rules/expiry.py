"""Computes when a card expires from its issue date (rules 1, 2, 3, 9 and 14)."""

from collections.abc import Iterable, Iterator
from datetime import date

from calsvc.rules.ages import earliest_application, is_adult, is_eve_of_adulthood
from calsvc.rules.card import Card, CardExpiry, Caution, CautionCode, Term
from calsvc.rules.dates import age_on, nth_birthday
from calsvc.rules.early_renewal import may_be_renewed_early
from calsvc.rules.legal_values import (
    ADULT_CARD_BIRTHDAYS,
    EARLY_RENEWAL_BIRTHDAYS,
    MINOR_CARD_BIRTHDAYS,
)
from calsvc.rules.printed_expiry import expected_birthday_counts, printed_expiry

MAX_AGE_IN_DOUBT = 20
"""Rule 3: a holder of 21 was at least 20 six months before. The card is an adult's by any reading.
"""


def card_expiry(card: Card) -> CardExpiry:
    """Return the expiry of a card that has passed `calsvc.rules.validation.check_card`.

    The date printed on the card takes precedence (rule 10).
    """
    if card.card_expires is not None:
        return printed_expiry(card, card.card_expires)
    if card.issued is None:
        raise AssertionError("a card is checked before its expiry is computed")
    return _computed_expiry(card, card.issued)


def _computed_expiry(card: Card, issued: date) -> CardExpiry:
    adult = is_adult(card.born, issued, card.applied or issued)
    birthdays = _birthday_count(issued, adult)
    day = _expiry_by_birthdays(card, issued, birthdays)
    term = Term.TEN_BIRTHDAYS if adult else Term.FIVE_BIRTHDAYS
    cautions = (
        *_age_cautions(card, issued, adult),
        *_early_renewal_cautions(card, issued, birthdays),
    )
    expiry = _expiry_on(day, card, term, cautions)
    valid_on = _last_known_valid_day(card)
    return expiry if valid_on is None else _expiry_from(valid_on, card, issued, expiry)


def _last_known_valid_day(card: Card) -> date | None:
    """Return the last day on which the card was valid according to its certificate, or None."""
    renewed, written = card.cert_renewed, card.cert_expires
    if not isinstance(renewed, date):
        return written
    return renewed if written is None else max(renewed, written)


def _expiry_from(valid_on: date, card: Card, issued: date, expiry: CardExpiry) -> CardExpiry:
    """Return the earliest expiry on or after ``valid_on`` by any reading of rules 3 and 14.

    If no reading allows one, return ``expiry``, and `calsvc.rules.validation.check_card` rejects
    the card.
    """
    cautions = [each for each in expiry.cautions if each.other and each.other >= valid_on]
    if expiry.day >= valid_on:
        return expiry._replace(cautions=tuple(cautions))
    counts = sorted(expected_birthday_counts(card, issued))
    possible = (n for n in counts if _expiry_by_birthdays(card, issued, n) >= valid_on)
    birthdays = next(possible, None)
    if birthdays is None:
        return expiry
    day = _expiry_by_birthdays(card, issued, birthdays)
    term = Term.TEN_BIRTHDAYS if birthdays >= ADULT_CARD_BIRTHDAYS.value else Term.FIVE_BIRTHDAYS
    cautions = [each for each in cautions if each.code is not CautionCode.RENEWED_EARLY]
    if birthdays + EARLY_RENEWAL_BIRTHDAYS.value in counts:
        cautions += _early_renewal_cautions(card, issued, birthdays)
    return _expiry_on(day, card, term, cautions)


def _expiry_on(day: date, card: Card, term: Term, cautions: Iterable[Caution]) -> CardExpiry:
    return CardExpiry(
        day=day,
        term=Term.STAY if day == card.stay_until else term,
        cautions=tuple([each for each in cautions if each.other != day]),
    )


def _birthday_count(issued: date, adult: bool) -> int:
    """Return the number of birthdays by rule 2 (Otaru; age on the issue date: Hanno, Hokuei)."""
    rule = ADULT_CARD_BIRTHDAYS if adult else MINOR_CARD_BIRTHDAYS
    return rule.on(issued)


def _expiry_by_birthdays(card: Card, issued: date, birthdays: int) -> date:
    """Return the n-th birthday or, if earlier, the end of the stay (rules 1 and 9)."""
    birthday = nth_birthday(card.born, issued, birthdays)
    return birthday if card.stay_until is None else min(birthday, card.stay_until)


def _age_cautions(card: Card, issued: date, adult: bool) -> Iterator[Caution]:
    """Yield a caution if another reading of rule 3 changes the expiry."""
    if card.applied is None and age_on(card.born, issued) > MAX_AGE_IN_DOUBT:
        return
    # The age only rises and the threshold only fell, so the earliest possible day decides.
    earliest = earliest_application(issued, card.applied)
    if not adult:
        if is_eve_of_adulthood(card.born, issued, card.applied):
            yield Caution(CautionCode.BIRTHDAY_EVE, _expiry_of_other_age_group(card, issued, adult))
    elif not is_adult(card.born, issued, earliest):
        yield Caution(
            CautionCode.THRESHOLD_UNCERTAIN, _expiry_of_other_age_group(card, issued, adult)
        )
    elif not is_adult(card.born, earliest, earliest):
        yield Caution(CautionCode.AGE_UNCERTAIN, _expiry_of_other_age_group(card, issued, adult))


def _expiry_of_other_age_group(card: Card, issued: date, adult: bool) -> date:
    return _expiry_by_birthdays(card, issued, _birthday_count(issued, not adult))


def _early_renewal_cautions(card: Card, issued: date, birthdays: int) -> Iterator[Caution]:
    """Yield a caution if the card may last one birthday longer after an early renewal (rule 14)."""
    if may_be_renewed_early(card.born, issued):
        more = birthdays + EARLY_RENEWAL_BIRTHDAYS.on(issued)
        yield Caution(CautionCode.RENEWED_EARLY, _expiry_by_birthdays(card, issued, more))
