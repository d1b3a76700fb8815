"""Understands the expiry date that is printed on a card (rules 9, 10, 14, 17 and 18)."""

from collections.abc import Iterator
from datetime import date

from calsvc.rules.ages import may_be_adult, may_be_minor
from calsvc.rules.card import Card, CardExpiry, Caution, CautionCode, Term, is_birthday
from calsvc.rules.dates import ONE_DAY, DateRange, age_on, birthday_in, nth_birthday
from calsvc.rules.early_renewal import (
    can_expire_on,
    days_of_early_issue,
    days_of_issue,
    may_be_renewed_early,
    possible_issues,
)
from calsvc.rules.milestones import renewal_window
from calsvc.rules.spans import (
    ADULT_AGE,
    ADULT_CARD_BIRTHDAYS,
    CARDS_SINCE,
    EARLY_RENEWAL_BIRTHDAYS,
    LAST_KNOWN_ISSUE,
    MINOR_CARD_BIRTHDAYS,
)

LAST_KNOWN_EXPIRY = date(2038, 6, 30)
"""Rule 18: the 11th birthday of a holder whose card was renewed early on the last known day."""
MIN_AGE_AT_EXPIRY, MAX_AGE_AT_MINOR_EXPIRY = 5, 24
MIN_AGE_AT_ADULT_EXPIRY = 28
"""Rule 10: ages on the printed expiry date: 0 + 5, 19 + 5, and 18 + 10."""
EARLY_AT_MINOR_EXPIRY = MAX_AGE_AT_MINOR_EXPIRY + 1
LAST_EARLY_MINOR_EXPIRY = date(2027, 12, 31)
"""Rules 10 and 14: 19 + 6 or, where the age on the application day counts, 20 + 5; all under the
threshold that changed in 2022."""
MIN_ADULT_AGE = min(value for _, value in ADULT_AGE.spans)
MAX_MINOR_AGE = max(value for _, value in ADULT_AGE.spans)
"""With the issue date: ages that some reading of rule 3 allows. A minor's card may be issued at
20, if the age on the application day counts."""


def printed_expiry(card: Card, printed: date) -> CardExpiry:
    """Returns what ``printed`` means on a card that has passed `calsvc.rules.bounds.check`."""
    if ends_with_stay(card, printed):
        return CardExpiry(printed, Term.STAY, tuple(_doubts_of_stay(card, printed)))
    adult = is_adult_card(card, printed)
    term = Term.TEN_BIRTHDAYS if adult else Term.FIVE_BIRTHDAYS
    return CardExpiry(printed, term, tuple(_doubts_of_birthday(card, printed, adult)))


def ends_with_stay(card: Card, printed: date) -> bool:
    """Rule 9: true if the period of stay set the printed expiry.

    A later ``stay_until`` was granted since, and the card was not extended with it. With an earlier
    one, the card was extended while the next permit is pending (rule 17(a)).
    """
    if card.stay_until is None:
        return False
    return printed >= card.stay_until or not is_birthday(card.born, printed)


def is_adult_card(card: Card, printed: date) -> bool:
    """Returns the answer for a card that ends on the birthday ``printed`` (rule 10)."""
    if card.issued:
        return birthdays_between(card.born, card.issued, printed) >= ADULT_CARD_BIRTHDAYS.value
    return age_on(card.born, printed) >= MIN_AGE_AT_ADULT_EXPIRY


def birthdays_between(born: date, issued: date, expiry: date) -> int:
    """Returns how many birthdays lie after ``issued``, up to the birthday ``expiry``."""
    return age_on(born, expiry) - age_on(born, issued)


def is_possible_age(age: int, printed: date) -> bool:
    """Rule 10: ages at which a card can end, as far as that is certain without the issue date."""
    if age == EARLY_AT_MINOR_EXPIRY:
        return printed <= LAST_EARLY_MINOR_EXPIRY
    return MIN_AGE_AT_EXPIRY <= age <= MAX_AGE_AT_MINOR_EXPIRY or age >= MIN_AGE_AT_ADULT_EXPIRY


def conceivable_birthdays(card: Card, issued: date) -> set[int]:
    """Returns the lives of a card issued on ``issued`` by any reading and any application day.

    Rule 14 is read widely: the birthday itself is one of the three months before it.
    """
    born, found = card.born, set()
    if age_on(born, issued) <= MAX_MINOR_AGE or may_be_minor(born, issued, card.applied):
        found.add(MINOR_CARD_BIRTHDAYS.value)
    if age_on(born, issued + ONE_DAY) >= MIN_ADULT_AGE:
        found.add(ADULT_CARD_BIRTHDAYS.value)
    birthday = nth_birthday(born, issued - ONE_DAY, 1)
    if issued in renewal_window(birthday) and can_expire_on(born, birthday):
        found |= {each + EARLY_RENEWAL_BIRTHDAYS.value for each in found}
    return found


def possible_days_of_issue(card: Card, expiry: date) -> DateRange:
    """Returns the first and the last day on which a card can have been issued to end then."""
    if card.issued is not None:
        return DateRange(card.issued, card.issued)
    if ends_with_stay(card, expiry):
        return DateRange(max(CARDS_SINCE, card.born), expiry)
    birthdays = birthdays_of_term(is_adult_card(card, expiry))
    days = days_of_issue(card.born, expiry, birthdays)
    if can_expire_on(card.born, days.start):
        days = DateRange(days_of_early_issue(card.born, expiry, birthdays).start, days.end)
    return days


def birthdays_of_term(adult: bool) -> int:
    """Returns how many birthdays a card lives that was not renewed early (rule 2)."""
    return ADULT_CARD_BIRTHDAYS.value if adult else MINOR_CARD_BIRTHDAYS.value


def _doubts_of_birthday(card: Card, printed: date, adult: bool) -> Iterator[Caution]:
    if card.issued is not None:
        birthdays = birthdays_between(card.born, card.issued, printed)
        if birthdays not in usual_birthdays(card, card.issued):
            yield Caution(CautionCode.EXPIRY_UNUSUAL)
        return
    if next(possible_issues(card.born, printed, adult), None) is None:
        yield Caution(CautionCode.EXPIRY_UNUSUAL)
    if days_of_issue(card.born, printed, birthdays_of_term(adult)).end > LAST_KNOWN_ISSUE:
        yield Caution(CautionCode.NEXT_CARD)


def usual_birthdays(card: Card, issued: date) -> set[int]:
    """Returns the lives of a card issued on ``issued`` by the readings of rules 3 and 14."""
    found = set()
    if may_be_minor(card.born, issued, card.applied):
        found.add(MINOR_CARD_BIRTHDAYS.value)
    if may_be_adult(card.born, issued, card.applied):
        found.add(ADULT_CARD_BIRTHDAYS.value)
    if may_be_renewed_early(card.born, issued):
        found |= {each + EARLY_RENEWAL_BIRTHDAYS.value for each in found}
    return found


def _doubts_of_stay(card: Card, printed: date) -> Iterator[Caution]:
    if card.stay_until is not None and card.stay_until > printed:
        yield Caution(CautionCode.STAY_LONGER_THAN_CARD, card.stay_until)
    if card.stay_until is not None and card.stay_until < printed:
        yield Caution(CautionCode.CARD_EXTENDED)


def last_birthday_before(born: date, day: date) -> date:
    """Returns the last birthday strictly before ``day``."""
    birthday = birthday_in(born, day.year)
    return birthday if birthday < day else birthday_in(born, day.year - 1)
