"""Makes a link from an older one, with a renewed certificate or with corrected dates."""

from datetime import date

from calsvc.errors import InvalidInputError, Problem
from calsvc.links.content import (
    NAMES_OF_REMINDERS,
    REMINDERS_BY_NAME,
    Link,
    LinkedCard,
    current_cards,
)
from calsvc.parsing.card_fields import parse_name, parse_named_card
from calsvc.rules.card import Card, Renewed, Subject, Term
from calsvc.rules.plan import CertificateSource, Plan, assess
from calsvc.rules.recall import LAW_REVISION
from calsvc.web.card_form.form import PRINTED, STAY_UNTIL, CardInput, Form, convert_cards
from calsvc.web.card_form.typed_dates import typed_day
from calsvc.web.residents.questions import renewed_since


def with_renewed_certificate(link: Link, slot: str, today: date) -> Link | None:
    """Return ``link`` with the certificate in ``slot`` renewed in its window (rule 15).

    Return None if there is no such slot, or if its page has no such button.
    """
    offered = {
        str(card.slot)
        for card in current_cards(link)
        if renewed_since(card.plan, today) is not None
    }
    if slot not in offered:
        return None
    cards = tuple(
        card._replace(plan=_renewed(card.plan)) if str(card.slot) == slot else card
        for card in link.cards
    )
    return link._replace(cards=cards)


def _renewed(plan: Plan) -> Plan:
    return plan._replace(
        certificate_expiry=plan.card_expiry,
        certificate_source=CertificateSource.RENEWED,
        doubts=tuple(each for each in plan.doubts if each.subject is not Subject.CERTIFICATE),
    )


def form_from_link(link: Link) -> Form:
    """Return the form of ``link``, only with dates that were read from the cards.

    Computed dates are left out. If they came back as printed ones, they would remove a doubt.
    """
    cards = tuple(_card_input(card) for card in link.cards)
    return Form(cards, alarms=NAMES_OF_REMINDERS[link.reminders])


def _card_input(card: LinkedCard) -> CardInput:
    plan, empty = card.plan, CardInput()
    printed_dates = {}
    if plan.card_is_read:
        printed_dates["card_expires"] = typed_day(plan.card_expiry)
    if plan.certificate_source is CertificateSource.READ:
        printed_dates["cert_expires"] = typed_day(plan.certificate_expiry)
    return CardInput(name=card.name, dates={**empty.dates, **printed_dates})


def computed_dates(link: Link) -> dict[str, date]:
    """Return the dates that `form_from_link` leaves out, by field."""
    dates = {}
    for position, card in enumerate(link.cards, start=1):
        if not card.plan.card_is_read:
            dates[f"c{position}-card_expires"] = card.plan.card_expiry
        if card.plan.certificate_source is not CertificateSource.READ:
            dates[f"c{position}-cert_expires"] = card.plan.certificate_expiry
    return dates


def _with_known_stay(card_input: CardInput, before: CardInput, plan: Plan) -> CardInput:
    """Return ``card_input`` with the end of stay, if the link has one and none was typed.

    The link holds it only as the expiry of the card. Raises `InvalidInputError` if the printed
    expiry is missing. Computed without the stay, it would be years too late (rule 9).
    """
    if plan.term is not Term.STAY or card_input.fields[STAY_UNTIL]:
        return card_input
    printed = card_input.fields.get(PRINTED)
    if not printed:
        raise InvalidInputError([Problem(STAY_UNTIL, "stay_until.missing")])
    if printed != before.dates[PRINTED].text:
        return card_input
    return card_input.with_date(STAY_UNTIL, card_input.dates[PRINTED])


def _with_known_renewal(card: Card, plan: Plan) -> Card:
    """Return ``card`` with the renewal that the link records, if nothing was typed about it.

    The link does not hold the day of the renewal.
    """
    if plan.certificate_source is not CertificateSource.RENEWED:
        return card
    if card.cert_renewed is not None or card.cert_expires is not None:
        return card
    return card._replace(cert_renewed=Renewed.SOMETIME)


def apply_form(link: Link, form: Form, today: date) -> Link:
    """Return ``link`` with the cards whose dates ``form`` changes. The others stay as sealed.

    Number, slots and language stay the same, and the reminders too if none are chosen. Raises
    `InvalidInputError` with every problem.
    """
    before = form_from_link(link).cards

    def update_card(position: int, card_input: CardInput) -> LinkedCard:
        card, name = link.cards[position - 1], card_input.name
        if card_input.has_same_input_as(before[position - 1]):
            return card if name == card.name else card._replace(name=parse_name(name))
        completed_input = _with_known_stay(card_input, before[position - 1], card.plan)
        named_card = parse_named_card(completed_input.fields, today)
        completed_card = _with_known_renewal(named_card.card, card.plan)
        return LinkedCard(assess(completed_card).plan, named_card.name, card.slot)

    cards = convert_cards(form, update_card)
    replaced = all(new.plan is not old.plan for new, old in zip(cards, link.cards, strict=True))
    revision = LAW_REVISION if replaced else link.revision
    reminders = REMINDERS_BY_NAME.get(form.alarms, link.reminders)
    return link._replace(cards=cards, revision=revision, reminders=reminders)
