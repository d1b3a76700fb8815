"""Computes the state of a card and its certificate on a day, for pages, letters and the API."""

from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from calsvc.rules.card import Subject, Term
from calsvc.rules.dates import ONE_DAY
from calsvc.rules.milestones import GraceRule, KeyDates, apply_by, compute_key_dates
from calsvc.rules.plan import CertificateSource, Plan


class StandingState(StrEnum):
    """The state of a card or certificate.

    Only a card that ends with the stay has `EXTEND_NOW`. Only other cards have `APPLY_NOW`.
    """

    NOT_YET = "not_yet"
    RENEWAL_OPEN = "renewal_open"
    APPLY_NOW = "apply_now"
    EXTEND_NOW = "extend_now"
    LAST_DAY = "last_day"
    IN_GRACE = "in_grace"
    LAPSED = "lapsed"
    UNSURE = "unsure"
    """Perhaps expired: a possible expiry that is earlier than the computed one is past."""


class Standing(NamedTuple):
    """The state of ``subject``, which expires on ``expiry``.

    ``until``: the last day of that state. None if it never ends.
    """

    subject: Subject
    state: StandingState
    expiry: date
    until: date | None


class StandingContext(NamedTuple):
    """The day of the state, and the rules of the municipality that it depends on.

    ``last_open_day``: returns the last day on or before its argument on which the counters are
    open.
    """

    today: date
    grace: GraceRule
    last_open_day: Callable[[date], date]


def compute_standings(
    plan: Plan, *, today: date, grace: GraceRule, last_open_day: Callable[[date], date]
) -> tuple[Standing, ...]:
    """Return the certificate's standing, then the card's. Return only the card's if both coincide.

    ``last_open_day``: returns the last day on or before its argument on which the counters are
    open. After the card's expiry, the certificate has the card's state.
    """
    context = StandingContext(today, grace, last_open_day)
    card = _card_standing(plan, context)
    if plan.expire_together:
        return (card,)
    if today > plan.card_expiry:
        return (card._replace(subject=Subject.CERTIFICATE, expiry=plan.certificate_expiry), card)
    return (_certificate_standing(plan, context), card)


def _card_standing(plan: Plan, context: StandingContext) -> Standing:
    subject = Subject.CARD
    return (
        _expired_standing(plan, subject, context)
        or _unsure_standing(plan, subject, context)
        or _valid_card_standing(plan, context)
    )


def _certificate_standing(plan: Plan, context: StandingContext) -> Standing:
    subject, expiry = Subject.CERTIFICATE, plan.certificate_expiry
    if plan.certificate_source is CertificateSource.COMPUTED and context.today > expiry:
        return Standing(subject, StandingState.UNSURE, expiry, plan.card_expiry)
    return (
        _expired_standing(plan, subject, context)
        or _unsure_standing(plan, subject, context)
        or _valid_standing(subject, _key_dates(plan, subject, context), context.today)
    )


def _key_dates(plan: Plan, subject: Subject, context: StandingContext) -> KeyDates:
    return compute_key_dates(plan.expiry_of(subject), context.grace)


def _expired_standing(plan: Plan, subject: Subject, context: StandingContext) -> Standing | None:
    """Return the standing on the expiry date or after it, or None before it."""
    days = _key_dates(plan, subject, context)
    if context.today < days.expiry:
        return None
    if context.today == days.expiry:
        return Standing(subject, StandingState.LAST_DAY, days.expiry, days.expiry)
    if context.today <= days.grace_end:
        return Standing(subject, StandingState.IN_GRACE, days.expiry, days.grace_end)
    return Standing(subject, StandingState.LAPSED, days.expiry, None)


def _unsure_standing(plan: Plan, subject: Subject, context: StandingContext) -> Standing | None:
    """Return the standing if a possible expiry before the computed one is past, else None."""
    expiry = plan.expiry_of(subject)
    for doubt in plan.doubts_of(subject):
        if doubt.other is not None and doubt.other < min(expiry, context.today):
            return Standing(subject, StandingState.UNSURE, expiry, expiry - ONE_DAY)
    return None


def _valid_standing(subject: Subject, days: KeyDates, today: date) -> Standing:
    if today < days.window.start:
        return Standing(subject, StandingState.NOT_YET, days.expiry, days.window.start - ONE_DAY)
    return Standing(subject, StandingState.RENEWAL_OPEN, days.expiry, days.expiry - ONE_DAY)


def _valid_card_standing(plan: Plan, context: StandingContext) -> Standing:
    days = _key_dates(plan, Subject.CARD, context)
    if plan.term is Term.STAY:
        return _valid_stay_standing(days, context.today)
    standing = _valid_standing(Subject.CARD, days, context.today)
    last_day_to_apply = apply_by(days.expiry, context.last_open_day)
    if standing.state is StandingState.NOT_YET:
        return standing
    if context.today < last_day_to_apply:
        return standing._replace(until=last_day_to_apply - ONE_DAY)
    return standing._replace(state=StandingState.APPLY_NOW)


def _valid_stay_standing(days: KeyDates, today: date) -> Standing:
    """Return the standing of a card that ends with the stay (rule 9).

    It is extended at the counter. The holder is reminded three months before its expiry.
    """
    if today < days.reminder:
        return Standing(Subject.CARD, StandingState.NOT_YET, days.expiry, days.reminder - ONE_DAY)
    return Standing(Subject.CARD, StandingState.EXTEND_NOW, days.expiry, days.expiry - ONE_DAY)
