"""Interprets the expiry date that is printed on a card (rules 9, 10, 14, 17 and 18)."""

from collections.abc import Iterator
from datetime import date

from calsvc.rules.ages import may_be_adult, may_be_minor
from calsvc.rules.card import Card, CardExpiry, Caution, CautionCode, Term, is_birthday
from calsvc.rules.dates import ONE_DAY, DateRange, age_on, birthday_in, nth_birthday
from calsvc.rules.early_renewal import (
    can_expire_on,
    early_issue_dates,
    issue_dates,
    may_be_renewed_early,
    possible_issues,
)
from calsvc.rules.legal_values import (
    ADULT_AGE,
    ADULT_CARD_BIRTHDAYS,
    EARLY_RENEWAL_BIRTHDAYS,
    FIRST_CARD_ISSUE,
    LAST_KNOWN_ISSUE,
    MINOR_CARD_BIRTHDAYS,
)
from calsvc.rules.milestones import renewal_window

LAST_KNOWN_EXPIRY = date(2038, 6, 30)
"""Rule 18: the 11th birthday of a holder whose card was renewed early on the last known day."""
MIN_AGE_AT_EXPIRY, MAX_AGE_AT_MINOR_EXPIRY = 5, 24
MIN_AGE_AT_ADULT_EXPIRY = 28
"""Rule 10: ages on the printed expiry date: 0 + 5, 19 + 5, and 18 + 10."""
MAX_AGE_AT_EARLY_MINOR_EXPIRY = MAX_AGE_AT_MINOR_EXPIRY + 1
LAST_EARLY_MINOR_EXPIRY = date(2027, 12, 31)
"""Rules 10 and 14: a minor's card can end at 25. That is 19 + 6, or 20 + 5 by the age on the
application day. Both need the adult age of 20, which ended in 2022."""
MIN_ADULT_AGE = min(value for _, value in ADULT_AGE.spans)
MAX_MINOR_AGE = max(value for _, value in ADULT_AGE.spans)
"""Ages on the issue date that some reading of rule 3 allows. A minor's card may be issued at 20 if
the age on the application day counts."""


def printed_expiry(card: Card, printed: date) -> CardExpiry:
    """Return the expiry of a card that has passed `calsvc.rules.validation.check_card`.

    ``printed``: the expiry date on the card.
    """
    if is_limited_by_stay(card, printed):
        return CardExpiry(printed, Term.STAY, tuple(_stay_cautions(card, printed)))
    adult = is_adult_card(card, printed)
    term = Term.TEN_BIRTHDAYS if adult else Term.FIVE_BIRTHDAYS
    return CardExpiry(printed, term, tuple(_birthday_cautions(card, printed, adult)))


def is_limited_by_stay(card: Card, printed: date) -> bool:
    """Return True if the period of stay set the printed expiry (rule 9).

    If ``stay_until`` is later, the stay was extended and the card was not. If it is earlier, the
    card was extended while the next permit is pending (rule 17(a)).
    """
    if card.stay_until is None:
        return False
    return printed >= card.stay_until or not is_birthday(card.born, printed)


def is_adult_card(card: Card, printed: date) -> bool:
    """Return True if a card that ends on the birthday ``printed`` is an adult's (rule 10)."""
    if card.issued:
        return count_birthdays(card.born, card.issued, printed) >= ADULT_CARD_BIRTHDAYS.value
    return age_on(card.born, printed) >= MIN_AGE_AT_ADULT_EXPIRY


def count_birthdays(born: date, issued: date, expiry: date) -> int:
    """Return the number of birthdays after ``issued``, up to and including ``expiry``."""
    return age_on(born, expiry) - age_on(born, issued)


