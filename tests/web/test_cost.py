"""The cost of a page in function calls, because time depends on the machine."""

import gc
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from statistics import median
from types import FrameType

import pytest
from starlette.types import ASGIApp, Message

from calsvc.parsing.names import NamedCard
from calsvc.rules.card import Card
from calsvc.settings import Settings
from calsvc.web.app import create_app
from calsvc.web.page_queue import PageQueue
from tests.support.clients import TODAY
from tests.support.links import link_of
from tests.support.loops import run_in_own_loop
from tests.support.pages import KEYRING
from tests.support.servers import KEY

WARM, MEASURED = 3, 9
PEOPLE = (Card(date(1950, 1, 1) + timedelta(days=37 * each), date(2020, 1, 5)) for each in count())


def page(cards: int) -> str:
    """Return the path of a new link, of people who all differ."""
    named_cards = [
        NamedCard(next(PEOPLE), f"家族{place}" if cards > 1 else "") for place in range(cards)
    ]
    return f"/c/{KEYRING.seal(link_of(*named_cards))}"


def milestones() -> str:
    card = next(PEOPLE)
    return f"/api/milestones?issued={card.issued}&born={card.born}"


async def calls(app: ASGIApp, url: str) -> int:
    """Return how often functions are called for the response to ``url``."""
    path, _, query = url.partition("?")
    headers = {b"host": b"localhost", b"accept": b"text/html", b"accept-encoding": b"gzip"}
    scope = {
        "type": "http",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "query_string": query.encode(),
        "root_path": "",
        "headers": [*headers.items()],
        "client": ("127.0.0.1", 1),
    }
    called = 0

    def note(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal called
        called += event == "call"

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        assert message.get("status", 200) == 200

    gc.disable()  # hypothesis is called back by every collection
    sys.setprofile(note)
    try:
        await app(scope, receive, send)
    finally:
        sys.setprofile(None)
        gc.enable()
    return called


def cost(urls: Iterator[str]) -> float:
    """Return the calls for one of ``urls``, after some have been asked for."""
    app, found = create_app(Settings(keys=KEY), today=lambda: TODAY), []
    app.state.page_queue = PageQueue(iterations=1)  # the rounds of this loop would count as well

    async def main() -> None:
        found.extend([await calls(app, next(urls)) for _ in range(WARM + MEASURED)])

    run_in_own_loop(main())
    return median(found[WARM:])


@pytest.mark.parametrize(
    ("urls", "most"),
    [
        ((page(1) for _ in count()), 25),
        ((page(10) for _ in count()), 150),
        ((milestones() for _ in count()), 7),
    ],
    ids=["one card", "ten cards", "milestones"],
)
def test_page_costs_a_few_times_as_much_as_robots_txt(urls: Iterator[str], most: int) -> None:
    ratio = cost(urls) / cost("/robots.txt" for _ in count())
    assert 1 < ratio < most
