"""The processes that work on tables: started, watched, stopped."""

import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Thread

from calsvc.web.staff.job_process import CHECK, DONE_WELL, Assignment
from calsvc.web.staff.job_store import CHECKING, FAILED, UNDER_WAY, WORKING, Job, Status

COMMAND = (sys.executable, "-m", "calsvc.web.staff.job_process")


class Workers:
    """Those that this process has started."""

    def __init__(self) -> None:
        """None yet."""
        self._running: dict[Path, subprocess.Popen[str]] = {}

    def start(self, job: Job, assigned: Assignment) -> None:
        """Have ``assigned`` done. Raises ``OSError``."""
        state = CHECKING if assigned.task == CHECK else WORKING
        job.tell(Status(state, formats=assigned.formats))
        try:
            process = _process()
        except OSError:
            job.tell(Status(FAILED, formats=assigned.formats))
            raise
        self._running[job.folder] = process
        Thread(target=self._watch, args=(job, process, assigned.text()), daemon=True).start()

    def _watch(self, job: Job, process: "subprocess.Popen[str]", text: str) -> None:
        with suppress(OSError):
            process.communicate(text)
        if self._running.get(job.folder) is process:
            del self._running[job.folder]
        if process.returncode == DONE_WELL:  # it has told how it went, and another may be at work
            return
        with suppress(OSError):  # the job was removed
            if job.folder.is_dir() and job.status.state in UNDER_WAY:
                job.tell(replace(job.status, state=FAILED))

    def is_running(self, job: Job) -> bool:
        """Return whether a process that was started here works on ``job``."""
        process = self._running.get(job.folder)
        return process is not None and process.poll() is None

    def stop(self, job: Job) -> None:
        """Stop what works on ``job``, if it is ours."""
        if process := self._running.get(job.folder):
            process.terminate()

    def close(self) -> None:
        """Stop all, and wait until they have ended."""
        for process in [*self._running.values()]:
            process.terminate()
            process.wait()


def _process() -> "subprocess.Popen[str]":
    return subprocess.Popen(  # noqa: S603 - ours, and nothing of the caller's in it
        COMMAND, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    )
