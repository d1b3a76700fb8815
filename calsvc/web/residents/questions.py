"""Finds the questions on the page of a link that resolve its doubts.

A link holds the subject and the other date of a doubt, but not its reason.
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
from calsvc.rules.standings import StandingState, compute_standings
from calsvc.web.card_form.questions import Question


@dataclass(frozen=True)
class PageContext:
    """The context of a link page: municipality, language, day, URL.

    ``edit``: the path of the form that changes the link. ``is_app_browser``: True for the browser
    of another app. Then the main button opens the page in the default browser.
    """

    municipality: Municipality
    catalog: Catalog
    today: date
    page: str = ""
    edit: str = ""
    is_app_browser: bool = False


def renewed_since(plan: Plan, today: date) -> date | None:
    """Return the first day of the window in which a certificate may have been renewed.

    Rule 15: a certificate that was renewed on or after that day ends with the card. Return None if
    the card's own expiry is in doubt, or if another rule set it.
    """
    first = _first_certificate_expiry(plan)
    if plan.term is not Term.TEN_BIRTHDAYS or first is None:
        return None
    day = renewal_window(first).start
    return day if day <= today <= plan.card_expiry else None


def _first_certificate_expiry(plan: Plan) -> date | None:
    """Return the expiry of the first certificate if only a renewal is in doubt."""
    if plan.certificate_source is CertificateSource.COMPUTED:
        return None if plan.doubts or plan.expire_together else plan.certificate_expiry
    if plan.certificate_source is CertificateSource.RENEWED and len(plan.doubts) == 1:
        (doubt,) = plan.doubts  # it may have been renewed before the window
        return doubt.other if doubt.subject is Subject.CERTIFICATE else None
    return None


def find_questions(
    card: LinkedCard, position: int, holder: str, context: PageContext, *, is_unsure: bool
) -> Iterator[Question]:
    """Yield the questions about ``card``, the one at ``position``, from 1.

    ``is_unsure``: True if the certificate may have been renewed and the box has no question about
    it.
    """
    plan, catalog = card.plan, context.catalog
    since = renewed_since(plan, context.today) if plan.doubts or is_unsure else None
    for doubt in plan.doubts:
        text = with_holder_name(doubt_text(doubt, plan.term, catalog), holder, catalog)
        yield Question(text, _settling_field(doubt, plan), position, card.slot, since)
    if is_unsure and not plan.doubts_of(Subject.CERTIFICATE):
        text = catalog.text("page.unsure", {"expiry": plan.certificate_expiry})
        yield Question(
            with_holder_name(text, holder, catalog), "cert_renewed", position, card.slot, since
        )


def with_holder_name(text: str, holder: str, catalog: Catalog) -> str:
    """Return ``text`` after the name of its holder, if there is one."""
    return catalog.text("page.of_holder", {"holder": holder, "text": text}) if holder else text


def _settling_field(doubt: Doubt, plan: Plan) -> str:
    if doubt.subject is Subject.CARD:
        return "card_expires"
    return "cert_renewed" if _is_renewed(plan) else "cert_expires"


def _is_renewed(plan: Plan) -> bool:
    return plan.certificate_source is CertificateSource.RENEWED


def is_certificate_unsure(plan: Plan, municipality: Municipality, today: date) -> bool:
    """Return True if the certificate may have been renewed after the link was made."""
    current = compute_standings(
        plan,
        today=today,
        grace=municipality.grace_rule,
        last_open_day=municipality.last_day_to_apply,
    )
    return any(
        each.subject is Subject.CERTIFICATE and each.state is StandingState.UNSURE
        for each in current
    )
