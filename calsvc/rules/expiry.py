"""Computes when a card expires, and what decides it."""

from collections.abc import Iterator
from datetime import date

from calsvc.rules.card import CARDS_SINCE, Card, CardExpiry, Caution, CautionCode, Term, is_birthday
from calsvc.rules.dates import ONE_DAY, DateRange, age_on, birthday_in, months_after, nth_birthday

ADULTHOOD_CHANGED = date(2022, 4, 1)
"""Rule 3: applications received from this day on count as adult from 18, earlier ones from 20."""
ADULT_SINCE_2022 = 18
ADULT_BEFORE_2022 = 20
LONGEST_APPLICATION = 6
"""Rule 3: months that may lie between application and issue, where the application is unknown."""

BIRTHDAYS_OF_ADULT_CARD = 10
BIRTHDAYS_OF_MINOR_CARD = 5
BIRTHDAYS_OF_CERTIFICATE = 5
"""Rules 2 and 4 (Otaru: 発行日から10回目/5回目の誕生日)."""
YOUNGEST_AT_ADULT_EXPIRY = 28
OLDEST_AT_MINOR_EXPIRY = 24
YOUNGEST_AT_EXPIRY = 5
"""Rule 10: ages on the printed expiry date: 18 + 10, 19 + 5, and 0 + 5."""


# --- the card -----------------------------------------------------------------------------------


def adult_age(applied: date) -> int:
    """The age from which a card applied for on ``applied`` is an adult's.

    Rule 3: 民法の一部を改正する法律(平成30年法律第59号), in force on 2022-04-01; decided by the
    day on which J-LIS received the application (申請受付日; Kobe, Yonago, Konosu, Osakasayama).
    """
    return ADULT_SINCE_2022 if applied >= ADULTHOOD_CHANGED else ADULT_BEFORE_2022


def birthdays_of_card(born: date, aged_on: date, applied: date) -> int:
    """How many birthdays a card lives, by the age on ``aged_on`` and the law on ``applied``.

    Rule 2 (Otaru; age on the issue date: Hanno, Hokuei).
    """
    adult = age_on(born, aged_on) >= adult_age(applied)
    return BIRTHDAYS_OF_ADULT_CARD if adult else BIRTHDAYS_OF_MINOR_CARD


def card_expiry(card: Card) -> CardExpiry:
    """The expiry of a card that has passed `check`. The date printed on it settles the matter."""
    if card.card_expires is not None:
        return _printed_expiry(card, card.card_expires)
    if card.issued is None:
        raise AssertionError("a card is checked before its expiry is reckoned")
    return _reckoned_expiry(card, card.issued)


def _reckoned_expiry(card: Card, issued: date) -> CardExpiry:
    """Rules 1, 2, 3 and 9: from the issue date."""
    birthdays = birthdays_of_card(card.born, issued, card.applied or issued)
    day = _ending(card, issued, birthdays)
    term = Term.STAY if day == card.stay_until else _term(birthdays)
    return CardExpiry(day, term, _doubt_of_age(card, issued, birthdays, day))


def _ending(card: Card, issued: date, birthdays: int) -> date:
    """Rules 1 and 9: the n-th birthday, or the end of the stay before it."""
    birthday = nth_birthday(card.born, issued, birthdays)
    return birthday if card.stay_until is None else min(birthday, card.stay_until)


def _doubt_of_age(card: Card, issued: date, birthdays: int, day: date) -> tuple[Caution, ...]:
    """Rule 3 (a) and (b): whether another application day, or the age on it, changes the answer.

    The age only rises and the threshold only fell, so the earliest possible day is the one to try.
    """
    earliest = _earliest_application(card, issued)
    doubt, other = CautionCode.THRESHOLD_UNCERTAIN, birthdays_of_card(card.born, issued, earliest)
    if other == birthdays:
        doubt, other = CautionCode.AGE_UNCERTAIN, birthdays_of_card(card.born, earliest, earliest)
    ending = _ending(card, issued, other)
    return () if ending == day else (Caution(doubt, ending),)


