"""The law: from what is known of a card to the days that matter. Nothing else.

Every number stands here once, with its source. "Rule n" is the project's own list of them, each
with the city pages and statutes it was read from; it is reprinted in the README.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from calsvc.errors import InvalidInput, Problem
from calsvc.rules.dates import (
    ONE_DAY,
    DateRange,
    age_on,
    birthday_in,
    end_of_month,
    is_leap_day,
    months_after,
    nth_birthday,
)

CARDS_SINCE = date(2016, 1, 1)
"""Rule 12: the first cards were made in January 2016."""
APPLICATIONS_SINCE = date(2015, 10, 5)
"""Nobody had a number to apply with before (番号法, 平成25年法律第27号, came into force then)."""
EARLIEST_BIRTH = date(1900, 1, 1)
"""Rule 12."""
MONTHS_AHEAD = 12
"""Rule 12: how far ahead of today an issue date may lie."""
LATEST_ISSUE = date(2080, 1, 1)
"""No rule but a bound: what is reckoned must end before 2099, when the known holidays do."""

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

WINDOW_MONTHS = 3
"""Rule 6 (Otaru: 有効期限の3か月前の翌日から)."""
NOTICE_MONTHS = (3, 2)
"""Rule 7 (Otaru: 有効期限の2~3か月前)."""
GRACE_MONTHS = 3
"""Rule 8 (Otaru: 健康保険証としての利用は失効後3か月間)."""


class Subject(StrEnum):
    """What expires."""

    CERTIFICATE = "certificate"
    CARD = "card"


class Kind(StrEnum):
    """What happens on the days of a milestone."""

    WINDOW_OPENS = "window_opens"
    NOTICE = "notice"
    EXPIRY = "expiry"
    GRACE_ENDS = "grace_ends"


class Term(StrEnum):
    """What set the card's expiry."""

    TEN_BIRTHDAYS = "ten_birthdays"
    FIVE_BIRTHDAYS = "five_birthdays"
    STAY = "stay"


class GraceRule(StrEnum):
    """Rule 8: from where a municipality counts the three months of the insurance grace period."""

    ANNIVERSARY = "anniversary"
    MONTH_END = "month-end"


class Doubt(StrEnum):
    """Why a plan carries a caution."""

    THRESHOLD_UNCERTAIN = "threshold_uncertain"
    AGE_UNCERTAIN = "age_uncertain"
    EXPIRY_UNUSUAL = "expiry_unusual"
    CERTIFICATE_UNCERTAIN = "certificate_uncertain"
    CERTIFICATE_NOT_BIRTHDAY = "certificate_not_birthday"
    STAY_LONGER_THAN_CARD = "stay_longer_than_card"


class Card(NamedTuple):
    """What a person knows of a card. ``issued`` or ``card_expires`` must be given, both may be.

    ``issued``: the issue date (発行日), on which J-LIS made the card. ``card_expires``: the expiry
    date printed on it (有効期限), which settles the matter where both are given. ``applied``: the
    day on which J-LIS received the application (申請受付日). ``cert_expires``: the certificate's
    expiry as written on the card. ``stay_until``: the last day of a limited stay (在留期限).
    """

    born: date
    issued: date | None = None
    card_expires: date | None = None
    applied: date | None = None
    cert_expires: date | None = None
    stay_until: date | None = None


@dataclass(frozen=True)
class Milestone:
    """Something to know, on the days from ``start`` to ``end``, both included."""

    subject: Subject
    kind: Kind
    start: date
    end: date


@dataclass(frozen=True)
class Caution:
    """A doubt that the person can settle; ``other`` is the date that it may be instead, if any."""

    code: Doubt
    other: date | None = None


