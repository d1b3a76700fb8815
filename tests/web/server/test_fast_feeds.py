"""Feeds that connections answer for themselves: each caller its own, in its turn, on the server."""

import asyncio
import os
import re
import signal
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial

import pytest
import uvicorn
from uvicorn.server import ServerState

from calsvc.clock import today_in_japan
from calsvc.feed.builder import Holder, feed
from calsvc.i18n.catalogs import catalog
from calsvc.links.keys import load_keys
from calsvc.links.sealing import Keyring, Link
from calsvc.links.urls import LinkAddresses
from calsvc.municipality import toml_reader
from calsvc.parsing.names import Member
from calsvc.rules.card import Card
from calsvc.rules.plan import plan
from calsvc.settings import Settings
from calsvc.web.app import create_app
from calsvc.web.feeds.responses import Asked
from calsvc.web.security_headers import Headers
from calsvc.web.server.fast_feeds import MOST_AT_ONCE, Prompt, prompt_for, usual
from calsvc.web.server.http_connection import Connection
from calsvc.web.server.server import options
from calsvc.web.service import Service, start
from tests.support.clients import (
    CARD_QUERY,
    Answer,
    connect,
    read_answer,
    read_to_end,
    send_request,
)
from tests.support.servers import KEY, RunningService, running_service

BASE = "https://calendar.example.jp"
OTARU = toml_reader.load("otaru")
KEYRING = Keyring(load_keys(KEY, None))
PEOPLE = [
    Card(date(1931, 1, 1) + timedelta(days=397 * each), date(2018, 1, 5) + timedelta(days=each))
    for each in range(3 * MOST_AT_ONCE - 5)
]
FAULTY = "/calendar.ics?issued=2020-05-15&born=2020-02-30"
UNOPENED = "/c/1AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.ics"
FEED = f"/calendar.ics?{CARD_QUERY}"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    with running_service(tmp_path_factory.mktemp("server"), CALSVC_PUBLIC_URL=BASE) as server:
        yield server


def get(path: str, *headers: str, version: str = "1.1", method: str = "GET") -> bytes:
    lines = [f"{method} {path} HTTP/{version}", "Host: 127.0.0.1", *headers, "", ""]
    return "\r\n".join(lines).encode()


def plain(card: Card) -> str:
    return f"/calendar.ics?issued={card.issued}&born={card.born}"


def token(card: Card, lang: str = "ja") -> str:
    return KEYRING.seal(Link((Member(card),), lang))


def made_by_icalendar(card: Card, lang: str = "ja") -> bytes:
    found = Holder(plan(card, OTARU.grace))
    return feed([found], OTARU, catalog(lang), addresses=LinkAddresses(BASE, token(card, lang)))


def requests() -> Iterator[tuple[bytes, int, bytes | None]]:
    """More than are answered at once, among them some faulty ones: status and body of each."""
    for place, card in enumerate(PEOPLE):
        expected = made_by_icalendar(card)
        path = plain(card) if place % 2 else f"/c/{token(card)}.ics"
        yield get(path), 200, expected
        if place % 5 == 0:
            yield get(FAULTY), 400, None
        if place % 7 == 0:
            yield get(UNOPENED), 404, None
            yield get(f"{plain(card)}&lang=en"), 200, made_by_icalendar(card, "en")
        if place % 11 == 0:
            yield get("/healthz"), 200, b'{"status":"ok"}'


def test_all_who_ask_at_once_get_each_their_own_feed(server: RunningService) -> None:
    asked = [*requests()]
    connections = [connect(server.port) for _ in asked]
    os.kill(server.process.pid, signal.SIGSTOP)  # so that it finds them all together
    for connection, (request, _, _) in zip(connections, asked, strict=True):
        connection.sendall(request)
    os.kill(server.process.pid, signal.SIGCONT)
    for connection, (_, status, body) in zip(connections, asked, strict=True):
        with connection:
            answer = read_answer(connection)
            assert answer.status == status
            assert body in (None, answer.body)


def test_all_that_one_asks_at_once_is_answered_in_its_turn(server: RunningService) -> None:
    asked = [*requests()]
    with connect(server.port) as connection:
        connection.sendall(b"".join(request for request, _, _ in asked))
        connection.sendall(get("/healthz", "Connection: close"))
        data = read_to_end(connection)
    heads = [*re.finditer(rb"HTTP/1.1 (\d+) [^\r]*\r\n(?:.+\r\n)*\r\n", data)]
    statuses = [int(head[1]) for head in heads]
    assert statuses == [*(status for _, status, _ in asked), 200]
    for head, (_, _, body) in zip(heads, asked, strict=False):
        assert data[head.end() :].startswith(body or b"")


# --- the same answer as the application's ---------------------------------------------------------


def own(answer: Answer) -> tuple[int, dict[str, str], bytes]:
    """An answer without what no two have in common."""
    passing = {"date", "connection", "x-request-id"}
    return answer.status, {n: v for n, v in answer.headers.items() if n not in passing}, answer.body


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        (FEED, []),
        (FEED, ["Accept-Language: vi,en;q=0.5"]),
        (f"{FEED}&alarms=off&lang=zh-Hans", []),
        (f"/c/{token(PEOPLE[0])}.ics", ["Accept-Language: en"]),
        (f"/c/{token(PEOPLE[1], 'ko')}.ics", ["If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT"]),
        (FEED, ["If-None-Match: *"]),
        (FEED, ["If-None-Match: nothing"]),
        (FAULTY, []),
        (UNOPENED, []),
        ("/calendar.ics", []),
        ("/calendar.ics?", []),
        (f"{FEED}#fragment", []),
        ("/c/.ics", []),
        ("/calendar.ics%3F", []),
    ],
)
def test_it_is_the_applications(server: RunningService, path: str, headers: list[str]) -> None:
    promptly = send_request(server.port, get(path, *headers))
    assert own(promptly) == own(send_request(server.port, get(path, *headers, "Connection: close")))
    assert "connection" not in promptly.headers
    assert "date" in promptly.headers


