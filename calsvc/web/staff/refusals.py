"""Limits how often a refusal is logged, so that an attacker cannot fill the disk."""

import time
from collections.abc import Callable

REFUSAL_INTERVAL_SECONDS = 60
MAX_REMEMBERED = 10_000


class RefusalThrottle:
    """The refusals of the last interval, which are logged once."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Start without refusals. ``clock`` returns seconds."""
        self._clock = clock
        self._written: dict[str, float] = {}

    def is_first_in_interval(self, refusal: str) -> bool:
        """Record ``refusal``. Return True if it is the first in its interval."""
        now = self._clock()
        if now - self._written.get(refusal, -REFUSAL_INTERVAL_SECONDS) < REFUSAL_INTERVAL_SECONDS:
            return False
        self._written.pop(refusal, None)  # so that the newest is last in the dict
        self._written[refusal] = now
        if len(self._written) > MAX_REMEMBERED:
            del self._written[next(iter(self._written))]
        return True