class Plan(NamedTuple):
    """All that follows from a card. Expiry dates are the LAST valid days (rule 13)."""

    card_expiry: date
    certificate_expiry: date
    term: Term
    leap_day_birth: bool
    grace: GraceRule
    cautions: tuple[Caution, ...]

    @property
    def together(self) -> bool:
        """Whether card and certificate expire on the same day."""
        return self.card_expiry == self.certificate_expiry

    @property
    def milestones(self) -> tuple[Milestone, ...]:
        """The certificate's, unless it ends with the card, then the card's."""
        of_card = milestones(Subject.CARD, self.term, deadline(self.card_expiry, self.grace))
        if self.together:
            return of_card
        days = deadline(self.certificate_expiry, self.grace)
        return milestones(Subject.CERTIFICATE, self.term, days) + of_card


class CardExpiry(NamedTuple):
    """When a card expires, and why."""

    day: date
    term: Term
    cautions: tuple[Caution, ...] = ()


def plan(card: Card, grace: GraceRule, *, today: date | None = None) -> Plan:
    """The expiry dates of ``card``, the milestones around them, and what is in doubt.

    ``today`` is the day against which the bounds of rule 12 are checked; without it those that
    depend on the clock are not (a sealed link was checked when it was made, and must go on giving
    the same answer). Raises `InvalidInput` with all faulty fields at once.
    """
    check(card, today)
    return reckon(card, grace)


def reckon(card: Card, grace: GraceRule) -> Plan:
    """The same for a card that has passed `check` already."""
    expiry = card_expiry(card)
    certificate, doubts = certificate_expiry(card, expiry)
    leap_day_birth, cautions = is_leap_day(card.born), expiry.cautions + doubts
    return Plan(expiry.day, certificate, expiry.term, leap_day_birth, grace, cautions)


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
    if not _may_depend_on_application(card, issued):
        return CardExpiry(day, term)
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
    doubt, other = Doubt.THRESHOLD_UNCERTAIN, birthdays_of_card(card.born, issued, earliest)
    if other == birthdays:
        doubt, other = Doubt.AGE_UNCERTAIN, birthdays_of_card(card.born, earliest, earliest)
    ending = _ending(card, issued, other)
    return () if ending == day else (Caution(doubt, ending),)


def _may_depend_on_application(card: Card, issued: date) -> bool:
    """Whether the card may be a minor's by one application and an adult's by another.

    Who does not turn 18 in the year of issue was a minor before; who turned 21 in the year before
    it was 20 half a year before the issue, and on any day since.
    """
    turns = issued.year - card.born.year
    if turns < ADULT_SINCE_2022:
        return False
    return turns <= ADULT_BEFORE_2022 + 1 or card.applied is not None


def _term(birthdays: int) -> Term:
    return Term.TEN_BIRTHDAYS if birthdays == BIRTHDAYS_OF_ADULT_CARD else Term.FIVE_BIRTHDAYS


def _printed_expiry(card: Card, printed: date) -> CardExpiry:
    """Rule 10: from the date on the card's face."""
    if _ends_with_stay(card, printed):
        return CardExpiry(
            day=printed,
            term=Term.STAY,
            cautions=tuple(_doubt_of_stay(card, printed)),
        )
    birthdays = _birthdays_of_printed(card, printed)
    unusual = birthdays not in _possible_birthdays(card, days_of_issue(card, printed))
    return CardExpiry(
        day=printed,
        term=_term(birthdays),
        cautions=(Caution(Doubt.EXPIRY_UNUSUAL),) if unusual else (),
    )


def days_of_issue(card: Card, expiry: date) -> DateRange:
    """The days on which a card that expires on ``expiry`` can have been issued."""
    if card.issued is not None:
        return DateRange(card.issued, card.issued)
    if _ends_with_stay(card, expiry):
        return DateRange(max(CARDS_SINCE, card.born), expiry)
    return possible_issue(card.born, expiry, _birthdays_of_printed(card, expiry))


def _ends_with_stay(card: Card, printed: date) -> bool:
    """Rule 9: whether the printed expiry was set by the period of stay.

    A later ``stay_until`` was granted since, and the card was not extended with it.
    """
    if card.stay_until is None:
        return False
    return printed == card.stay_until or not is_birthday(card.born, printed)


def is_birthday(born: date, day: date) -> bool:
    """Whether ``day`` is a birthday in the sense of rule 5."""
    return day == birthday_in(born, day.year)


