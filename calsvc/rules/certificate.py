"""Computes when the certificate of a card expires (rules 4, 10, 15 and 17)."""

from collections.abc import Iterator
from datetime import date

from calsvc.rules.ages import is_adult
from calsvc.rules.card import Card, CardExpiry, Caution, CautionCode, Renewed, Term, is_birthday
from calsvc.rules.dates import (
    MONTHS_PER_YEAR,
    birthday_in,
    is_more_months_after,
    nth_birthday,
)
from calsvc.rules.early_renewal import issue_dates
from calsvc.rules.legal_values import (
    ADULT_CARD_BIRTHDAYS,
    CERTIFICATE_BIRTHDAYS,
    EARLY_RENEWAL_BIRTHDAYS,
    FIRST_CARD_ISSUE,
    LAST_KNOWN_ISSUE,
)
from calsvc.rules.milestones import renewal_window
from calsvc.rules.printed_expiry import last_birthday_before

MONTHS_TO_EXTENSION = MONTHS_PER_YEAR
"""Months from the issue to the end of the stay. After more, the stay may have been extended (rule
17(d))."""


def certificate_expiry(card: Card, expiry: CardExpiry) -> tuple[date, tuple[Caution, ...]]:
    """Return the certificate's expiry, never later than the card's, and the cautions about it.

    The expiry written on the card takes precedence (rule 10), then a renewal (rule 15).
    """
    first = first_certificate_expiry(card, expiry)
    if card.cert_expires is not None:
        return card.cert_expires, tuple(
            _written_expiry_cautions(card, card.cert_expires, expiry, first)
        )
    if card.cert_renewed is not None:
        return _renewed_certificate(card, card.cert_renewed, expiry, first)
    if card.stay_until is not None:
        return first, tuple(_first_certificate_cautions(card, expiry, first, card.stay_until))
    return first, ()


def first_certificate_expiry(card: Card, expiry: CardExpiry) -> date:
    """Return the expiry of the certificate that was issued with the card.

    Rule 4: the 5th birthday after the issue (Otaru: 発行日から5回目の誕生日; Konan). Rule 10: five
    years before the expiry of an adult's card. Rule 17(b): it is not extended with the card
    (Kamiita, Sanyo-Onoda).
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


def _written_expiry_cautions(
    card: Card, written: date, expiry: CardExpiry, first: date
) -> Iterator[Caution]:
    """Yield cautions about an expiry that contradicts rule 4 or the renewal.

    By rule 4 a certificate ends on a birthday, with the card, or with the stay.
    """
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
    since = _earliest_renewal(renewed, first)
    end = min(_renewed_expiries(card, since, expiry.day, first))
    earlier = min(_expiries_on_early_renewed_card(card, since, expiry), default=end)
    if earlier >= end:
        return end, ()
    shown, other = (earlier, end) if since is renewed else (end, earlier)
    return shown, (Caution(CautionCode.RENEWAL_WINDOW_UNCERTAIN, other),)


def possible_renewed_expiries(
    card: Card, renewed: date | Renewed, expiry: CardExpiry
) -> tuple[date, ...]:
    """Return all expiries that a certificate renewed then can have, by any reading of the rules.

    A certificate never outlasts its card. So they include each possible expiry of the card.
    """
    first = first_certificate_expiry(card, expiry)
    since = _earliest_renewal(renewed, first)
    card_expiries = (expiry.day, *(each.other for each in expiry.cautions if each.other))
    ends = (*card_expiries, *_expiries_on_early_renewed_card(card, since, expiry))
    if isinstance(renewed, Renewed):
        return ends
    birthdays = CERTIFICATE_BIRTHDAYS.value + EARLY_RENEWAL_BIRTHDAYS.value
    # A certificate that was not the first may have been in its own window.
    early = nth_birthday(card.born, renewed, birthdays)
    return (*ends, *_renewed_expiries(card, renewed, expiry.day, first), early)


def _earliest_renewal(renewed: date | Renewed, first: date) -> date:
    """Return the day of a renewal, or its first possible day if it is unknown (rule 15)."""
    return renewed if isinstance(renewed, date) else renewal_window(first).start


def _expiries_on_early_renewed_card(
    card: Card, renewed: date, expiry: CardExpiry
) -> Iterator[date]:
    """Yield the expiry of a renewed certificate on a card that was itself renewed early (rule 14).

    The first certificate of such a card lasts one birthday longer, too. Its window opens a year
    later than `first_certificate_expiry` assumes. A renewal before that window counts the 5th
    birthday instead of the 6th. A renewal in it ends with the card, which is later still.
    """
    codes = (caution.code for caution in expiry.cautions)
    if expiry.term is Term.TEN_BIRTHDAYS and CautionCode.RENEWED_EARLY in codes:
        yield nth_birthday(card.born, renewed, CERTIFICATE_BIRTHDAYS.value)


def _renewed_expiries(
    card: Card, renewed: date, card_expiry: date, first: date
) -> tuple[date, date]:
    """Return the two expiries of a renewed certificate (rule 15). The earlier one applies.

    The first is the 6th birthday after a renewal in the window (JPKI, Kanazawa, Oguchi). After any
    other renewal, such as after a loss, it is the 5th (Oguchi, Tomigusuku).
    The second is that of the card, or of the stay if the card was extended later (rule 17(b)).
    """
    birthdays = CERTIFICATE_BIRTHDAYS.value
    if renewed in renewal_window(first):
        birthdays += EARLY_RENEWAL_BIRTHDAYS.value
    end, stay = card_expiry, card.stay_until
    if stay is not None and renewed < renewal_window(stay).start:
        end = min(end, stay)
    return nth_birthday(card.born, renewed, birthdays), end


# --- neither written nor renewed ------------------------------------------------------------------


def _first_certificate_cautions(
    card: Card, expiry: CardExpiry, first: date, stay: date
) -> Iterator[Caution]:
    if stay < expiry.day:
        yield Caution(CautionCode.CERTIFICATE_NOT_EXTENDED, expiry.day)
    if card.issued is None:
        if expiry.term is Term.STAY:
            yield from _unknown_issue_cautions(card.born, first)
    elif is_more_months_after(stay, card.issued, MONTHS_TO_EXTENSION):
        yield Caution(CautionCode.CERTIFICATE_REISSUED)


def _unknown_issue_cautions(born: date, expiry: date) -> Iterator[Caution]:
    """Yield a caution if the 5th birthday after the issue may be before ``expiry`` (rules 4, 9).

    No stay is longer than five years (出入国管理及び難民認定法 第2条の2). So that birthday is the
    last one before ``expiry``. A minor's card never outlasts its certificate.
    """
    birthday = last_birthday_before(born, expiry)
    days = issue_dates(born, birthday, CERTIFICATE_BIRTHDAYS.value)
    last_issue = min(days.end, LAST_KNOWN_ISSUE)
    if not max(days.start, FIRST_CARD_ISSUE) <= last_issue:
        return
    if is_adult(born, last_issue, last_issue):
        yield Caution(CautionCode.CERTIFICATE_UNCERTAIN, birthday)
