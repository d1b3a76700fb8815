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

    def __init__(self, max_waiting: int = MAX_WAITING_PAGES) -> None:
        """``max_waiting``: further requests are rejected."""
        self._max_waiting, self._waiting = max_waiting, 0
        self._pages, self._rejections = asyncio.Lock(), asyncio.Lock()

    async def wait(self) -> bool:
        """Wait for a turn. Returns False if too many requests were waiting already.

        A turn ends before the page is made, because that happens in one step of the event loop. A
        client that sends or reads slowly keeps no other from its turn.
        """
        if self._waiting >= self._max_waiting:
            await _take(self._rejections)
            return False
        self._waiting += 1
        try:
            await _take(self._pages)
        finally:
            self._waiting -= 1
        return True


async def _take(turn: asyncio.Lock) -> None:
    async with turn:
        for _ in range(ROUNDS):
            await asyncio.sleep(0)  # the event loop answers what has arrived


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