def _birthdays_of_printed(card: Card, printed: date) -> int:
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


def _conceivable_birthdays(age: int) -> set[int]:
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
        yield Caution(Doubt.STAY_LONGER_THAN_CARD, card.stay_until)


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
        yield Caution(Doubt.CERTIFICATE_NOT_BIRTHDAY)


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
        yield Caution(Doubt.CERTIFICATE_UNCERTAIN, birthday)


# --- the milestones -----------------------------------------------------------------------------


def renewal_window(expiry: date) -> DateRange:
    """Days on which the renewal can be made, both ends included.

    Opens on the day after the day three months before ``expiry``; where that month has no such
    day, on the first of the next. Source: rule 6; Otaru, 更新時期; Nerima, 更新手続きの受付開始日.
    """
    return DateRange(months_after(expiry, -WINDOW_MONTHS) + ONE_DAY, expiry)


def notice_period(expiry: date) -> DateRange:
    """Days on which the expiry notice is expected, both ends included.

    Source: rule 7; Otaru, 有効期限通知書 (about two to three months before).
    """
    earliest, latest = NOTICE_MONTHS
    return DateRange(months_after(expiry, -earliest), months_after(expiry, -latest))


def grace_end(expiry: date, grace: GraceRule) -> date:
    """The last day on which the card still works as a health-insurance card.

    Source: rule 8; by the anniversary: Otaru; by the end of the month: 協会けんぽ, Iwaki, Tama.
    """
    last = months_after(expiry, GRACE_MONTHS)
    return end_of_month(last) if grace is GraceRule.MONTH_END else last


def stay_reminder(expiry: date) -> date:
    """The day of the early reminder where the period of stay ends the card: rule 9."""
    return months_after(expiry, -WINDOW_MONTHS)


@dataclass(frozen=True)
class Deadline:
    """An expiry date and the days around it."""

    expiry: date
    window: DateRange
    notice: DateRange
    grace_end: date
    reminder: date


@lru_cache(maxsize=8192)
def deadline(expiry: date, grace: GraceRule) -> Deadline:
    """The days around ``expiry``, whatever expires. Expiries repeat: cards live ten years."""
    return Deadline(
        expiry=expiry,
        window=renewal_window(expiry),
        notice=notice_period(expiry),
        grace_end=grace_end(expiry, grace),
        reminder=stay_reminder(expiry),
    )


def milestones(subject: Subject, term: Term, days: Deadline) -> tuple[Milestone, ...]:
    """What happens around a deadline. Rule 9: no window and no notice where the stay decides.

    ``term`` is the card's; a certificate that ends before such a card is renewed as any other.
    """
    expiring = (
        Milestone(subject, Kind.EXPIRY, days.expiry, days.expiry),
        Milestone(subject, Kind.GRACE_ENDS, days.grace_end, days.grace_end),
    )
    if subject is Subject.CARD and term is Term.STAY:
        return expiring
    opens = days.window.start
    return (
        Milestone(subject, Kind.WINDOW_OPENS, opens, opens),
        Milestone(subject, Kind.NOTICE, days.notice.start, days.notice.end),
        *expiring,
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


@lru_cache(maxsize=8)
def _latest_issue(today: date | None) -> date:
    if today is None or today >= LATEST_ISSUE:
        return LATEST_ISSUE
    return min(months_after(today, MONTHS_AHEAD), LATEST_ISSUE)


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
    if card.issued > _latest_issue(today):
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
    fault = _fault_of_stay if _ends_with_stay(card, printed) else _fault_of_birthday
    if key := fault(card, printed, _latest_issue(today)):
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
        lives = _birthdays_of_printed(card, printed)
        possible = _conceivable_birthdays(age_on(card.born, card.issued))
        return "" if lives in possible else "not_of_this_issue"
    age = age_on(card.born, printed)
    if age < YOUNGEST_AT_EXPIRY or OLDEST_AT_MINOR_EXPIRY < age < YOUNGEST_AT_ADULT_EXPIRY:
        return "impossible_age"
    issued = possible_issue(card.born, printed, _birthdays_of_printed(card, printed))
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
