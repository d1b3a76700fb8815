"""Queues requests for pages, so that feeds and probes are answered between two pages."""

import asyncio
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

MAX_WAITING_PAGES = 256
"""Maximum of each process. To render them takes 0.3 s with one card each, 2 s with ten."""
LOOP_ITERATIONS = 32
"""Iterations of the event loop between two pages.

Each takes a microsecond and accepts one connection. So a probe behind many new connections is
accepted soon.
"""
RETRY_AFTER_SECONDS = 5


class PageQueue:
    """A queue of requests, served one at a time in order of arrival.

    Rejections have a second queue, because many at once would block the event loop like pages.
    """

    def __init__(
        self, max_waiting: int = MAX_WAITING_PAGES, iterations: int = LOOP_ITERATIONS
    ) -> None:
        """``max_waiting``: further requests are rejected. ``iterations``: see `LOOP_ITERATIONS`."""
        self._max_waiting, self._waiting, self._iterations = max_waiting, 0, iterations
        self._pages, self._rejections = asyncio.Lock(), asyncio.Lock()

    async def wait(self) -> bool:
        """Wait for a turn. Return False if too many requests were already waiting.

        A turn ends before the page is rendered, because rendering is one step of the event loop.
        So a client that sends or reads slowly does not delay the others.
        """
        if self._waiting >= self._max_waiting:
            await self._wait_for_turn(self._rejections)
            return False
        self._waiting += 1
        try:
            await self._wait_for_turn(self._pages)
        finally:
            self._waiting -= 1
        return True

    async def _wait_for_turn(self, turn: asyncio.Lock) -> None:
        async with turn:
            # The event loop responds to feeds and probes during these iterations.
            await _after_iterations(self._iterations)


def _after_iterations(iterations: int) -> asyncio.Future[None]:
    """Return a future that is done after ``iterations`` iterations of the event loop."""
    # `asyncio.sleep(0)` would resume all coroutines of the request in each iteration.
    loop = asyncio.get_running_loop()
    future = loop.create_future()

    def count_down(remaining: int) -> None:
        if remaining:
            loop.call_soon(count_down, remaining - 1)
        elif not future.done():
            future.set_result(None)

    count_down(iterations)
    return future


class PageQueueMiddleware:
    """Middleware that makes requests wait for their turn."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request. Raises `HTTPException` 503 with Retry-After."""
        page_queue: PageQueue = Request(scope).app.state.page_queue
        if not await page_queue.wait():
            retry = {"Retry-After": str(RETRY_AFTER_SECONDS)}
            raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, headers=retry)
        await self.app(scope, receive, send)
