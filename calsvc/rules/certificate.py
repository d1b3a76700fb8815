"""Computes when the certificate of a card expires (rules 4, 10, 15 and 17)."""

from collections.abc import Iterator
from datetime import date

from calsvc.rules.ages import is_adult
from calsvc.rules.card import Card, CardExpiry, Caution, CautionCode, Renewed, Term, is_birthday
from calsvc.rules.dates import (
    MONTHS_OF_A_YEAR,
    birthday_in,
    is_more_months_after,
    nth_birthday,
)
from calsvc.rules.early_renewal import days_of_issue
from calsvc.rules.milestones import renewal_window
from calsvc.rules.printed_expiry import last_birthday_before
from calsvc.rules.spans import (
    ADULT_CARD_BIRTHDAYS,
    CARDS_SINCE,
    CERTIFICATE_BIRTHDAYS,
    EARLY_RENEWAL_BIRTHDAYS,
    LAST_KNOWN_ISSUE,
)

MONTHS_TO_EXTENSION = MONTHS_OF_A_YEAR
"""Rule 17(d): with more than a year between issue and stay, an extension may lie between them."""


def certificate_expiry(card: Card, expiry: CardExpiry) -> tuple[date, tuple[Caution, ...]]:
    """Return the certificate's expiry, never later than the card's, and what is in doubt.

    What is written on the card comes first (rule 10), then what is said of a renewal (rule 15).
    """
    first = first_certificate_expiry(card, expiry)
    if card.cert_expires is not None:
        return card.cert_expires, tuple(_doubts_of_written(card, card.cert_expires, expiry, first))
    if card.cert_renewed is not None:
        return _renewed_certificate(card, card.cert_renewed, expiry, first)
    if card.stay_until is not None:
        return first, tuple(_doubts_of_first(card, expiry, first, card.stay_until))
    return first, ()


def first_certificate_expiry(card: Card, expiry: CardExpiry) -> date:
    """Return the expiry of the certificate that was issued with the card.

    Rule 4 (Otaru: 発行日から5回目の誕生日; Konan); rule 10: five years before that of an adult's
    card. Rule 17(b): it is not extended with the card (Kamiita, Sanyo-Onoda).
    """
    if expiry.term is Term.TEN_BIRTHDAYS:
        years = ADULT_CARD_BIRTHDAYS.value - CERTIFICATE_BIRTHDAYS.value
        return birthday_in(card.born, expiry.day.year - years)
    if expiry.term is Term.FIVE_BIRTHDAYS:
        return expiry.day
    end = min(expiry.day, card.stay_until or expiry.day)
    if card.issued is None:
        return end
    birthdays = CERTIFICATE_BIRTHDAYS.on(card.issued)
    return min(nth_birthday(card.born, card.issued, birthdays), end)


# --- rule 10: written on the card -----------------------------------------------------------------


def _doubts_of_written(
    card: Card, written: date, expiry: CardExpiry, first: date
) -> Iterator[Caution]:
    """Rule 4 gives every certificate a birthday or the end of the card or of the stay."""
    ends = (expiry.day, card.stay_until)
    if written not in ends and not is_birthday(card.born, written):
        yield Caution(CautionCode.CERTIFICATE_NOT_BIRTHDAY)
    if card.cert_renewed is Renewed.SOMETIME and written <= first < expiry.day:
        yield Caution(CautionCode.RENEWAL_DAY_UNKNOWN)


# --- rule 15: renewed since -----------------------------------------------------------------------


def _renewed_certificate(
    card: Card, renewed: date | Renewed, expiry: CardExpiry, first: date
) -> tuple[date, tuple[Caution, ...]]:
    if renewed is Renewed.SOMETIME:
        if first < expiry.day:
            return expiry.day, (Caution(CautionCode.RENEWAL_DAY_UNKNOWN, first),)
        return expiry.day, ()
    since = _renewed_since(renewed, first)
    end = min(_ends_of_renewed(card, since, expiry.day, first))
    earlier = min(_ends_on_longer_card(card, since, expiry), default=end)
    if earlier >= end:
        return end, ()
    shown, other = (earlier, end) if since is renewed else (end, earlier)
    return shown, (Caution(CautionCode.RENEWAL_WINDOW_UNCERTAIN, other),)


