"""Defines a card as its holder describes it, its expiry, and the cautions about its dates."""

from dataclasses import dataclass
from datetime import date
from enum import Enum, StrEnum
from typing import NamedTuple

from calsvc.rules.dates import birthday_in


class Subject(StrEnum):
    """The thing that expires."""

    CERTIFICATE = "certificate"
    CARD = "card"
    __hash__ = str.__hash__  # Enum's own is slow Python code, and each feed hashes its plans.


class Term(StrEnum):
    """The rule that set the card's expiry."""

    TEN_BIRTHDAYS = "ten_birthdays"
    FIVE_BIRTHDAYS = "five_birthdays"
    STAY = "stay"
    __hash__ = str.__hash__  # see `Subject`


class CautionCode(StrEnum):
    """The reason why a date is in doubt."""

    THRESHOLD_UNCERTAIN = "threshold_uncertain"
    """Rule 3(a)."""
    AGE_UNCERTAIN = "age_uncertain"
    """Rule 3(b)."""
    BIRTHDAY_EVE = "birthday_eve"
    """Rule 3(c)."""
    RENEWED_EARLY = "renewed_early"
    """Rule 14."""
    EXPIRY_UNUSUAL = "expiry_unusual"
    STAY_LONGER_THAN_CARD = "stay_longer_than_card"
    STAY_UNUSUAL = "stay_unusual"
    CARD_EXTENDED = "card_extended"
    """Rule 17(a)."""
    CERTIFICATE_NOT_EXTENDED = "certificate_not_extended"
    """Rule 17(b)."""
    CERTIFICATE_REISSUED = "certificate_reissued"
    """Rule 17(d)."""
    CERTIFICATE_UNCERTAIN = "certificate_uncertain"
    CERTIFICATE_NOT_BIRTHDAY = "certificate_not_birthday"
    RENEWAL_DAY_UNKNOWN = "renewal_day_unknown"
    """Rule 15: renewed, but perhaps before the window opened."""
    RENEWAL_WINDOW_UNCERTAIN = "renewal_window_uncertain"
    """Rules 14 and 15: renewed in the window, unless the card itself was renewed early."""
    NEXT_CARD = "next_card"
    """Rule 18."""


class Renewed(Enum):
    """An answer that the certificate was renewed, without the day (rule 15)."""

    IN_WINDOW = "in_window"
    """On or after the first day of the first certificate's renewal window."""
    SOMETIME = "sometime"


class Card(NamedTuple):
    """The dates of a card as its holder knows them. ``issued``, ``card_expires`` or both are set.

    ``born``: the holder's birth date. ``issued``: the day on which J-LIS made the card (発行日).
    ``card_expires``: the expiry date printed on it (有効期限). It takes precedence over ``issued``.
    ``applied``: the day on which J-LIS received the application (申請受付日).
    ``cert_expires``: the certificate's expiry as written on the card.
    ``cert_renewed``: the day on which the certificate was last issued again.
    ``stay_until``: the last day of a limited stay (在留期限).
    """

    born: date
    issued: date | None = None
    card_expires: date | None = None
    applied: date | None = None
    cert_expires: date | None = None
    cert_renewed: date | Renewed | None = None
    stay_until: date | None = None


CERTIFICATE_CAUTIONS = frozenset(
    {
        CautionCode.CERTIFICATE_NOT_EXTENDED,
        CautionCode.CERTIFICATE_REISSUED,
        CautionCode.CERTIFICATE_UNCERTAIN,
        CautionCode.CERTIFICATE_NOT_BIRTHDAY,
        CautionCode.RENEWAL_DAY_UNKNOWN,
        CautionCode.RENEWAL_WINDOW_UNCERTAIN,
        CautionCode.NEXT_CARD,
    }
)


@dataclass(frozen=True)
class Caution:
    """A reason why a date may be wrong, shown to the holder.

    ``other``: the expiry that is possible instead of the computed one. None if there is no such
    date.
    """

    code: CautionCode
    other: date | None = None

    @property
    def subject(self) -> Subject:
        """The thing whose expiry is in doubt."""
        return Subject.CERTIFICATE if self.code in CERTIFICATE_CAUTIONS else Subject.CARD


class CardExpiry(NamedTuple):
    """The last valid day of a card, the rule that set it, and the cautions about it."""

    day: date
    term: Term
    cautions: tuple[Caution, ...] = ()


def is_birthday(born: date, day: date) -> bool:
    """Return True if ``day`` is a birthday in the sense of rule 5."""
    return day == birthday_in(born, day.year)
