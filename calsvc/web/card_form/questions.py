"""Assigns each doubt about a card to the field of the form that resolves it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from calsvc.rules.card import CautionCode

SETTLED_BY: Mapping[CautionCode, str] = {
    CautionCode.THRESHOLD_UNCERTAIN: "card_expires",
    CautionCode.AGE_UNCERTAIN: "card_expires",
    CautionCode.BIRTHDAY_EVE: "card_expires",
    CautionCode.RENEWED_EARLY: "card_expires",
    CautionCode.EXPIRY_UNUSUAL: "card_expires",
    CautionCode.STAY_LONGER_THAN_CARD: "card_expires",
    CautionCode.STAY_UNUSUAL: "stay_until",
    CautionCode.CARD_EXTENDED: "stay_until",
    CautionCode.CERTIFICATE_NOT_EXTENDED: "cert_expires",
    CautionCode.CERTIFICATE_REISSUED: "cert_renewed",
    CautionCode.CERTIFICATE_UNCERTAIN: "cert_expires",
    CautionCode.CERTIFICATE_NOT_BIRTHDAY: "cert_expires",
    CautionCode.RENEWAL_DAY_UNKNOWN: "cert_renewed",
    CautionCode.RENEWAL_WINDOW_UNCERTAIN: "card_expires",
    CautionCode.NEXT_CARD: "cert_expires",
}


@dataclass(frozen=True)
class Question:
    """A doubt in words, and the ``field`` of the card at ``position`` that settles it.

    ``renewed_since``: the first day of a renewal window. A button confirms for the card in ``slot``
    that the certificate was renewed since then.
    """

    text: str
    field: str
    position: int = 1
    slot: int = 0
    renewed_since: date | None = None

    @property
    def anchor(self) -> str:
        """The id of the form's element that takes the answer."""
        return f"c{self.position}-{self.field}-year"
