"""Asks on the page of a link for what settles its doubts.

A link knows the subject and the other date of a doubt. It does not know the reason.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from calsvc.i18n.catalogs import Catalog
from calsvc.i18n.event_texts import doubt_text
from calsvc.links.content import LinkedCard
from calsvc.municipality.model import Municipality
from calsvc.rules.card import Subject, Term
from calsvc.rules.milestones import renewal_window
from calsvc.rules.plan import CertificateSource, Doubt, Plan
from calsvc.rules.standings import State, standings
from calsvc.web.card_form.questions import Question


@dataclass(frozen=True)
class Telling:
    """For whom, in what words, on what day and at which address a page is made.

    ``edit``: the path of the form that changes its link. ``is_built_in``: the browser is an app's,
    in which no button but the way out of it leads.
    """

    city: Municipality
    catalog: Catalog
    today: date
    page: str = ""
    edit: str = ""
    is_built_in: bool = False


def renewed_since(plan: Plan, today: date) -> date | None:
    """Returns the first day of the window that a certificate may have been renewed in.

    Rule 15: whoever renewed on or after that day has a certificate that ends with the card. None if
    this does not hold for certain: the card's own expiry is in doubt, or another rule set it.
    """
    first = _first_certificate_expiry(plan)
    if plan.term is not Term.TEN_BIRTHDAYS or first is None:
        return None
    day = renewal_window(first).start
    return day if day <= today <= plan.card_expiry else None


def _first_certificate_expiry(plan: Plan) -> date | None:
    """Returns the expiry of the first certificate if nothing but a renewal is in question."""
    if plan.certificate_source is CertificateSource.COMPUTED:
        return None if plan.doubts or plan.expire_together else plan.certificate_expiry
    if plan.certificate_source is CertificateSource.RENEWED and len(plan.doubts) == 1:
        (doubt,) = plan.doubts  # renewed, but perhaps before the window
        return doubt.other if doubt.subject is Subject.CERTIFICATE else None
    return None


def questions(
    card: LinkedCard, place: int, holder: str, telling: Telling, *, is_unsure: bool
) -> Iterator[Question]:
    """Yields what to ask about ``card``, the one at ``place`` counted from 1.

    ``is_unsure``: the certificate may have been renewed, and nothing else on the page asks.
    """
    plan, catalog = card.plan, telling.catalog
    since = renewed_since(plan, telling.today) if plan.doubts or is_unsure else None
    for doubt in plan.doubts:
        text = of_holder(doubt_text(doubt, plan.term, catalog), holder, catalog)
        yield Question(text, _field(doubt, plan), place, card.slot, since)
    if is_unsure and not plan.doubts_of(Subject.CERTIFICATE):
        text = catalog.text("page.unsure", {"expiry": plan.certificate_expiry})
        yield Question(of_holder(text, holder, catalog), "cert_renewed", place, card.slot, since)


def of_holder(text: str, holder: str, catalog: Catalog) -> str:
    """Returns ``text`` behind the name of the holder of whom it speaks, where there is one."""
    return catalog.text("page.of_holder", {"holder": holder, "text": text}) if holder else text


def _field(doubt: Doubt, plan: Plan) -> str:
    if doubt.subject is Subject.CARD:
        return "card_expires"
    return "cert_renewed" if _is_renewed(plan) else "cert_expires"


def _is_renewed(plan: Plan) -> bool:
    return plan.certificate_source is CertificateSource.RENEWED


def is_certificate_unsure(plan: Plan, city: Municipality, today: date) -> bool:
    """True if the certificate may have been renewed since."""
    found = standings(plan, today=today, grace=city.grace, last_open_day=city.last_day_to_apply)
    return any(each.subject is Subject.CERTIFICATE and each.state is State.UNSURE for each in found)
