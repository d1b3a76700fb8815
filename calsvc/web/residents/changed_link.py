"""Makes a link from an older one: with a renewed certificate, or with dates that were corrected."""

from datetime import date

from calsvc.links.content import Link, LinkedCard, current_cards
from calsvc.parsing.card_fields import read_member, read_name
from calsvc.rules.card import Subject
from calsvc.rules.plan import CertificateSource, Plan, assess
from calsvc.rules.recall import LAW_REVISION
from calsvc.web.card_form.form import CardInput, DateInput, Form, read_cards
from calsvc.web.residents.questions import renewed_since


def with_renewed_certificate(link: Link, slot: str, today: date) -> Link | None:
    """Returns ``link`` with the certificate in ``slot`` renewed in its window (rule 15).

    None if there is no such slot, or if its page offers no such button.
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


def form_of(link: Link) -> Form:
    """Returns the form of ``link``, with those dates alone that were read from the cards.

    A computed date is left out. Sent back as a printed one, it would remove a doubt.
    """
    return Form(tuple(_card_input(card) for card in link.cards))


def _card_input(card: LinkedCard) -> CardInput:
    plan, empty = card.plan, CardInput()
    read = {}
    if plan.card_is_read:
        read["card_expires"] = _date_input(plan.card_expiry)
    if plan.certificate_source is CertificateSource.READ:
        read["cert_expires"] = _date_input(plan.certificate_expiry)
    return CardInput(name=card.name, dates={**empty.dates, **read})


def _date_input(day: date) -> DateInput:
    return DateInput(year=str(day.year), month=str(day.month), day=str(day.day))


def computed_dates(link: Link) -> dict[str, date]:
    """Returns the dates that `form_of` leaves out, by the field that they would stand in."""
    found = {}
    for place, card in enumerate(link.cards, start=1):
        if not card.plan.card_is_read:
            found[f"c{place}-card_expires"] = card.plan.card_expiry
        if card.plan.certificate_source is not CertificateSource.READ:
            found[f"c{place}-cert_expires"] = card.plan.certificate_expiry
    return found


def with_form(link: Link, form: Form, today: date) -> Link:
    """Returns ``link`` with the cards whose dates ``form`` changes. The others stay as sealed.

    The number, the slots, the language and the reminders stay. Raises `InvalidInput` with every
    fault.
    """
    before = form_of(link).cards

    def read(place: int, given: CardInput) -> LinkedCard:
        card = link.cards[place - 1]
        if given.has_dates_of(before[place - 1]):
            return card if given.name == card.name else card._replace(name=read_name(given.name))
        member = read_member(given.texts, today)
        return LinkedCard(assess(member.card).plan, member.name, card.slot)

    cards = read_cards(form, read)
    replaced = all(new.plan is not old.plan for new, old in zip(cards, link.cards, strict=True))
    return link._replace(cards=cards, revision=LAW_REVISION if replaced else link.revision)
