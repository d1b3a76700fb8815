"""Pages wait for one another; feeds and probes do not wait for them."""

import asyncio
from collections.abc import Callable, Coroutine

import httpx2
import pytest
from starlette.applications import Starlette

from calsvc.settings import Settings
from calsvc.web.app import create_app
from calsvc.web.page_queue import RETRY_AFTER_SECONDS, PageQueue
from tests.support.clients import FEED_PATH, MILESTONES_PATH, TODAY
from tests.support.loops import run_in_own_loop
from tests.support.pages import ADULT_TOKEN, BROWSER, GOOD_FORM
from tests.support.servers import KEY

PAGE = f"/c/{ADULT_TOKEN}"
BROWSERS = 200
MAX_BEFORE = 3
"""Pages that may be answered before a probe that arrives behind all of them."""
Get = Callable[[str], Coroutine[None, None, httpx2.Response]]


def run(
    main: Callable[[httpx2.AsyncClient], Coroutine[None, None, None]], page_queue: PageQueue
) -> None:
    """Run ``main`` with a client of an application that gives ``page_queue``."""
    app: Starlette = create_app(Settings(keys=KEY), today=lambda: TODAY)
    app.state.page_queue = page_queue

    async def connected() -> None:
        transport = httpx2.ASGITransport(app=app)
        url = "http://localhost:8000"
        async with httpx2.AsyncClient(transport=transport, base_url=url, headers=BROWSER) as client:
            await main(client)

    run_in_own_loop(connected())


@pytest.mark.parametrize("path", ["/healthz", "/readyz", FEED_PATH, f"{PAGE}.ics"])
def test_other_requests_overtake_waiting_pages(path: str) -> None:
    async def main(client: httpx2.AsyncClient) -> None:
        answered: list[str] = []

        async def ask(asked: str) -> None:
            response = await client.get(asked)
            assert response.status_code == 200
            answered.append(asked)

        async with asyncio.TaskGroup() as tasks:
            for asked in [*[PAGE] * BROWSERS, path]:
                tasks.create_task(ask(asked))
        assert answered.index(path) <= MAX_BEFORE
        assert len(answered) == BROWSERS + 1

    run(main, PageQueue())


@pytest.mark.parametrize("path", ["/", PAGE, f"{PAGE}/edit", MILESTONES_PATH])
def test_request_beyond_the_queue_limit_gets_retry_after(path: str) -> None:
    async def main(client: httpx2.AsyncClient) -> None:
        responses = await asyncio.gather(*(client.get(path) for _ in range(5)))
        assert sorted(each.status_code for each in responses) == [200, 200, 200, 503, 503]
        for each in responses:
            if each.status_code == 503:
                assert each.headers["Retry-After"] == str(RETRY_AFTER_SECONDS)
                assert each.headers["Cache-Control"] == "no-store"
                assert "ただいま混み合っています" in each.text
        assert (await client.get(path)).status_code == 200

    run(main, PageQueue(max_waiting=3))


@pytest.mark.parametrize("path", ["/healthz", "/readyz", FEED_PATH, "/robots.txt"])
def test_other_requests_do_not_wait_for_a_turn(path: str) -> None:
    async def main(client: httpx2.AsyncClient) -> None:
        assert (await client.get(PAGE)).status_code == 503
        assert (await client.get(path)).status_code == 200

    run(main, PageQueue(max_waiting=0))


def test_forms_and_links_that_are_sent_wait_too() -> None:
    async def main(client: httpx2.AsyncClient) -> None:
        assert (await client.post("/", data=GOOD_FORM)).status_code == 503
        assert (await client.post("/api/links", json={})).status_code == 503

    run(main, PageQueue(max_waiting=0))


def test_disconnected_client_frees_its_place_in_the_queue() -> None:
    async def main(client: httpx2.AsyncClient) -> None:
        leaving = asyncio.create_task(client.get(PAGE))
        await asyncio.sleep(0)
        leaving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await leaving
        assert (await client.get(PAGE)).status_code == 200

    run(main, PageQueue(max_waiting=1))


def test_turns_come_in_the_order_of_the_requests() -> None:
    async def main(_client: httpx2.AsyncClient) -> None:
        page_queue, order = PageQueue(), []

        async def wait(number: int) -> None:
            assert await page_queue.wait()
            order.append(number)

        await asyncio.gather(*(wait(number) for number in range(10)))
        assert order == [*range(10)]

    run(main, PageQueue())
