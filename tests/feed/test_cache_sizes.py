"""The caches of feeds: what an entry takes, and that all that can be reached has room."""

import sys
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from random import Random

import pytest

from calsvc.errors import InvalidInputError
from calsvc.feed import templates
from calsvc.feed.bytes_template import BytesTemplate
from calsvc.feed.templates import CardFeatures, TemplateKey
from calsvc.i18n.catalogs import get_catalog
from calsvc.i18n.event_texts import build_event_groups
from calsvc.i18n.languages import LANGUAGES
from calsvc.links.content import Reminders
from calsvc.rules.card import Card, Renewed
from calsvc.rules.dates import birthday_in
from calsvc.rules.plan import Plan, check_and_assess
from tests.i18n.sample_cards import CARDS, OTARU, plan_of
from tests.support.clients import TODAY

PLAN_BYTES, TEMPLATE_BYTES = 7_000, 4_000
PLAIN, LINK, NAMED = (
    CardFeatures(False, False, False),
    CardFeatures(True, False, True),
    CardFeatures(True, True, True),
)
KINDS = (PLAIN, LINK, NAMED)
"""All that one service makes: the links of one that does not know its address have no page."""
MANY = 300_000


def size_of(*items: object) -> int:
    return sum(map(sys.getsizeof, items))


def keys_of(plan: Plan) -> set[TemplateKey]:
    found = build_event_groups(plan, OTARU)
    return {templates._template_key(group, PLAIN) for group in found}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_cached_plan_has_the_documented_size(lang: str) -> None:
    options = templates.get_feed_options(OTARU, get_catalog(lang), Reminders.STANDARD)
    for card in CARDS:
        plan = plan_of(card)
        found = templates._card_events(plan, options, NAMED)
        taken = size_of(plan, *plan, *plan.doubts, found)
        for group, (bound, titles, columns) in zip(
            build_event_groups(plan, OTARU), found, strict=True
        ):
            key = templates._template_key(group, NAMED)
            shared = {id(piece) for piece in templates._group_template(key, options)[0].pieces}
            own = {id(part): part for part in bound.parts if id(part) not in shared}
            taken += size_of(bound, bound.parts, *own.values(), titles, columns)
        assert taken < PLAN_BYTES


def test_a_cached_template_has_the_documented_size() -> None:
    made = [
        templates._group_template(replace(key, features=features), options)[0]
        for options in (
            templates.get_feed_options(OTARU, get_catalog(lang), reminders)
            for lang, reminders in product(("ja", "vi"), Reminders)
        )
        for key in set().union(*(keys_of(plan_of(card)) for card in CARDS))
        for features in KINDS
    ]
    assert taken_by(made) / len(made) < TEMPLATE_BYTES


def taken_by(made: list[BytesTemplate]) -> int:
    pieces = {id(piece): piece for each in made for piece in each.pieces}
    slots = {id(slot): slot for each in made for slot in each.slots}
    own = sum(size_of(each, each.pieces, each.slots) for each in made)
    return own + size_of(*pieces.values(), *slots.values(), *(part for _, part in slots.values()))


def random_card(random: Random) -> Card:
    """Return a card that may be impossible, with every date that can be given."""

    def day(first: date, last: date) -> date:
        return first + timedelta(days=random.randrange((last - first).days))

    def sometimes(share: float, given: object) -> object:
        return given if random.random() < share else None

    born = random.choice((day(date(1930, 1, 1), date(2024, 1, 1)), date(1996, 2, 29)))
    issued = day(date(2016, 1, 1), date(2028, 4, 1))
    expires = birthday_in(born, issued.year + random.choice((4, 5, 6, 9, 10, 11)))
    near = expires + timedelta(days=random.randrange(-900, 900))
    renewed = (*Renewed, birthday_in(born, expires.year - 5), day(issued, date(2029, 1, 1)))
    fields = {
        "issued": sometimes(0.7, issued),
        "card_expires": sometimes(0.7, random.choice((expires, near))),
        "stay_until": sometimes(0.4, random.choice((expires, near))),
        "cert_expires": sometimes(0.3, birthday_in(born, expires.year - random.randrange(6))),
        "cert_renewed": sometimes(0.3, random.choice(renewed)),
        "applied": sometimes(0.2, issued - timedelta(days=random.randrange(120))),
    }
    return Card(born, **fields)  # type: ignore[arg-type]


@pytest.mark.large
def test_the_cache_has_room_for_all_templates() -> None:
    random, keys = Random(15), set()
    for _ in range(MANY):
        try:
            keys |= keys_of(check_and_assess(random_card(random), TODAY).plan)
        except InvalidInputError:
            continue
    assert len(keys) > 250
    reached = len(keys) * len(KINDS) * len(LANGUAGES) * len(Reminders)
    assert reached < templates.TEMPLATE_CACHE_SIZE
