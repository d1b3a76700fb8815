"""Shares work among forked worker processes and yields the results in order.

A fork inherits keys, municipality and font. It shares most of its memory with its parent process.
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
"""Maximum number of worker processes. The parent process cannot read and write for more."""
GC_THRESHOLD = 100_000
"""Threshold of the garbage collector: an item creates many objects, but few cycles."""
FIRST_INHERITED_DESCRIPTOR = 3
"""The first file descriptor after standard input, output and error."""


class WorkerError(CalsvcError):
    """A worker process failed and has logged the cause, or was killed."""


def count_workers() -> int:
    """Return the number of worker processes for this machine, 1 if forking is not safe."""
    if not sys.platform.startswith("linux"):
        return 1
    return min(MAX_WORKERS, len(os.sched_getaffinity(0)))


def map_in_order(make: Callable[[T], R], items: Iterator[T], workers: int) -> Iterator[R]:
    """Yield ``make(item)`` for each item in order, computed by ``workers`` processes in turn.

    Each process has at most one item, so the queue cannot grow. Raises `WorkerError`, any error
    of ``items``, and a `CalsvcError` of ``make``.
    """
    gc.collect()
    gc.freeze()  # a collection would write to the memory that the forks share
    processes: list[_WorkerProcess[T, R]] = []
    try:
        processes += (_WorkerProcess(make) for _ in range(workers))
        yield from _map_in_turn(processes, items)
    finally:
        for worker in processes:
            worker.stop()
        gc.unfreeze()


def _map_in_turn(processes: "Sequence[_WorkerProcess[T, R]]", items: Iterator[T]) -> Iterator[R]:
    sent = 0
    for item in items:
        worker = processes[sent % len(processes)]
        results = [worker.receive()] if sent >= len(processes) else []
        worker.send(item)  # before yielding, so that it works while the caller writes the result
        sent += 1
        yield from results
    for turn in range(max(0, sent - len(processes)), sent):
        yield processes[turn % len(processes)].receive()


class _WorkerProcess(Generic[T, R]):
    """A worker process, as its parent process uses it."""

    def __init__(self, make: Callable[[T], R]) -> None:
        context = get_context("fork")
        self._pipe, worker_pipe = context.Pipe()
        self._process = context.Process(
            target=_run_worker,
            args=(make, worker_pipe.fileno(), worker_pipe.recv, worker_pipe.send),
            daemon=True,
        )
        self._process.start()
        worker_pipe.close()

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


def _run_worker(
    make: Callable[[T], R],
    pipe: int,
    receive: Callable[[], T],
    send: Callable[[R | CalsvcError], None],
) -> None:
    """Send the result of each item until the parent closes its end of ``pipe``, or ends.

    A `CalsvcError` is sent as a result. Any other exception ends the process. Only its location
    is logged, because its message may contain personal data.
    """
    gc.set_threshold(GC_THRESHOLD)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent handles Ctrl-C and ends this process
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
    """Close inherited files. Otherwise a lock or pipe would outlive a parent that was killed."""
    os.closerange(FIRST_INHERITED_DESCRIPTOR, descriptor)
    os.closerange(descriptor + 1, os.sysconf("SC_OPEN_MAX"))
