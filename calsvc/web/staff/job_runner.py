"""Starts and stops the processes that work on tables. They write the status themselves."""

import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from calsvc.web.staff.job import CHECKING, WORKING, Job, Status
from calsvc.web.staff.job_process import CHECK, JobSpec

COMMAND = (sys.executable, "-m", "calsvc.web.staff.job_process")


class JobRunner:
    """The job processes that this worker process has started."""

    def __init__(self, on_failure: Callable[[], object] = lambda: None) -> None:
        """Start without processes. ``on_failure`` is called for each that has failed."""
        self._on_failure = on_failure
        self._running: list[tuple[Path, subprocess.Popen[str]]] = []

    def start(self, job: Job, spec: JobSpec) -> None:
        """Start a process for ``spec``. Raises ``OSError``.

        The process inherits the lock of the job, so the job is in progress until the process ends.
        """
        self.forget_ended()
        state = CHECKING if spec.task == CHECK else WORKING
        with job.hold_lock(Status(state, formats=spec.formats)) as lock:
            process = _process(lock)
        self._running.append((job.folder, process))
        assert process.stdin  # noqa: S101 - for the type checker
        with suppress(BrokenPipeError), process.stdin as file:  # it has ended, so the job failed
            file.write(spec.to_json())

    def forget_ended(self) -> None:
        """Remove ended processes from the list, and collect their exit codes."""
        for entry in [*self._running]:
            if entry[1].poll() is not None:
                with suppress(ValueError):  # another thread has removed it
                    self._running.remove(entry)
                    self._count_failure(*entry)

    def _count_failure(self, folder: Path, process: "subprocess.Popen[str]") -> None:
        if process.returncode and folder.is_dir():  # without a folder, the clerk has cancelled it
            self._on_failure()

    def is_running(self, job: Job) -> bool:
        """Return True if a process that was started here works on ``job``."""
        return any(process.poll() is None for process in self._of(job))

    def stop(self, job: Job) -> None:
        """Stop the process of ``job``, if this worker process has started it."""
        for process in self._of(job):
            process.kill()

    def _of(self, job: Job) -> list["subprocess.Popen[str]"]:
        return [process for folder, process in self._running if folder == job.folder]

    def close(self) -> None:
        """Stop all processes, and wait until they have ended."""
        for _, process in self._running:
            process.kill()
            process.wait()


def _process(lock: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(  # noqa: S603 - a fixed command without input of a client
        COMMAND, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, pass_fds=[lock]
    )
