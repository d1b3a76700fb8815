"""A real server, in a process of its own, for the real calendar clients."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import httpx2
import pytest

from tests.support.servers import running_service
from tests.support.waiting import HANG_SECONDS

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
class FeedServer:
    """A running service and the feeds of the cards above."""

    base_url: str
    log: Path

    def feed_url(self, card: str, lang: str) -> str:
        """Return the URL of a feed."""
        return f"{self.base_url}/calendar.ics?{CARDS[card]}&lang={lang}"

    def feed(self, card: str, lang: str) -> bytes:
        """Return the feed as it is sent."""
        return self._get(self.feed_url(card, lang))

    def milestones(self, card: str, lang: str) -> list[Shown]:
        """Return the milestones that the API lists for the card, each on its first day."""
        answer = json.loads(self._get(f"{self.base_url}/api/milestones?{CARDS[card]}&lang={lang}"))
        return sorted(
            Shown(
                date.fromisoformat(each["start"]), date.fromisoformat(each["start"]), each["title"]
            )
            for each in answer["milestones"]
        )

    def _get(self, url: str) -> bytes:
        return httpx2.get(url, timeout=HANG_SECONDS).content


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FeedServer]:
    """The service as ``calsvc serve`` runs it."""
    with running_service(tmp_path_factory.mktemp("server")) as service:
        yield FeedServer(service.base_url, service.log)


@pytest.fixture(params=CARDS)
def card(request: pytest.FixtureRequest) -> str:
    """The name of one of the cards."""
    return str(request.param)


@pytest.fixture(params=["ja", "en"])
def lang(request: pytest.FixtureRequest) -> str:
    """A language."""
    return str(request.param)
