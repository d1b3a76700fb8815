"""Describes what is known of a card, what may be in doubt, and the bounds of the law."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from calsvc.rules.dates import birthday_in, months_after

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


class Subject(StrEnum):
    """The thing that expires."""

    CERTIFICATE = "certificate"
    CARD = "card"
    __hash__ = str.__hash__  # enum's own is Python, and plans are hashed for each feed


class Term(StrEnum):
    """The rule that set the card's expiry."""

    TEN_BIRTHDAYS = "ten_birthdays"
    FIVE_BIRTHDAYS = "five_birthdays"
    STAY = "stay"
    __hash__ = str.__hash__  # see `Subject`


class CautionCode(StrEnum):
    """The reason why a date is in doubt."""

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


CERTIFICATE_CAUTIONS = {CautionCode.CERTIFICATE_UNCERTAIN, CautionCode.CERTIFICATE_NOT_BIRTHDAY}


@dataclass(frozen=True)
class Caution:
    """A reason for doubt that the holder can settle.

    ``other`` is the expiry that is possible instead of the one shown, if there is one.
    """

    code: CautionCode
    other: date | None = None

    @property
    def subject(self) -> Subject:
        """The thing whose expiry is in doubt."""
        return Subject.CERTIFICATE if self.code in CERTIFICATE_CAUTIONS else Subject.CARD


class CardExpiry(NamedTuple):
    """When a card expires, and why."""

    day: date
    term: Term
    cautions: tuple[Caution, ...] = ()


def is_birthday(born: date, day: date) -> bool:
    """Whether ``day`` is a birthday in the sense of rule 5."""
    return day == birthday_in(born, day.year)


@lru_cache(maxsize=8)
def latest_issue(today: date | None) -> date:
    """Returns the latest issue date that rule 12 allows on ``today``; see `LATEST_ISSUE`."""
    if today is None or today >= LATEST_ISSUE:
        return LATEST_ISSUE
    return min(months_after(today, MONTHS_AHEAD), LATEST_ISSUE)
