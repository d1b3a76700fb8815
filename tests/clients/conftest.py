"""A real server, in a process of its own, for the real calendar clients."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.support.servers import PATIENCE, free_port, start, wait_until_it_answers

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
