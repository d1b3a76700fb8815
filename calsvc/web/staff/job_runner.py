"""The processes that work on tables: started and stopped. They say themselves how it went."""

import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from calsvc.web.staff.job import CHECKING, WORKING, Job, Status
from calsvc.web.staff.job_process import CHECK, Assignment

COMMAND = (sys.executable, "-m", "calsvc.web.staff.job_process")


class Workers:
    """Those that this process has started."""

    def __init__(self, on_failure: Callable[[], object] = lambda: None) -> None:
        """``on_failure`` is called for each process that broke, once that is found."""
        self._on_failure = on_failure
        self._running: list[tuple[Path, subprocess.Popen[str]]] = []

    def start(self, job: Job, assigned: Assignment) -> None:
        """Have ``assigned`` done. Raises ``OSError``.

        The process inherits the lock of the job. So the job is under way as long as it lives.
        """
        self.forget_ended()
        state = CHECKING if assigned.task == CHECK else WORKING
        with job.under_way(Status(state, formats=assigned.formats)) as lock:
            process = _process(lock)
        self._running.append((job.folder, process))
        assert process.stdin  # noqa: S101 - for the type checker
        with suppress(BrokenPipeError), process.stdin as file:  # it has ended, so the job failed
            file.write(assigned.text())

    def forget_ended(self) -> None:
        """Forget processes that have ended, and let the system do so."""
        for each in [*self._running]:
            if each[1].poll() is not None:
                with suppress(ValueError):  # another thread has forgotten it
                    self._running.remove(each)
                    self._note_end(*each)

    def _note_end(self, folder: Path, process: "subprocess.Popen[str]") -> None:
        if process.returncode and folder.is_dir():  # without a folder, nobody wanted the result
            self._on_failure()

    def is_running(self, job: Job) -> bool:
        """Return whether a process that was started here works on ``job``."""
        return any(process.poll() is None for process in self._of(job))

    def stop(self, job: Job) -> None:
        """Stop what works on ``job``, if it is ours."""
        for process in self._of(job):
            process.kill()

    def _of(self, job: Job) -> list["subprocess.Popen[str]"]:
        return [process for folder, process in self._running if folder == job.folder]

    def close(self) -> None:
        """Stop all, and wait until they have ended."""
        for _, process in self._running:
            process.kill()
            process.wait()


def _process(lock: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(  # noqa: S603 - ours, and nothing of the caller's in it
        COMMAND, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, pass_fds=[lock]
    )
