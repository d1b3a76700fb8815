"""A real server, in a process of its own, for the real calendar clients."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO
from urllib.error import URLError
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).parents[2]
KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0-Pw"
PATIENCE = 30
CARDS = {
    "adult": "born=1985-04-23&issued=2020-06-01",
    "minor": "born=2012-03-15&issued=2023-06-01",
    "stay": "born=1990-06-15&issued=2023-07-01&stay_until=2026-05-31",
    "leapling": "born=1980-02-29&issued=2023-08-01",
}


@dataclass(frozen=True, order=True)
class Shown:
    """An event as a person sees it: its first and last day, and its title."""

    start: date
    end: date
    title: str


@dataclass(frozen=True)
class Server:
    """A running server: where it is, and what it has written so far."""

    base: str
    log: Path

    def feed_address(self, card: str, lang: str) -> str:
        """The address of a feed."""
        return f"{self.base}/calendar.ics?{CARDS[card]}&lang={lang}"

    def feed(self, card: str, lang: str) -> bytes:
        """The feed itself, as it is sent."""
        return self._get(self.feed_address(card, lang))

    def milestones(self, card: str, lang: str) -> list[Shown]:
        """What /api/milestones says of the card, in order of days."""
        answer = json.loads(self._get(f"{self.base}/api/milestones?{CARDS[card]}&lang={lang}"))
        return sorted(
            Shown(date.fromisoformat(each["start"]), date.fromisoformat(each["end"]), each["title"])
            for each in answer["milestones"]
        )

    def _get(self, address: str) -> bytes:
        with urlopen(address, timeout=PATIENCE) as response:  # noqa: S310 - our own server
            content: bytes = response.read()
        return content


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


def start(port: int, log: IO[bytes]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "calsvc", "serve", "--port", str(port)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "CALSVC_KEYS": KEY},
        stdout=log,
        stderr=subprocess.STDOUT,
    )


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The service as ``calsvc serve`` runs it."""
    port, log = free_port(), tmp_path_factory.mktemp("server") / "log"
    with log.open("wb") as file, start(port, file) as process:
        try:
            wait_until_it_answers(f"http://127.0.0.1:{port}", process)
            yield Server(f"http://127.0.0.1:{port}", log)
        finally:
            process.terminate()


@pytest.fixture(params=CARDS)
def card(request: pytest.FixtureRequest) -> str:
    """The name of one of the cards."""
    return str(request.param)


@pytest.fixture(params=["ja", "en"])
def lang(request: pytest.FixtureRequest) -> str:
    """A language."""
    return str(request.param)
