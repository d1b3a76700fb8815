"""Computes everything that follows from a card."""

from collections.abc import Iterable, Iterator
from datetime import date
from enum import IntEnum
from typing import NamedTuple

from calsvc.rules.bounds import check, is_stay_unusual
from calsvc.rules.card import Card, Caution, CautionCode, Subject, Term
from calsvc.rules.certificate import certificate_expiry
from calsvc.rules.dates import is_leap_day
from calsvc.rules.expiry import card_expiry
from calsvc.rules.milestones import (
    GraceRule,
    Milestone,
    deadline,
    milestones,
    renewal_window,
)


class CertificateSource(IntEnum):
    """The way in which the certificate's expiry is known. The numbers stand in sealed links."""

    COMPUTED = 0
    READ = 1
    RENEWED = 2
    __hash__ = int.__hash__  # see `calsvc.rules.card.Subject`


class Doubt(NamedTuple):
    """A doubt without its reason: the expiry of ``subject`` may be ``other`` instead.

    ``other`` is None where no other date is known.
    """

    subject: Subject
    other: date | None = None


class Plan(NamedTuple):
    """The dates of a card and what they rest on, without any date from which they were computed.

    A sealed link holds this and a feed is built from it, so it must tell no birth date and no
    issue date. Expiry dates are the last valid days (rule 13). ``card_is_read``: the card's expiry
    was read from the card. ``check_on``: a day on which a corrected release asks the holder to
    look at the card (see `calsvc.rules.recall`).
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
        """Returns the last valid day of ``subject``."""
        return self.card_expiry if subject is Subject.CARD else self.certificate_expiry

    def doubts_of(self, subject: Subject) -> tuple[Doubt, ...]:
        """Returns the doubts that events about ``subject`` mention."""
        if self.expire_together:
            return self.doubts
        return tuple(doubt for doubt in self.doubts if doubt.subject is subject)


class Assessment(NamedTuple):
    """The plan of a card and the reasons for its doubts.

    The reasons are shown where the card was entered. They are never part of a link.
    """

    plan: Plan
    cautions: tuple[Caution, ...]


def assess(card: Card, today: date | None = None) -> Assessment:
    """Returns what follows from ``card``, which has passed `check`.

    ``today`` adds cautions about dates that are unusually far ahead. It never changes the plan.
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
    """Returns each doubt once: the card's before the certificate's, those without a date first."""
    doubts = {Doubt(caution.subject, caution.other) for caution in cautions}
    return tuple(sorted(doubts, key=_place))


def _place(doubt: Doubt) -> tuple[bool, date]:
    return doubt.subject is Subject.CERTIFICATE, doubt.other or date.min


def check_and_assess(card: Card, today: date | None) -> Assessment:
    """Checks ``card`` against the bounds of the law, then assesses it.

    ``today``: see `check`. Raises `InvalidInputError` with all faulty fields.
    """
    check(card, today)
    return assess(card, today)


def _certificate_source(card: Card) -> CertificateSource:
    if card.cert_expires is not None:
        return CertificateSource.READ
    return CertificateSource.COMPUTED if card.cert_renewed is None else CertificateSource.RENEWED


def plan_milestones(plan: Plan, grace: GraceRule) -> tuple[Milestone, ...]:
    """Returns the certificate's milestones, unless it ends with the card, then the card's."""
    of_card = milestones(Subject.CARD, plan.term, deadline(plan.card_expiry, grace))
    if plan.expire_together:
        return of_card
    days = deadline(plan.certificate_expiry, grace)
    return milestones(Subject.CERTIFICATE, plan.term, days) + of_card


def check_days(plan: Plan, subject: Subject) -> Iterator[date]:
    """Yields the days on which the calendar asks the holder to look at the card.

    Rule 20: the first day of the renewal window of each possible expiry that is earlier than the
    one shown. A recall names its own day, which belongs to the card.
    """
    for doubt in plan.doubts_of(subject):
        if doubt.other is not None and doubt.other < plan.expiry_of(doubt.subject):
            yield renewal_window(doubt.other).start
    if plan.check_on is not None and subject is Subject.CARD:
        yield plan.check_on
