"""Computes when the certificate of a card expires."""

from collections.abc import Iterator
from datetime import date

from calsvc.rules.card import CARDS_SINCE, Card, CardExpiry, Caution, CautionCode, Term, is_birthday
from calsvc.rules.dates import birthday_in, nth_birthday
from calsvc.rules.expiry import (
    BIRTHDAYS_OF_ADULT_CARD,
    BIRTHDAYS_OF_CERTIFICATE,
    birthdays_of_card,
    possible_issue,
)

# --- the certificate ----------------------------------------------------------------------------


def certificate_expiry(card: Card, expiry: CardExpiry) -> tuple[date, tuple[Caution, ...]]:
    """When the certificate expires, never later than the card, and what is in doubt.

    Rule 4 (Otaru: 発行日から5回目の誕生日; Konan). What is written on the card replaces what
    would be reckoned (rule 10).
    """
    if card.cert_expires is not None:
        return card.cert_expires, tuple(_doubt_of_written(card, card.cert_expires, expiry.day))
    if expiry.term is Term.TEN_BIRTHDAYS:
        later = BIRTHDAYS_OF_ADULT_CARD - BIRTHDAYS_OF_CERTIFICATE
        return birthday_in(card.born, expiry.day.year - later), ()
    if expiry.term is Term.FIVE_BIRTHDAYS:
        return expiry.day, ()
    if card.issued is None:
        return expiry.day, tuple(_doubt_of_unknown_issue(card.born, expiry.day))
    birthday = nth_birthday(card.born, card.issued, BIRTHDAYS_OF_CERTIFICATE)
    return min(birthday, expiry.day), ()


def _doubt_of_written(card: Card, written: date, expiry: date) -> Iterator[Caution]:
    """Rule 4 gives every certificate a birthday or the card's own expiry."""
    if written != expiry and not is_birthday(card.born, written):
        yield Caution(CautionCode.CERTIFICATE_NOT_BIRTHDAY)


def _doubt_of_unknown_issue(born: date, expiry: date) -> Iterator[Caution]:
    """Rules 4 and 9: in an adult's card, the 5th birthday after issue may come before the end.

    No stay is longer than five years (出入国管理及び難民認定法 第2条の2), so it is the last
    birthday before that end. A minor's card never outlives its certificate.
    """
    year = expiry.year if birthday_in(born, expiry.year) < expiry else expiry.year - 1
    birthday = birthday_in(born, year)
    latest_issue = possible_issue(born, birthday, BIRTHDAYS_OF_CERTIFICATE).end
    adult = birthdays_of_card(born, latest_issue, latest_issue) == BIRTHDAYS_OF_ADULT_CARD
    if adult and latest_issue >= CARDS_SINCE:
        yield Caution(CautionCode.CERTIFICATE_UNCERTAIN, birthday)
