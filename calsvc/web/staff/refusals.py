"""Bounds how often the same refusal is written down, so that no stranger fills the disk."""

import time
from collections.abc import Callable

SECONDS_BETWEEN = 60
MAX_REMEMBERED = 10_000


class Refusals:
    """The refusals of the last minute."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """``clock`` returns seconds."""
        self._clock = clock
        self._written: dict[str, float] = {}

    def is_new(self, refusal: str) -> bool:
        """True if ``refusal`` was not asked about within a minute; it is remembered then."""
        now = self._clock()
        if now - self._written.get(refusal, -SECONDS_BETWEEN) < SECONDS_BETWEEN:
            return False
        self._written.pop(refusal, None)  # the newest stands last
        self._written[refusal] = now
        if len(self._written) > MAX_REMEMBERED:
            del self._written[next(iter(self._written))]
        return True
