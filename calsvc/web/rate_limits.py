"""Limits how often one client may send a form, make a link or try to sign in.

The counts are in memory, so each worker process counts separately.
"""

import time
from collections.abc import Callable
from http import HTTPStatus
from math import ceil
from typing import NamedTuple

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from calsvc.web.client_networks import networks_of

FREE_ATTEMPTS = 5
"""Attempts of one client without a delay."""
FIRST_DELAY_SECONDS, MAX_DELAY_SECONDS = 30, 300
RETENTION_SECONDS = 3600
MAX_COUNTED_NETWORKS = 10_000
"""Networks with a count. Beyond them, the oldest counts are removed."""


class AttemptCount(NamedTuple):
    """The attempts of a network, in seconds of the clock: next allowed attempt, removal."""

    attempts: int = 0
    next_at: float = 0.0
    expires_at: float = 0.0


NO_ATTEMPTS = AttemptCount()


class AttemptLimiter:
    """Delays a client that tries passwords. Each delay is twice as long as the one before."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Start without counts. ``clock`` returns seconds."""
        self._clock = clock
        self._counts: dict[str, AttemptCount] = {}

    def hit(self, client: str) -> int:
        """Count an attempt of ``client``. Return 0, or the seconds until it may try again.

        Counting precedes the check of the password, because many attempts may arrive at once.
        """
        now, networks = self._clock(), networks_of(client)
        counts = [self._count(network.name, now) for network in networks]
        if (next_at := max(count.next_at for count in counts)) > now:
            return ceil(next_at - now)
        for (name, allowance), count in zip(networks, counts, strict=True):
            attempts = count.attempts + 1
            self._counts.pop(name, None)  # so that the newest is last in the dict
            self._counts[name] = AttemptCount(
                attempts,
                now + _delay(attempts - FREE_ATTEMPTS * allowance),
                now + RETENTION_SECONDS,
            )
        while len(self._counts) > MAX_COUNTED_NETWORKS:
            del self._counts[next(iter(self._counts))]
        return 0

    def _count(self, name: str, now: float) -> AttemptCount:
        count = self._counts.get(name, NO_ATTEMPTS)
        return count if count.expires_at > now else NO_ATTEMPTS

    def reset(self, client: str) -> None:
        """Reset the count of ``client``, and subtract one attempt from its larger networks."""
        smallest, *larger = networks_of(client)
        self._counts.pop(smallest.name, None)
        for name, _ in larger:
            if count := self._counts.get(name):
                self._counts[name] = AttemptCount(count.attempts - 1, 0.0, count.expires_at)


def _delay(excess: int) -> int:
    """Return the seconds to wait after an attempt. ``excess``: 0 for the last free one."""
    if excess < 0:
        return 0
    doublings = min(excess, MAX_DELAY_SECONDS.bit_length())
    return min(FIRST_DELAY_SECONDS << doublings, MAX_DELAY_SECONDS)


class PostLimiter:
    """Counts the POST requests of each client."""

    def __init__(self, per_minute: int) -> None:
        """Start without counts. ``per_minute``: the limit for one client."""
        self._per_minute = per_minute
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    def hit(self, client: str) -> int:
        """Count a request of ``client``. Return 0, or the seconds until the next is allowed."""
        for name, allowance in networks_of(client):
            limit = RateLimitItemPerMinute(self._per_minute * allowance)
            if not self._limiter.hit(limit, name):
                reset_at = self._limiter.get_window_stats(limit, name).reset_time
                return max(1, ceil(reset_at - time.time()))
        return 0


class PostRateLimit:
    """Middleware that limits the POST requests of a client. Others are not limited."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request. Raises `HTTPException` 429 with Retry-After."""
        if scope["method"] == "POST":
            request = Request(scope)
            post_limiter: PostLimiter = request.app.state.post_limiter
            if seconds := post_limiter.hit(request.client.host if request.client else ""):
                retry = {"Retry-After": str(seconds)}
                raise HTTPException(HTTPStatus.TOO_MANY_REQUESTS, headers=retry)
        await self.app(scope, receive, send)
