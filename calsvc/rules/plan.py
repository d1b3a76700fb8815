"""Computes the plan of a card: its expiry dates, their doubts and their milestones."""

from collections.abc import Iterable, Iterator
from datetime import date
from enum import IntEnum
from typing import NamedTuple

from calsvc.rules.card import Card, Caution, CautionCode, Subject, Term
from calsvc.rules.certificate import certificate_expiry
from calsvc.rules.dates import is_leap_day
from calsvc.rules.expiry import card_expiry
from calsvc.rules.milestones import (
    GraceRule,
    Milestone,
    compute_key_dates,
    milestones,
    renewal_window,
)
from calsvc.rules.validation import check_card, is_stay_unusual


class CertificateSource(IntEnum):
    """The source of the certificate's expiry. The numbers are stored in sealed links."""

    COMPUTED = 0
    READ = 1
    RENEWED = 2
    __hash__ = int.__hash__  # see `calsvc.rules.card.Subject`


class Doubt(NamedTuple):
    """A `Caution` without its reason: the expiry of ``subject`` may be ``other`` instead.

    ``other`` is None if no other date is known. The reason is left out because it could reveal a
    birth date or an issue date.
    """

    subject: Subject
    other: date | None = None


class Plan(NamedTuple):
    """The expiry dates of a card and their sources. Expiry dates are the last valid days (rule 13).

    A sealed link contains a plan, and a feed is built from it. So a plan must not contain the birth
    date or the issue date. ``card_is_read``: True if the expiry was read from the card.
    ``check_on``: the day on which the holder must check the card, or None. A correction of the
    rules sets it (see `calsvc.rules.recall`).
    """

    card_expiry: date
    certificate_expiry: date
    term: Term
    leap_day_birth: bool = False
    card_is_read: bool = False
    certificate_source: CertificateSource = CertificateSource.COMPUTED
    doubts: tuple[Doubt, ...] = ()
    check_on: date | None = None

    @property
    def expire_together(self) -> bool:
        """True if card and certificate expire on the same day."""
        return self.card_expiry == self.certificate_expiry

    def expiry_of(self, subject: Subject) -> date:
        """Return the last valid day of ``subject``."""
        return self.card_expiry if subject is Subject.CARD else self.certificate_expiry

    def doubts_of(self, subject: Subject) -> tuple[Doubt, ...]:
        """Return the doubts that events about ``subject`` mention.

        Card and certificate share their events if they expire together.
        """
        if self.expire_together:
            return self.doubts
        return tuple(doubt for doubt in self.doubts if doubt.subject is subject)

    @property
    def of_card(self) -> "Plan":
        """The plan without doubts about the certificate if both expire together.

        Such doubts do not prevent a renewal or an extension of the card.
        """
        if not self.expire_together:
            return self
        return self._replace(doubts=tuple(e for e in self.doubts if e.subject is Subject.CARD))


class Assessment(NamedTuple):
    """The plan of a card and the reasons for its doubts.

    The reasons are shown where the card was entered. They are never part of a link.
    """

    plan: Plan
    cautions: tuple[Caution, ...]


def assess(card: Card, today: date | None = None) -> Assessment:
    """Return the plan and the cautions of ``card``, which `check_card` must have accepted.

    ``today`` adds a caution about a stay that ends unusually late. It never changes the plan.
    """
    expiry = card_expiry(card)
    certificate, cautions = certificate_expiry(card, expiry)
    cautions = expiry.cautions + cautions
    plan = Plan(
        card_expiry=expiry.day,
        certificate_expiry=certificate,
        term=expiry.term,
        leap_day_birth=is_leap_day(card.born),
        card_is_read=card.card_expires is not None,
        certificate_source=_certificate_source(card),
        doubts=_doubts(cautions) if cautions else (),
    )
    if (
        today is not None
        and card.stay_until is not None
        and is_stay_unusual(card.stay_until, today)
    ):
        cautions = (*cautions, Caution(CautionCode.STAY_UNUSUAL))
    return Assessment(plan, cautions)


def _doubts(cautions: Iterable[Caution]) -> tuple[Doubt, ...]:
    """Return each doubt once: the card's before the certificate's, those without a date first."""
    doubts = {Doubt(caution.subject, caution.other) for caution in cautions}
    return tuple(sorted(doubts, key=_sort_key))


def _sort_key(doubt: Doubt) -> tuple[bool, date]:
    return doubt.subject is Subject.CERTIFICATE, doubt.other or date.min


def check_and_assess(card: Card, today: date | None) -> Assessment:
    """Check ``card`` against the bounds of the law, then return its plan and cautions.

    ``today``: see `check_card`. Raises `InvalidInputError` with all faulty fields.
    """
    check_card(card, today)
    return assess(card, today)


def _certificate_source(card: Card) -> CertificateSource:
    if card.cert_expires is not None:
        return CertificateSource.READ
    return CertificateSource.COMPUTED if card.cert_renewed is None else CertificateSource.RENEWED


def plan_milestones(plan: Plan, grace: GraceRule) -> tuple[Milestone, ...]:
    """Return the certificate's milestones, then the card's. Return them once if both coincide."""
    of_card = milestones(Subject.CARD, plan.term, compute_key_dates(plan.card_expiry, grace))
    if plan.expire_together:
        return of_card
    days = compute_key_dates(plan.certificate_expiry, grace)
    return milestones(Subject.CERTIFICATE, plan.term, days) + of_card


def check_days(plan: Plan, subject: Subject) -> Iterator[date]:
    """Yield the days on which the holder must check the date on the card (rule 20).

    For each possible expiry before the computed one, it is the first day of its renewal window.
    A recall sets its own day, which belongs to the card.
    """
    for doubt in plan.doubts_of(subject):
        if doubt.other is not None and doubt.other < plan.expiry_of(doubt.subject):
            yield renewal_window(doubt.other).start
    if plan.check_on is not None and subject is Subject.CARD:
        yield plan.check_on
