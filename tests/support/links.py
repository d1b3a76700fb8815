"""Makes links of cards for tests."""

from calsvc.links.content import Link, LinkedCard, Reminders
from calsvc.parsing.names import NamedCard
from calsvc.rules.card import Card
from calsvc.rules.plan import assess

NUMBER = bytes.fromhex("0102030405060708")
OTARU_CODE = "012033"


def link_of(
    *cards: Card | NamedCard,
    language: str = "ja",
    reminders: Reminders = Reminders.STANDARD,
    number: bytes = NUMBER,
) -> Link:
    """Return a link of Otaru with ``cards`` in slots 0, 1, …"""
    members = [card if isinstance(card, NamedCard) else NamedCard(card) for card in cards]
    linked = tuple(
        LinkedCard(assess(member.card).plan, member.name, slot)
        for slot, member in enumerate(members)
    )
    return Link(number, linked, language, OTARU_CODE, reminders)
