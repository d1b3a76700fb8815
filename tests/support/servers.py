"""A real server in a process of its own, as ``calsvc serve`` runs it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.error import URLError
from urllib.request import urlopen

from tests.support.paths import ROOT

KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0-Pw"
PATIENCE = 30


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_it_answers(base: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urlopen(f"{base}/healthz", timeout=1):  # noqa: S310 - our own server
                return
        except URLError:
            time.sleep(0.05)
    raise AssertionError("the server does not answer")


def start(
    port: int,
    log: IO[bytes],
    *arguments: str,
    before: tuple[str, ...] = (),
    **environ: str,
) -> "subprocess.Popen[bytes]":
    """``arguments`` of ``calsvc serve``; ``before``: a command that starts it; its variables."""
    command = [sys.executable, "-m", "calsvc", "serve", "--port", str(port), *arguments]
    return subprocess.Popen(
        [*before, *command],
        env={**os.environ, "PYTHONPATH": str(ROOT), "CALSVC_KEYS": KEY, **environ},
        stdout=log,
        stderr=subprocess.STDOUT,
    )


@dataclass(frozen=True)
class Served:
    """A server that runs."""

    port: int
    process: "subprocess.Popen[bytes]"
    log: Path

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def wait_for(self, text: str, times: int = 1) -> None:
        """Until the log says ``text``, so often."""
        deadline = time.monotonic() + PATIENCE
        while self.said().count(text) < times:
            assert time.monotonic() < deadline, f"the log does not say: {text}"
            time.sleep(0.05)


@contextmanager
def served(
    folder: Path, *arguments: str, before: tuple[str, ...] = (), **environ: str
) -> Iterator[Served]:
    """A server that answers, and that ends with the block; its log lies in ``folder``."""
    port, log = free_port(), folder / "log"
    with log.open("wb") as file:
        process = start(port, file, *arguments, before=before, **environ)
        try:
            wait_until_it_answers(f"http://127.0.0.1:{port}", process)
            yield Served(port, process, log)
        finally:
            process.terminate()
            process.wait(PATIENCE)
