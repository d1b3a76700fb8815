"""Limits how often one client may send a form, make a link or try to sign in.

They are counted in memory: each worker process counts its own.
"""

import time
from http import HTTPStatus
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter, MovingWindowRateLimiter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

MINUTES = 15
OF_ONE = RateLimitItemPerMinute(5, MINUTES)
OF_ALL = RateLimitItemPerMinute(60, MINUTES)
EVERYBODY = "all"
HOME_NETWORK = 64
"""Bits: who has one IPv6 address has all of such a network."""


class Attempts:
    """Counts attempts."""

    def __init__(self) -> None:
        """None has been made."""
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def wait(self, client: str) -> int:
        """Count an attempt of ``client``: 0, or the seconds after which it may try again."""
        name = network(client)
        for limit, whose in ((OF_ONE, name), (OF_ALL, EVERYBODY)):
            if not self._limiter.hit(limit, whose):
                until = self._limiter.get_window_stats(limit, whose).reset_time
                return max(1, ceil(until - time.time()))
        return 0

    def forget(self, client: str) -> None:
        """Forgive ``client`` its attempts: it knew the password."""
        self._limiter.clear(OF_ONE, network(client))


def network(client: str) -> str:
    """What stands for ``client``: its address, or for IPv6 the network that is surely its own."""
    try:
        address = ip_address(client)
    except ValueError:
        return client
    if isinstance(address, IPv6Address):
        return str(ip_network((address, HOME_NETWORK), strict=False))
    return client


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
