"""Does what takes long in a thread, and in any case."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from starlette.concurrency import run_in_threadpool

P = ParamSpec("P")
T = TypeVar("T")
NO_THREAD = "can't start new thread"
"""Python's words. The error has no class of its own."""


async def in_thread(do: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Return what ``do`` returns. It runs in a thread, or here where no thread can be started.

    A clerk can so remove tables even from a machine that has nothing left.
    """
    try:
        return await run_in_threadpool(do, *args, **kwargs)
    except RuntimeError as error:
        if str(error) != NO_THREAD:
            raise
        return do(*args, **kwargs)
