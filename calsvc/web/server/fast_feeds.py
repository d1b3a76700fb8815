"""Feeds answered by the connections that ask for them, without a task for each request.

Calendar servers ask by the million. What they get is the answer of `calsvc.web.feeds.responses`;
whatever is not usual, errors above all, is left to the application, which meets it again.
"""

from asyncio import AbstractEventLoop
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Protocol

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from calsvc.links.sealing import Link
from calsvc.web.feeds.responses import (
    PLAIN,
    SEALED_PREFIX,
    SEALED_SUFFIX,
    Asked,
    FeedAnswer,
    answers,
    calendar,
    link_for,
    sealed_calendar,
    shared_headers,
)
from calsvc.web.observability.access_log import Observer, answered, is_observed
from calsvc.web.security_headers import Headers
from calsvc.web.service import Service

PROMPT = "prompt"
"""Under which the application's lifespan hands a `Prompt` to the server."""
MOST_AT_ONCE = 16
"""Answers that are made before the first of them leaves, some 20 kB each."""
WITH_FEED, WITHOUT_FEED = b"etag: %b\r\ncontent-length: %d\r\n", b"etag: %b\r\n"
UNUSUAL = frozenset((b"content-length", b"transfer-encoding", b"expect", b"upgrade"))
"""Headers of requests that are more than an address."""
PLAIN_PATH, SEALED_START, SEALED_END = map(str.encode, (PLAIN, SEALED_PREFIX, SEALED_SUFFIX))


class Asker(Protocol):
    """A connection, with the request that is to be answered."""

    asked: Asked
    always: Headers
    """The headers with which the server begins every answer; another list each second."""
    asked_at: float
    """By `time.perf_counter`."""

    def give(self, message: bytes | None) -> None:
        """Send the whole answer, or let the application answer if None."""


class Prompt:
    """Answers all that is asked in one turn of the event loop at once; one for each process.

    The answers leave together, too: the first wakes its reader up, which takes as long as to make
    one, and the others find it awake.
    """

    def __init__(self, service: Service, observer: Observer | None = None) -> None:
        """``observer`` is called after each response, see `AccessLog`."""
        self._service, self._observer = service, observer
        self._waiting: list[Asker] = []
        self._always: Headers = []
        self._always_lines = b""

    def put(self, asker: Asker, loop: AbstractEventLoop) -> None:
        """Answer ``asker`` at the end of this turn, or sooner."""
        if not self._waiting:
            loop.call_soon(self.answer)
        self._waiting.append(asker)

    def answer(self) -> None:
        """Answer all who wait."""
        waiting, self._waiting = self._waiting, []
        for first in range(0, len(waiting), MOST_AT_ONCE):
            some = waiting[first : first + MOST_AT_ONCE]
            for each, message in zip(some, self._messages(some), strict=True):
                each.give(message)

    def _messages(self, waiting: Sequence[Asker]) -> list[bytes | None]:
        """The whole answers, None for what the application is to answer."""
        today = self._service.today()
        links = [self._link(each.asked, today) for each in waiting]
        able = [each for each, link in zip(waiting, links, strict=True) if link]
        always = self._lines_of(waiting[-1].always)
        try:
            found = answers(
                self._service, [each.asked for each in able], [link for link in links if link]
            )
            made = [(answer.status, self._message(answer, always)) for answer in found]
            if is_observed(self._observer):
                self._tell(able, [status for status, _ in made])
        except Exception:  # the application finds out which of them it was
            return [None] * len(waiting)
        messages = iter(made)
        return [next(messages)[1] if link else None for link in links]

    def _link(self, asked: Asked, today: date) -> tuple[Link, str] | None:
        try:
            return link_for(self._service, asked, today)
        except Exception:  # the application meets it again, and answers for it
            return None

    def _lines_of(self, always: Headers) -> bytes:
        if always is not self._always:
            self._always, self._always_lines = always, header_lines(always)
        return self._always_lines

    def _message(self, answer: FeedAnswer, always: bytes) -> bytes:
        status, tag, lang, content = answer
        own = WITH_FEED % (tag, sum(map(len, content))) if content else WITHOUT_FEED % tag
        shared = _shared_lines(status, lang, self._service.last_modified)
        return b"".join((STATUS_LINE[status], always, own, shared, *content))

    def _tell(self, able: Sequence[Asker], statuses: Sequence[int]) -> None:
        for each, status in zip(able, statuses, strict=True):
            endpoint = calendar if each.asked.path == PLAIN else sealed_calendar
            scope = {"method": "GET", "endpoint": endpoint}
            answered(scope, status, each.asked_at, self._observer)


def prompt_for(service: Service, observer: Observer | None = None) -> Prompt | None:
    """None where only the application can say how a caller has asked, for a proxy tells it so."""
    configured = service.settings
    if configured.trusted_proxies and not configured.public_url:
        return None
    return Prompt(service, observer)


def usual(url: bytes, headers: Headers, scheme: str) -> Asked | None:
    """What GET ``url`` asks for, if a `Prompt` can answer it in HTTP/1.1."""
    path, _, query = url.partition(b"?")
    is_feed = path == PLAIN_PATH or (path.startswith(SEALED_START) and path.endswith(SEALED_END))
    given = dict(headers)
    if not is_feed or b"#" in query or not UNUSUAL.isdisjoint(given):
        return None
    return Asked(path.decode("latin-1"), query, given, scheme)


@lru_cache
def _shared_lines(status: int, lang: str, changed: datetime) -> bytes:
    return header_lines(shared_headers(status, lang, changed)) + b"\r\n"


def header_lines(headers: Headers) -> bytes:
    """``headers`` as they are sent, without the empty line that ends them."""
    return b"".join([b"%b: %b\r\n" % each for each in headers])
