"""How often one client may send something: forms and links, never what calendars fetch."""

import time
from http import HTTPStatus
from math import ceil

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from calsvc.web.attempts import network


class Posts:
    """Counts what clients send, in memory: each worker process counts its own."""

    def __init__(self, per_minute: int) -> None:
        """``per_minute``: for each client."""
        self._limit = RateLimitItemPerMinute(per_minute)
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    def wait(self, client: str) -> int:
        """Count something that ``client`` sends: 0, or the seconds after which it may go on."""
        name = network(client)
        if self._limiter.hit(self._limit, name):
            return 0
        until = self._limiter.get_window_stats(self._limit, name).reset_time
        return max(1, ceil(until - time.time()))


class LimitedPosts:
    """Lets a client send only so much; looking at pages is never limited."""

    def __init__(self, app: ASGIApp) -> None:
        """``app``: what answers."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. Raises `HTTPException` 429 with Retry-After."""
        if scope["method"] == "POST":
            request = Request(scope)
            posts: Posts = request.app.state.posts
            if seconds := posts.wait(request.client.host if request.client else ""):
                retry = {"Retry-After": str(seconds)}
                raise HTTPException(HTTPStatus.TOO_MANY_REQUESTS, headers=retry)
        await self.app(scope, receive, send)
