"""Event loops for tests, each in a thread of its own.

Playwright keeps an event loop running in the main thread from the first browser test to the last,
and no second one can run there.
"""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def run_in_own_loop(
    main: Coroutine[Any, Any, None],
    loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None,
) -> None:
    """Run ``main`` to its end in a new event loop, and raise its exception."""
    with ThreadPoolExecutor(1) as threads:
        threads.submit(_run, main, loop_factory).result()


def _run(
    main: Coroutine[Any, Any, None],
    loop_factory: Callable[[], asyncio.AbstractEventLoop] | None,
) -> None:
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(main)
