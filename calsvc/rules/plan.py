"""Computes everything that follows from a card."""

from datetime import date
from typing import NamedTuple

from calsvc.rules.bounds import check
from calsvc.rules.card import Card, Caution, Term
from calsvc.rules.certificate import certificate_expiry
from calsvc.rules.dates import is_leap_day
from calsvc.rules.expiry import card_expiry
from calsvc.rules.milestones import GraceRule, Milestone, Subject, deadline, milestones


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