def possible_ends_of_renewed(
    card: Card, renewed: date | Renewed, expiry: CardExpiry
) -> tuple[date, ...]:
    """Return the expiries that a certificate renewed then can have, by any reading of the rules.

    None is later than the card by that reading, so each possible end of the card is one of them.
    """
    first = first_certificate_expiry(card, expiry)
    since = _renewed_since(renewed, first)
    ends_of_card = (expiry.day, *(each.other for each in expiry.cautions if each.other))
    ends = (*ends_of_card, *_ends_on_longer_card(card, since, expiry))
    if isinstance(renewed, Renewed):
        return ends
    birthdays = CERTIFICATE_BIRTHDAYS.value + EARLY_RENEWAL_BIRTHDAYS.value
    # A certificate that was not the first may have been in its own window.
    early = nth_birthday(card.born, renewed, birthdays)
    return (*ends, *_ends_of_renewed(card, renewed, expiry.day, first), early)


def _renewed_since(renewed: date | Renewed, first: date) -> date:
    """Return the day of a renewal, or the first one that it can have had (rule 15)."""
    return renewed if isinstance(renewed, date) else renewal_window(first).start


def _ends_on_longer_card(card: Card, renewed: date, expiry: CardExpiry) -> Iterator[date]:
    """Yield the end of a renewed certificate on a card that was itself renewed early (rule 14).

    Its first certificate lives one birthday longer too, so the window opens a year later, and a
    renewal in the usual window comes before it: the 5th birthday counts instead of the 6th. A
    renewal in the later window ends with the card, which is later still.
    """
    codes = (caution.code for caution in expiry.cautions)
    if expiry.term is Term.TEN_BIRTHDAYS and CautionCode.RENEWED_EARLY in codes:
        yield nth_birthday(card.born, renewed, CERTIFICATE_BIRTHDAYS.value)


def _ends_of_renewed(
    card: Card, renewed: date, card_expiry: date, first: date
) -> tuple[date, date]:
    """Rule 15: renewed in the window, the 6th birthday after that day (JPKI, Kanazawa, Oguchi).

    Otherwise, such as after a loss or after its expiry, the 5th (Oguchi, Tomigusuku). The other end
    is that of the card. A card that is extended later leaves the certificate as it is (rule 17(b)).
    """
    birthdays = CERTIFICATE_BIRTHDAYS.value
    if renewed in renewal_window(first):
        birthdays += EARLY_RENEWAL_BIRTHDAYS.value
    end, stay = card_expiry, card.stay_until
    if stay is not None and renewed < renewal_window(stay).start:
        end = min(end, stay)
    return nth_birthday(card.born, renewed, birthdays), end


# --- nothing is said ------------------------------------------------------------------------------


def _doubts_of_first(card: Card, expiry: CardExpiry, first: date, stay: date) -> Iterator[Caution]:
    if stay < expiry.day:
        yield Caution(CautionCode.CERTIFICATE_NOT_EXTENDED, expiry.day)
    if card.issued is None:
        if expiry.term is Term.STAY:
            yield from _doubts_of_unknown_issue(card.born, first)
    elif is_more_months_after(stay, card.issued, MONTHS_TO_EXTENSION):
        yield Caution(CautionCode.CERTIFICATE_REISSUED)


def _doubts_of_unknown_issue(born: date, expiry: date) -> Iterator[Caution]:
    """Rules 4 and 9: in an adult's card, the 5th birthday after issue may come before the end.

    No stay is longer than five years (出入国管理及び難民認定法 第2条の2), so it is the last
    birthday before that end. A minor's card never outlives its certificate.
    """
    birthday = last_birthday_before(born, expiry)
    days = days_of_issue(born, birthday, CERTIFICATE_BIRTHDAYS.value)
    last_issue = min(days.end, LAST_KNOWN_ISSUE)
    if not max(days.start, CARDS_SINCE) <= last_issue:
        return
    if is_adult(born, last_issue, last_issue):
        yield Caution(CautionCode.CERTIFICATE_UNCERTAIN, birthday)
