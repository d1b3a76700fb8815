"""Shares work among forked processes, one for each CPU, and takes the results in order.

A fork has keys, municipality and font without being sent them, and shares most of its memory with
the process that started it.
"""

import gc
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from multiprocessing import get_context
from typing import Generic, TypeVar

from calsvc.errors import CalsvcError, error_location

logger = logging.getLogger("calsvc.bulk")
T = TypeVar("T")
R = TypeVar("R")
MAX_WORKERS = 4
"""More would wait for the one process that reads and writes."""
NEW_OBJECTS = 100_000
"""Before a collection in a worker: an item makes many objects, and hardly a cycle of them."""
FIRST_FILE = 3
"""File descriptors below are standard input, output and error."""


class WorkerError(CalsvcError):
    """A worker process failed unexpectedly, which it has logged, or was stopped from outside."""


def count_workers() -> int:
    """Returns how many processes this machine has CPUs for, 1 where nothing can be forked."""
    if not sys.platform.startswith("linux"):
        return 1
    return min(MAX_WORKERS, len(os.sched_getaffinity(0)))


def map_in_order(make: Callable[[T], R], items: Iterator[T], workers: int) -> Iterator[R]:
    """Yield ``make(item)`` for each item, made by ``workers`` processes by turns.

    Each has at most one item, so neither items nor results pile up. Raises `WorkerError`, what
    ``items`` raises, and a `CalsvcError` of ``make``.
    """
    gc.collect()
    gc.freeze()  # a collection would write to the memory that the forks share
    crew: list[_Worker[T, R]] = []
    try:
        crew += (_Worker(make) for _ in range(workers))
        yield from _by_turns(crew, items)
    finally:
        for worker in crew:
            worker.stop()
        gc.unfreeze()


def _by_turns(crew: "Sequence[_Worker[T, R]]", items: Iterator[T]) -> Iterator[R]:
    sent = 0
    for item in items:
        worker = crew[sent % len(crew)]
        results = [worker.receive()] if sent >= len(crew) else []
        worker.send(item)  # first, so that it works while the result is written down
        sent += 1
        yield from results
    for turn in range(max(0, sent - len(crew)), sent):
        yield crew[turn % len(crew)].receive()


class _Worker(Generic[T, R]):
    """One process."""

    def __init__(self, make: Callable[[T], R]) -> None:
        context = get_context("fork")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(
            target=_work, args=(make, theirs.fileno(), theirs.recv, theirs.send), daemon=True
        )
        self._process.start()
        theirs.close()

    def send(self, item: T) -> None:
        try:
            self._pipe.send(item)
        except OSError:
            raise WorkerError from None

    def receive(self) -> R:
        try:
            result: R | CalsvcError = self._pipe.recv()
        except (EOFError, OSError):
            raise WorkerError from None
        if isinstance(result, CalsvcError):
            raise result
        return result

    def stop(self) -> None:
        self._process.terminate()
        self._process.join()
        self._pipe.close()


def _work(
    make: Callable[[T], R],
    pipe: int,
    receive: Callable[[], T],
    send: Callable[[R | CalsvcError], None],
) -> None:
    """Answer each item until the other end of ``pipe`` is closed, by whatever means.

    A `CalsvcError` is an answer, too. Another exception ends the process. Its message may tell of a
    resident, so its place alone is logged.
    """
    gc.set_threshold(NEW_OBJECTS)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that started it ends it
    _close_all_but(pipe)
    with suppress(EOFError, OSError):
        while True:
            item = receive()
            result: R | CalsvcError
            try:
                result = make(item)
            except CalsvcError as error:
                result = error
            except Exception as error:
                logger.error("a part of a table could not be worked on: %s", error_location(error))
                return
            send(result)


def _close_all_but(descriptor: int) -> None:
    """Close inherited files: a lock or a pipe held here would outlive a run that was killed."""
    os.closerange(FIRST_FILE, descriptor)
    os.closerange(descriptor + 1, os.sysconf("SC_OPEN_MAX"))
