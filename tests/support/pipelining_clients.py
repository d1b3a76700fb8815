"""Clients that pipeline different requests, split them at any byte, and sometimes disconnect."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice, product
from random import Random
from urllib.parse import urlsplit

from calsvc.i18n.languages import LANGUAGES

MAX_BATCH = 12
"""The most requests that a client pipelines."""
MAX_CUTS = 8
HANG_UPS = 0.1
"""The share of the batches during which the client disconnects."""
BIRTHDAYS = [date(1981, 1, 10) + timedelta(days=each) for each in range(355)]
"""All are after the day of issue within the year, and none is 29 February."""
YEARS_OF_ISSUE = range(2017, 2027)


@dataclass(frozen=True)
class Question:
    """A request, and the values that only its response contains."""

    request: bytes
    language: str
    expiries: tuple[bytes, bytes]

    def is_answered_by(self, status: int, headers: dict[str, str], body: bytes) -> bool:
        """Return True if this is the feed of these dates in this language."""
        has_dates = all(b"DTSTART;VALUE=DATE:%b\r\n" % expiry in body for expiry in self.expiries)
        return (status, headers.get("content-language")) == (200, self.language) and has_dates


@dataclass(frozen=True)
class LinkQuestion(Question):
    """A request for a link, whose feed must then contain these dates."""

    def feed_question(self, body: bytes) -> Question:
        """Return the question for the feed of the link in ``body``."""
        path = urlsplit(json.loads(body)["feed"]).path
        return Question(get(path), self.language, self.expiries)


def get(path: str, *headers: str, method: str = "GET", version: str = "1.1") -> bytes:
    """Return a request without a body."""
    lines = [f"{method} {path} HTTP/{version}", "Host: 127.0.0.1", *headers, "", ""]
    return "\r\n".join(lines).encode()


def questions(number: int) -> Iterator[Question]:
    """Yield ``number`` questions with different responses."""
    cases = [*product(BIRTHDAYS, YEARS_OF_ISSUE, LANGUAGES)]
    Random(1).shuffle(cases)
    for index, (born, year, language) in enumerate(islice(cases, number)):
        ask = _ask_for_link if index % 10 == 0 else _ask_for_feed
        yield ask(born, date(year, 1, 5), language)


def _ask_for_feed(born: date, issued: date, language: str) -> Question:
    path = f"/calendar.ics?issued={issued}&born={born}&lang={language}"
    return Question(get(path), language, _expiries(born, issued))


def _ask_for_link(born: date, issued: date, language: str) -> LinkQuestion:
    content = {"cards": [{"issued": str(issued), "born": str(born)}], "lang": language}
    body = json.dumps(content).encode()
    head = (
        "POST /api/links HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return LinkQuestion(head.encode() + body, language, _expiries(born, issued))


def _expiries(born: date, issued: date) -> tuple[bytes, bytes]:
    """Return the fifth and the tenth birthday after the day of issue."""
    fifth, tenth = (born.replace(year=issued.year + years) for years in (4, 9))
    return f"{fifth:%Y%m%d}".encode(), f"{tenth:%Y%m%d}".encode()


@dataclass
class PipeliningClients:
    """Several clients that share one list of questions and count what they receive."""

    port: int
    remaining: list[Question]
    correct: int = 0
    hang_ups: int = 0
    wrong: list[Question] = field(default_factory=list)
    lost: list[Question] = field(default_factory=list)
    random: Random = field(default_factory=lambda: Random(2))

    async def run(self, number: int) -> None:
        """Send all requests with ``number`` clients at a time."""
        async with asyncio.TaskGroup() as tasks:
            for _ in range(number):
                tasks.create_task(self._run_client())

    async def _run_client(self) -> None:
        while self.remaining:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            for _ in range(self.random.randint(1, 5)):
                batch = [self.remaining.pop() for _ in self._batch_range()]
                if self.random.random() < HANG_UPS:
                    await self._hang_up(writer, batch)
                    break
                await self._ask(reader, writer, batch)
            writer.close()

    def _batch_range(self) -> range:
        return range(min(len(self.remaining), self.random.randint(1, MAX_BATCH)))

    async def _hang_up(self, writer: asyncio.StreamWriter, batch: Sequence[Question]) -> None:
        """Send a part of ``batch``, reset the connection, and leave the questions to others."""
        data = b"".join(question.request for question in batch)
        await self._send_cut(writer, data[: self.random.randint(0, len(data))])
        writer.transport.abort()
        self.hang_ups += 1
        self.remaining.extend(batch)

    async def _ask(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        batch: Sequence[Question],
    ) -> None:
        data = b"".join(question.request for question in batch)
        sending = asyncio.create_task(self._send_cut(writer, data))
        for question in batch:
            try:
                self._check(question, *await read_response(reader))
            except (ConnectionError, asyncio.IncompleteReadError):
                self.lost.append(question)
        await sending

    async def _send_cut(self, writer: asyncio.StreamWriter, data: bytes) -> None:
        cuts = sorted(
            self.random.randint(0, len(data)) for _ in range(self.random.randint(0, MAX_CUTS))
        )
        for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True):
            writer.write(data[start:end])
            await asyncio.sleep(0)  # So that the next part is sent separately.

    def _check(self, question: Question, status: int, headers: dict[str, str], body: bytes) -> None:
        if isinstance(question, LinkQuestion) and status == 200:
            self.remaining.append(question.feed_question(body))
            self.correct += 1
        elif question.is_answered_by(status, headers, body):
            self.correct += 1
        else:
            self.wrong.append(question)


async def read_response(reader: asyncio.StreamReader) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body of a response that has a Content-Length."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return int(first.split()[1]), headers, await reader.readexactly(int(headers["content-length"]))