def is_possible_age(age: int, printed: date) -> bool:
    """Return True if a card can end at ``age`` when the issue date is unknown (rule 10)."""
    if age == MAX_AGE_AT_EARLY_MINOR_EXPIRY:
        return printed <= LAST_EARLY_MINOR_EXPIRY
    return MIN_AGE_AT_EXPIRY <= age <= MAX_AGE_AT_MINOR_EXPIRY or age >= MIN_AGE_AT_ADULT_EXPIRY


def accepted_birthday_counts(card: Card, issued: date) -> set[int]:
    """Return all numbers of birthdays after ``issued`` with which a printed expiry is accepted.

    They allow any reading of rule 3 and any application day. Rule 14 is read widely, too: here the
    birthday itself belongs to the three months before it.
    """
    born, counts = card.born, set()
    if age_on(born, issued) <= MAX_MINOR_AGE or may_be_minor(born, issued, card.applied):
        counts.add(MINOR_CARD_BIRTHDAYS.value)
    if age_on(born, issued + ONE_DAY) >= MIN_ADULT_AGE:
        counts.add(ADULT_CARD_BIRTHDAYS.value)
    birthday = nth_birthday(born, issued - ONE_DAY, 1)
    if issued in renewal_window(birthday) and can_expire_on(born, birthday):
        counts |= {count + EARLY_RENEWAL_BIRTHDAYS.value for count in counts}
    return counts


def possible_issue_dates(card: Card, expiry: date) -> DateRange:
    """Return the possible issue dates of a card that ends on ``expiry``."""
    if card.issued is not None:
        return DateRange(card.issued, card.issued)
    if is_limited_by_stay(card, expiry):
        return DateRange(max(FIRST_CARD_ISSUE, card.born), expiry)
    birthdays = regular_birthday_count(is_adult_card(card, expiry))
    days = issue_dates(card.born, expiry, birthdays)
    if can_expire_on(card.born, days.start):
        days = DateRange(early_issue_dates(card.born, expiry, birthdays).start, days.end)
    return days


def regular_birthday_count(adult: bool) -> int:
    """Return the number of birthdays of a card that was not renewed early (rule 2)."""
    return ADULT_CARD_BIRTHDAYS.value if adult else MINOR_CARD_BIRTHDAYS.value


def _birthday_cautions(card: Card, printed: date, adult: bool) -> Iterator[Caution]:
    if card.issued is not None:
        birthdays = count_birthdays(card.born, card.issued, printed)
        if birthdays not in expected_birthday_counts(card, card.issued):
            yield Caution(CautionCode.EXPIRY_UNUSUAL)
        return
    if next(possible_issues(card.born, printed, adult), None) is None:
        yield Caution(CautionCode.EXPIRY_UNUSUAL)
    if issue_dates(card.born, printed, regular_birthday_count(adult)).end > LAST_KNOWN_ISSUE:
        yield Caution(CautionCode.NEXT_CARD)


def expected_birthday_counts(card: Card, issued: date) -> set[int]:
    """Return the possible numbers of birthdays from ``issued`` to the expiry (rules 3 and 14)."""
    counts = set()
    if may_be_minor(card.born, issued, card.applied):
        counts.add(MINOR_CARD_BIRTHDAYS.value)
    if may_be_adult(card.born, issued, card.applied):
        counts.add(ADULT_CARD_BIRTHDAYS.value)
    if may_be_renewed_early(card.born, issued):
        counts |= {count + EARLY_RENEWAL_BIRTHDAYS.value for count in counts}
    return counts


def _stay_cautions(card: Card, printed: date) -> Iterator[Caution]:
    if card.stay_until is not None and card.stay_until > printed:
        yield Caution(CautionCode.STAY_LONGER_THAN_CARD, card.stay_until)
    if card.stay_until is not None and card.stay_until < printed:
        yield Caution(CautionCode.CARD_EXTENDED)


def last_birthday_before(born: date, day: date) -> date:
    """Return the last birthday strictly before ``day``."""
    birthday = birthday_in(born, day.year)
    return birthday if birthday < day else birthday_in(born, day.year - 1)