@pytest.mark.parametrize(
    "request_",
    [
        get(FEED, version="1.0"),
        get(FEED, "Connection: keep-alive", version="1.0"),
        get(FEED, "Expect: something"),
        get(FEED, "Upgrade: h2c", "Connection: Upgrade, HTTP2-Settings", "HTTP2-Settings: AA"),
        get(FEED, "Content-Length: 4") + b"body",
        get(FEED, "Transfer-Encoding: chunked") + b"0\r\n\r\n",
        get(f"http://127.0.0.1{FEED}"),
    ],
)
def test_whoever_asks_unusually_is_answered_too(server: RunningService, request_: bytes) -> None:
    answer = send_request(server.port, request_)
    assert answer.status == 200
    assert answer.body == made_by_icalendar(Card(date(1990, 10, 10), date(2020, 5, 15)))


def test_a_head_is_answered_without_a_body(server: RunningService) -> None:
    with connect(server.port) as connection:
        connection.sendall(get(FEED, method="HEAD") + get("/healthz", "Connection: close"))
        first, rest = read_to_end(connection).split(b"\r\n\r\n", 1)
    assert b"200 OK" in first
    assert rest.startswith(b"HTTP/1.1 200 OK")


# --- on its own -----------------------------------------------------------------------------------


@dataclass
class Caller:
    """One that keeps what it is given."""

    asked: Asked
    always: Headers = field(default_factory=lambda: [(b"date", b"today")])
    asked_at: float = field(default_factory=time.perf_counter)
    given: list[bytes | None] = field(default_factory=list)

    def give(self, message: bytes | None) -> None:
        self.given.append(message)


@pytest.fixture(scope="module")
def service() -> Service:
    return start(Settings(keys=KEY, public_url=BASE), today_in_japan)


def answered(prompt: Prompt, *queries: str) -> list[bytes | None]:
    callers = [Caller(Asked("/calendar.ics", each.encode(), {}, "http")) for each in queries]

    async def ask_all() -> None:
        for each in callers:
            prompt.put(each, asyncio.get_running_loop())
        await asyncio.sleep(0)

    asyncio.run(ask_all())
    assert all(len(each.given) == 1 for each in callers)
    return [each.given[0] for each in callers]


def test_a_feed_is_given_whole_and_a_fault_left_to_the_application(service: Service) -> None:
    first, fault, second = answered(Prompt(service), CARD_QUERY, "born=x", f"{CARD_QUERY}&lang=en")
    assert fault is None
    assert first is not None
    assert second is not None
    assert first.startswith(b"HTTP/1.1 200 OK\r\ndate: today\r\netag: ")
    assert b"content-language: en\r\n" in second


def test_what_nobody_foresaw_is_left_to_the_application(service: Service) -> None:
    broken = replace(service, edition=b"long" * 100)
    assert answered(Prompt(broken), CARD_QUERY, "born=x") == [None, None]


def test_one_of_whom_nothing_can_be_told_is_left_to_the_application(service: Service) -> None:
    def count(_route: str, _status: int, _seconds: float) -> None:
        raise OSError

    assert answered(Prompt(service, count), CARD_QUERY) == [None]


def test_a_usual_request_is_answered_on_its_connection_and_another_by_the_application() -> None:
    usually, otherwise = asyncio.run(cycles(get(FEED), get("/healthz")))
    assert usually is None
    assert otherwise is not None


def test_a_connection_that_is_told_to_leave_says_so_in_its_last_answer() -> None:
    assert b"\r\nconnection: close\r\n" in asyncio.run(last_answer())


async def cycles(*asked: bytes) -> list[object]:
    """What uvicorn keeps of each request."""
    found: list[object] = []
    async with connected() as (connection, far):
        for each in asked:
            await asyncio.get_running_loop().sock_sendall(far, each)
            assert await asyncio.get_running_loop().sock_recv(far, 65536)
            found.append(connection.cycle)
    return found


async def last_answer() -> bytes:
    async with connected() as (connection, far):
        connection.data_received(get(FEED))
        connection.shutdown()
        return await asyncio.get_running_loop().sock_recv(far, 65536)


@asynccontextmanager
async def connected() -> AsyncIterator[tuple[Connection, socket.socket]]:
    """A connection to the application, and the caller's end of it."""
    settings, loop = Settings(keys=KEY, public_url=BASE), asyncio.get_running_loop()
    app = create_app(settings)
    config = uvicorn.Config(**{**options(settings), "app": app, "factory": False})
    config.load()
    near, far = socket.socketpair()
    async with app.router.lifespan_context(app) as state:
        make = partial(config.http_protocol_class, config=config, app_state=dict(state or {}))
        accepted = await loop.connect_accepted_socket(
            lambda: make(server_state=ServerState()), near
        )
        far.setblocking(False)
        with far:
            yield accepted[1], far
        accepted[0].abort()


def test_where_a_proxy_tells_how_it_was_asked_the_application_answers() -> None:
    behind = Settings(keys=KEY, trusted_proxies=("10.0.0.1",))
    assert prompt_for(start(behind, today_in_japan)) is None
    known = replace(behind, public_url=BASE)
    assert prompt_for(start(known, today_in_japan)) is not None


@pytest.mark.parametrize(
    "url",
    [b"/", b"/calendar.icsx", b"/c/token", b"/x/calendar.ics", b"*", b"/c", b"//calendar.ics"],
)
def test_what_is_no_feed_is_not_usual(url: bytes) -> None:
    assert usual(url, [], "http") is None
