"""Work shared among processes stays in order, whatever ends a process."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from multiprocessing import active_children

import pytest

from calsvc.bulk.worker_processes import WorkerError, count_workers, map_in_order
from calsvc.errors import InvalidDateError
from tests.support.paths import ROOT

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="forks on Linux alone")


def double(number: int) -> int:
    return 2 * number


def sleep_if_even(number: int) -> int:
    time.sleep(0.02 * (number % 2 == 0))
    return number


def fail_with_secret(number: int) -> int:
    if number == 3:
        raise ValueError("1985-04-23")
    return number


def kill_worker(number: int) -> int:
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def interrupt_parent(number: int) -> int:
    os.kill(os.getpid(), signal.SIGINT)
    return number


def process(_number: int) -> int:
    return os.getpid()


def run_python(script: str) -> subprocess.CompletedProcess[str]:
    """Return what ``script`` said once all that hold its output have ended."""
    command = [sys.executable, "-c", script]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )


def is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


@pytest.mark.parametrize("workers", [1, 2, 3])
@pytest.mark.parametrize("items", [0, 1, 2, 3, 7])
def test_results_come_once_and_in_order(items: int, workers: int) -> None:
    assert list(map_in_order(double, iter(range(items)), workers)) == [*range(0, 2 * items, 2)]


def test_results_of_a_slow_worker_stay_in_order() -> None:
    assert list(map_in_order(sleep_if_even, iter(range(9)), 2)) == [*range(9)]


def test_each_worker_is_a_process_of_its_own() -> None:
    found = list(map_in_order(process, iter(range(6)), 2))
    assert len(set(found)) == 2
    assert os.getpid() not in found
    assert found[:2] * 3 == found


FAILING = """
from calsvc.bulk.worker_processes import WorkerError, map_in_order
from tests.bulk.test_worker_processes import fail_with_secret
try:
    list(map_in_order(fail_with_secret, iter(range(9)), 2))
except WorkerError as error:
    print(repr(error))
"""


def test_failed_worker_logs_no_message_and_ends_the_run() -> None:
    done = run_python(FAILING)
    assert (done.returncode, done.stdout) == (0, "WorkerError()\n")
    assert "ValueError at" in done.stderr
    assert "1985" not in done.stderr


@pytest.mark.parametrize("workers", [1, 2])
def test_a_killed_worker_ends_the_run(workers: int) -> None:
    with pytest.raises(WorkerError):
        list(map_in_order(kill_worker, iter(range(9)), workers))
    assert active_children() == []


def raise_error(_number: int) -> int:
    raise InvalidDateError("date.unreadable")


def test_error_of_the_function_is_raised() -> None:
    with pytest.raises(InvalidDateError):
        list(map_in_order(raise_error, iter(range(9)), 2))
    assert active_children() == []


def test_results_before_a_failure_are_yielded() -> None:
    results = map_in_order(kill_worker, iter(range(9)), 2)
    assert [next(results) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(WorkerError):
        next(results)


def test_error_of_the_items_is_raised_and_ends_the_workers() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise KeyError

    with pytest.raises(KeyError):
        list(map_in_order(double, items(), 2))
    assert active_children() == []


def test_workers_leave_an_interruption_to_their_parent() -> None:
    assert list(map_in_order(interrupt_parent, iter(range(4)), 2)) == [0, 1, 2, 3]


def test_workers_end_with_an_abandoned_run() -> None:
    results = map_in_order(double, iter(range(9)), 2)
    assert next(results) == 0
    results.close()  # type: ignore[attr-defined]
    assert active_children() == []


def test_a_worker_holds_no_file_of_its_parent() -> None:
    with open(os.devnull, "rb") as file:  # noqa: PTH123 - for its descriptor
        inherited = file.fileno()
        assert list(map_in_order(lambda _: is_open(inherited), iter(range(2)), 2)) == [False, False]


KILLED = """
import os, signal, sys
from calsvc.bulk.worker_processes import map_in_order
for worker in map_in_order(lambda _: os.getpid(), iter(range(9)), 2):
    print(worker, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_workers_end_with_a_killed_parent() -> None:
    """They hold its standard output, which ends when the last of them does."""
    done = run_python(KILLED)
    assert done.returncode == -signal.SIGKILL
    assert int(done.stdout) > 0


def test_workers_are_one_per_processor_up_to_four() -> None:
    assert count_workers() == min(4, len(os.sched_getaffinity(0)))
