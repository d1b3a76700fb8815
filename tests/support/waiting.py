"""Waits for a condition. The deadline only ends a hang, and no test depends on its length."""

import time
from collections.abc import Callable

HANG_SECONDS = 180
PAUSE_SECONDS = 0.02


def wait_until(condition: Callable[[], object], what: str = "") -> None:
    """Return as soon as ``condition()`` is true. ``what``: its description in the failure."""
    deadline = time.monotonic() + HANG_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(PAUSE_SECONDS)
