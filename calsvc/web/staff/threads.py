"""Runs blocking functions in a thread."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from starlette.concurrency import run_in_threadpool

P = ParamSpec("P")
T = TypeVar("T")
NO_THREAD = "can't start new thread"
"""Python's message. The error has no class of its own."""


async def in_thread(do: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call ``do`` in a thread, and return its result. Without a thread, call it directly.

    So a clerk can remove tables even if the machine has no resources left.
    """
    try:
        return await run_in_threadpool(do, *args, **kwargs)
    except RuntimeError as error:
        if str(error) != NO_THREAD:
            raise
        return do(*args, **kwargs)
