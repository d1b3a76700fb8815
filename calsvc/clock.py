"""Returns the present day in Japan, and limits the rate of an action."""

import time
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone

JAPAN = timezone(timedelta(hours=9))


def today_in_japan() -> date:
    """Return the present day in Japan, which has no summer time (明治19年勅令第51号)."""
    return datetime.now(JAPAN).date()


def throttle(seconds: float) -> Callable[[], bool]:
    """Return a function that returns True at most once every ``seconds`` seconds.

    The first call returns True only after ``seconds`` seconds.
    """
    last = time.monotonic()

    def is_due() -> bool:
        nonlocal last
        if (now := time.monotonic()) - last < seconds:
            return False
        last = now
        return True

    return is_due
