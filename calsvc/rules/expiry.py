"""Computes when a card expires from its issue date (rules 1, 2, 3, 9 and 14)."""

from collections.abc import Iterable, Iterator
from datetime import date

from calsvc.rules.ages import earliest_application, is_adult, is_eve_of_adulthood
from calsvc.rules.card import Card, CardExpiry, Caution, CautionCode, Term
from calsvc.rules.dates import age_on, nth_birthday
from calsvc.rules.early_renewal import may_be_renewed_early
from calsvc.rules.printed_expiry import printed_expiry, usual_birthdays
from calsvc.rules.spans import ADULT_CARD_BIRTHDAYS, EARLY_RENEWAL_BIRTHDAYS, MINOR_CARD_BIRTHDAYS

MAX_AGE_IN_DOUBT = 20
"""Rule 3: at 21, six months before the issue were at 20 or older, so an adult's by any reading."""


def card_expiry(card: Card) -> CardExpiry:
    """Returns the expiry of a card that has passed `calsvc.rules.bounds.check`.

    The date printed on the card settles the matter.
    """
    if card.card_expires is not None:
        return printed_expiry(card, card.card_expires)
    if card.issued is None:
        raise AssertionError("a card is checked before its expiry is computed")
    return _computed_expiry(card, card.issued)


def _computed_expiry(card: Card, issued: date) -> CardExpiry:
    adult = is_adult(card.born, issued, card.applied or issued)
    birthdays = _birthdays(issued, adult)
    day = _ending(card, issued, birthdays)
    term = Term.TEN_BIRTHDAYS if adult else Term.FIVE_BIRTHDAYS
    doubts = (
        *_doubts_of_age(card, issued, adult),
        *_doubts_of_early_renewal(card, issued, birthdays),
    )
    expiry = _expiry_on(day, card, term, doubts)
    valid_on = _known_to_be_valid_on(card)
    return expiry if valid_on is None else _expiry_from(valid_on, card, issued, expiry)


def _known_to_be_valid_on(card: Card) -> date | None:
    """Returns the last day on which the card must have been valid, if other dates tell of one."""
    renewed, written = card.cert_renewed, card.cert_expires
    if not isinstance(renewed, date):
        return written
    return renewed if written is None else max(renewed, written)


def _expiry_from(valid_on: date, card: Card, issued: date, expiry: CardExpiry) -> CardExpiry:
    """Returns the earliest expiry from ``valid_on`` on by any reading of rules 3 and 14.

    Without one it is ``expiry``, and `calsvc.rules.bounds.check` rejects the card.
    """
    doubts = [each for each in expiry.cautions if each.other and each.other >= valid_on]
    if expiry.day >= valid_on:
        return expiry._replace(cautions=tuple(doubts))
    lives = usual_birthdays(card, issued)
    found = (each for each in sorted(lives) if _ending(card, issued, each) >= valid_on)
    birthdays = next(found, None)
    if birthdays is None:
        return expiry
    day = _ending(card, issued, birthdays)
    term = Term.TEN_BIRTHDAYS if birthdays >= ADULT_CARD_BIRTHDAYS.value else Term.FIVE_BIRTHDAYS
    doubts = [each for each in doubts if each.code is not CautionCode.RENEWED_EARLY]
    if birthdays + EARLY_RENEWAL_BIRTHDAYS.value in lives:
        doubts += _doubts_of_early_renewal(card, issued, birthdays)
    return _expiry_on(day, card, term, doubts)


def _expiry_on(day: date, card: Card, term: Term, doubts: Iterable[Caution]) -> CardExpiry:
    return CardExpiry(
        day=day,
        term=Term.STAY if day == card.stay_until else term,
        cautions=tuple([each for each in doubts if each.other != day]),
    )


def _birthdays(issued: date, adult: bool) -> int:
    """Rule 2 (Otaru; age on the issue date: Hanno, Hokuei)."""
    rule = ADULT_CARD_BIRTHDAYS if adult else MINOR_CARD_BIRTHDAYS
    return rule.on(issued)


def _ending(card: Card, issued: date, birthdays: int) -> date:
    """Rules 1 and 9: the n-th birthday, or the end of the stay before it."""
    birthday = nth_birthday(card.born, issued, birthdays)
    return birthday if card.stay_until is None else min(birthday, card.stay_until)


def _doubts_of_age(card: Card, issued: date, adult: bool) -> Iterator[Caution]:
    """Rule 3: another application day, the age on it, or the eve of a birthday.

    The age only rises and the threshold only fell, so the earliest possible day is the one to try.
    """
    if card.applied is None and age_on(card.born, issued) > MAX_AGE_IN_DOUBT:
        return
    earliest = earliest_application(issued, card.applied)
    if not adult:
        if is_eve_of_adulthood(card.born, issued, card.applied):
            yield Caution(CautionCode.BIRTHDAY_EVE, _other_ending(card, issued, adult))
    elif not is_adult(card.born, issued, earliest):
        yield Caution(CautionCode.THRESHOLD_UNCERTAIN, _other_ending(card, issued, adult))
    elif not is_adult(card.born, earliest, earliest):
        yield Caution(CautionCode.AGE_UNCERTAIN, _other_ending(card, issued, adult))


def _other_ending(card: Card, issued: date, adult: bool) -> date:
    return _ending(card, issued, _birthdays(issued, not adult))


def _doubts_of_early_renewal(card: Card, issued: date, birthdays: int) -> Iterator[Caution]:
    """Rule 14: a card renewed in its last three months probably lives one birthday longer."""
    if may_be_renewed_early(card.born, issued):
        more = birthdays + EARLY_RENEWAL_BIRTHDAYS.on(issued)
        yield Caution(CautionCode.RENEWED_EARLY, _ending(card, issued, more))
