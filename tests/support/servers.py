"""Starts the service in a process of its own, as ``calsvc serve`` runs it."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from tests.support.paths import ROOT
from tests.support.waiting import HANG_SECONDS, wait_until

KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0-Pw"
SERVE = (sys.executable, "-m", "calsvc", "serve")


def free_port() -> int:
    """Return a port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(**changed: str) -> dict[str, str]:
    """Return the variables of a process that runs the service from this folder."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "CALSVC_KEYS": KEY, **changed}


def wait_until_ready(port: int, process: "subprocess.Popen[bytes]") -> None:
    """Return once ``/healthz`` is served. Fail at once if the process has ended."""
    wait_until(lambda: process.poll() is not None or _is_healthy(port), "the service is ready")
    assert process.poll() is None, "the service has ended"


def _is_healthy(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=HANG_SECONDS)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except ConnectionError:
        return False
    finally:
        connection.close()


@dataclass(frozen=True)
class RunningService:
    """A service that has started."""

    port: int
    process: "subprocess.Popen[bytes]"
    log: Path

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def log_text(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def wait_for_log(self, text: str, times: int = 1) -> None:
        """Return once the log contains ``text`` so many times."""
        wait_until(lambda: self.log_text().count(text) >= times, f"the log contains: {text}")

    def stop(self) -> None:
        """Stop the process and wait for its end."""
        self.process.terminate()
        self.process.wait(HANG_SECONDS)


@contextmanager
def running_service(
    folder: Path,
    *arguments: str,
    port: int = 0,
    before: tuple[str, ...] = (),
    **environ: str,
) -> Iterator[RunningService]:
    """Run ``calsvc serve`` with ``arguments`` and the variables ``environ`` until the block ends.

    Its log is ``folder / "log"``. ``before``: a command that starts the server as its arguments.
    ``port``: 0 for a free port.
    """
    port, log = port or free_port(), folder / "log"
    command = [*before, *SERVE, "--port", str(port), *arguments]
    with log.open("wb") as file:
        process = subprocess.Popen(
            command, env=environment(**environ), stdout=file, stderr=subprocess.STDOUT
        )
    service = RunningService(port, process, log)
    try:
        wait_until_ready(port, process)
        yield service
    finally:
        service.stop()
