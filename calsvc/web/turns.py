"""Lets pages wait for one another, so that feeds and probes are answered in between."""

import asyncio
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

MAX_WAITING_PAGES = 256
"""For each process. Pages of one card are made in a third of a second, of ten cards in two."""
ROUNDS = 32
"""Of the event loop between two pages. Each takes a microsecond and accepts one connection, so
that a probe is accepted soon behind many browsers that connect at once."""
RETRY_AFTER_SECONDS = 5


class Turns:
    """Gives one request at a time its turn, in the order in which they came.

    Rejections take turns of their own. Many at once would keep the event loop busy for as long as
    pages do.
    """

    def __init__(self, max_waiting: int = MAX_WAITING_PAGES, rounds: int = ROUNDS) -> None:
        """``max_waiting``: further requests are rejected. ``rounds``: see `ROUNDS`."""
        self._max_waiting, self._waiting, self._rounds = max_waiting, 0, rounds
        self._pages, self._rejections = asyncio.Lock(), asyncio.Lock()

    async def wait(self) -> bool:
        """Wait for a turn. Returns False if too many requests were waiting already.

        A turn ends before the page is made, because that happens in one step of the event loop. A
        client that sends or reads slowly keeps no other from its turn.
        """
        if self._waiting >= self._max_waiting:
            await self._take(self._rejections)
            return False
        self._waiting += 1
        try:
            await self._take(self._pages)
        finally:
            self._waiting -= 1
        return True

    async def _take(self, turn: asyncio.Lock) -> None:
        async with turn:
            await _pass(self._rounds)  # the event loop answers what has arrived


def _pass(rounds: int) -> asyncio.Future[None]:
    """Return what is done after so many ``rounds`` of the event loop.

    To sleep so often would resume all coroutines of the request each time.
    """
    loop = asyncio.get_running_loop()
    ended = loop.create_future()

    def begin(left: int) -> None:
        if left:
            loop.call_soon(begin, left - 1)
        elif not ended.done():
            ended.set_result(None)

    begin(rounds)
    return ended


class InTurn:
    """Makes requests wait for their turn."""

    def __init__(self, app: ASGIApp) -> None:
        """``app``: answers the requests."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. Raises `HTTPException` 503 with Retry-After."""
        turns: Turns = Request(scope).app.state.turns
        if not await turns.wait():
            retry = {"Retry-After": str(RETRY_AFTER_SECONDS)}
            raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, headers=retry)
        await self.app(scope, receive, send)