def _term(birthdays: int) -> Term:
    return Term.TEN_BIRTHDAYS if birthdays == BIRTHDAYS_OF_ADULT_CARD else Term.FIVE_BIRTHDAYS


def _printed_expiry(card: Card, printed: date) -> CardExpiry:
    """Rule 10: from the date on the card's face."""
    if ends_with_stay(card, printed):
        return CardExpiry(
            day=printed,
            term=Term.STAY,
            cautions=tuple(_doubt_of_stay(card, printed)),
        )
    birthdays = birthdays_of_printed(card, printed)
    unusual = birthdays not in _possible_birthdays(card, days_of_issue(card, printed))
    return CardExpiry(
        day=printed,
        term=_term(birthdays),
        cautions=(Caution(CautionCode.EXPIRY_UNUSUAL),) if unusual else (),
    )


def days_of_issue(card: Card, expiry: date) -> DateRange:
    """The days on which a card that expires on ``expiry`` can have been issued."""
    if card.issued is not None:
        return DateRange(card.issued, card.issued)
    if ends_with_stay(card, expiry):
        return DateRange(max(CARDS_SINCE, card.born), expiry)
    return possible_issue(card.born, expiry, birthdays_of_printed(card, expiry))


def ends_with_stay(card: Card, printed: date) -> bool:
    """Rule 9: whether the printed expiry was set by the period of stay.

    A later ``stay_until`` was granted since, and the card was not extended with it.
    """
    if card.stay_until is None:
        return False
    return printed == card.stay_until or not is_birthday(card.born, printed)


def birthdays_of_printed(card: Card, printed: date) -> int:
    """How many birthdays a card lives that ends on the birthday ``printed``.

    Rule 10: 28 or older, 10 birthdays; 24 or younger, 5; `check` refused what lies between. With
    the issue date they can be counted.
    """
    if card.issued:
        return age_on(card.born, printed) - age_on(card.born, card.issued)
    adult = age_on(card.born, printed) >= YOUNGEST_AT_ADULT_EXPIRY
    return BIRTHDAYS_OF_ADULT_CARD if adult else BIRTHDAYS_OF_MINOR_CARD


def possible_issue(born: date, expiry: date, birthdays: int) -> DateRange:
    """The days on which a card can have been issued whose n-th birthday is ``expiry``.

    Rule 1 read backwards: from the birthday n years earlier, which did not count, to the day
    before the first that did.
    """
    return DateRange(
        birthday_in(born, expiry.year - birthdays),
        birthday_in(born, expiry.year - birthdays + 1) - ONE_DAY,
    )


def _possible_birthdays(card: Card, issued: DateRange) -> set[int]:
    """How many birthdays a card issued on one of these days can live, by any reading of rule 3.

    The age only rises and the threshold only fell, so the first and the last day show all.
    """
    earliest, latest = _earliest_application(card, issued.start), card.applied or issued.end
    return {
        birthdays_of_card(card.born, earliest, earliest),
        birthdays_of_card(card.born, issued.end, latest),
    }


def conceivable_birthdays(age: int) -> set[int]:
    """How many birthdays a card can live that was issued at ``age``, however old its application.

    Rule 3: at 20 it may be a minor's still, where the age counts on the day of the application.
    """
    minor = {BIRTHDAYS_OF_MINOR_CARD} if age <= ADULT_BEFORE_2022 else set()
    adult = {BIRTHDAYS_OF_ADULT_CARD} if age >= ADULT_SINCE_2022 else set()
    return minor | adult


def _earliest_application(card: Card, issued: date) -> date:
    """Rule 3: the day of the application, or the first on which it can have been."""
    return card.applied or months_after(issued, -LONGEST_APPLICATION)


def _doubt_of_stay(card: Card, printed: date) -> Iterator[Caution]:
    if card.stay_until is not None and card.stay_until > printed:
        yield Caution(CautionCode.STAY_LONGER_THAN_CARD, card.stay_until)
