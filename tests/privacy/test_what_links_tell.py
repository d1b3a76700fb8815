"""Links and feeds hold the plan of a card, and nothing from which its dates were computed."""

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from itertools import islice

import pytest

from calsvc.errors import InvalidInputError
from calsvc.links.content import pack
from calsvc.links.keys import parse_keys
from calsvc.rules.card import Card
from calsvc.rules.plan import Plan, check_and_assess
from calsvc.settings import Settings
from calsvc.web.feeds.request import FeedRequest
from calsvc.web.feeds.response import FeedResponse, respond
from calsvc.web.service import Service, create_service
from tests.support.clients import TODAY
from tests.support.links import link_of
from tests.support.servers import KEY

CARDS = 200
BIRTH_YEARS = range(1920, 2026)


@cache
def service() -> Service:
    settings = Settings(keys=KEY, public_url="https://calendar.example.jp")
    return create_service(settings, lambda: TODAY)


def plain_feed(card: Card) -> FeedResponse:
    query = f"born={card.born}&issued={card.issued}".encode()
    return respond(service(), FeedRequest("/calendar.ics", query, {}, "https"))


def plan_without_doubt(card: Card) -> Plan | None:
    try:
        plan, cautions = check_and_assess(card, TODAY)
    except InvalidInputError:
        return None
    return None if cautions else plan


def random_cards() -> Iterator[Card]:
    """Yield cards without doubt, the same on every run."""
    chance = random.Random(12)
    count = 0
    while count < CARDS:
        born = date(1930, 1, 1) + timedelta(days=chance.randrange(34_000))
        card = Card(born, date(2016, 1, 1) + timedelta(days=chance.randrange(3_900)))
        if plan_without_doubt(card):
            count += 1
            yield card


def cards_of_the_same_plan(card: Card, plan: Plan) -> Iterator[Card]:
    """Yield every other birth year, and issue dates through the year, that give ``plan``."""
    assert card.issued
    for year in BIRTH_YEARS:
        try:
            born = card.born.replace(year=year)
        except ValueError:  # no 29 February
            continue
        for days in (-180, -31, -1, 0, 1, 45, 200):
            other = Card(born, card.issued + timedelta(days=days))
            if plan_without_doubt(other) == plan:
                yield other


@pytest.mark.parametrize("number", [CARDS // 5, pytest.param(CARDS, marks=pytest.mark.large)])
def test_every_card_of_a_plan_has_the_same_plain_feed_tag_and_source(number: int) -> None:
    births = defaultdict(set)
    for card in islice(random_cards(), number):
        plan = check_and_assess(card, TODAY).plan
        expected = plain_feed(card)
        for other in cards_of_the_same_plan(card, plan):
            assert plain_feed(other) == expected
            births[card].add(other.born.year)
    assert len(births) == number
    assert sum(len(years) for years in births.values()) > 20 * number


@pytest.mark.parametrize("seed", range(3))
def test_a_token_holds_neither_birth_nor_issue_date_in_any_encoding(seed: int) -> None:
    chance = random.Random(seed)
    for card in list(random_cards())[seed::3]:
        content = pack(link_of(card, number=chance.randbytes(8)))[8:]
        assert card.issued
        days = {check_and_assess(card, TODAY).plan.card_expiry}
        for secret in {card.born, card.issued} - days:
            assert not [form for form in encodings(secret) if form in content]


def encodings(day: date) -> Iterator[bytes]:
    """Yield a date as text and as the number of days or months since the usual epochs."""
    for text in (f"{day:%Y%m%d}", f"{day:%y%m%d}", day.isoformat(), f"{day:%Y/%m/%d}"):
        yield text.encode()
    yield bytes([day.year // 100, day.year % 100, day.month, day.day])
    yield day.year.to_bytes(2) + bytes([day.month, day.day])
    for epoch in (date(1, 1, 1), date(1899, 12, 30), date(1900, 1, 1), date(1970, 1, 1)):
        number = (day - epoch).days
        if 1 << 16 <= number < 1 << 24:  # two bytes would be found by chance
            yield number.to_bytes(3)
            yield number.to_bytes(3, "little")
    months = (day.year - 1900) * 12 + day.month
    yield months.to_bytes(2) + bytes([day.day])


def test_two_links_of_one_person_differ_in_every_form() -> None:
    first, second = (
        pack(link_of(Card(date(1990, 10, 10), date(2020, 5, 15)), number=number))
        for number in (b"12345678", b"87654321")
    )
    assert first != second
    assert first[8:] == second[8:]


def test_the_key_of_tags_is_secret() -> None:
    keys = {parse_keys(KEY, "test")[0], service().etag_key}
    assert len(keys) == 2
    assert (
        service().etag_key
        != create_service(
            Settings(keys=KEY[::-1].replace("w", "A"), public_url="https://calendar.example.jp"),
            lambda: TODAY,
        ).etag_key
    )
