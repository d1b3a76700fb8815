"""Tells what day it is in Japan, and when something is due again."""

import time
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone

JAPAN = timezone(timedelta(hours=9))


def today_in_japan() -> date:
    """The day that it is in Japan, which knows no summer time (明治19年勅令第51号)."""
    return datetime.now(JAPAN).date()


def throttle(seconds: float) -> Callable[[], bool]:
    """Return a function that returns True once ``seconds`` have passed, counted anew each time."""
    last = time.monotonic()

    def is_due() -> bool:
        nonlocal last
        if (now := time.monotonic()) - last < seconds:
            return False
        last = now
        return True

    return is_due
