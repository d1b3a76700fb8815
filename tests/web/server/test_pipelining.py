"""Requests that arrive together, in pieces or one behind another, on the real server."""

import os
import re
import select
import signal
import socket
from collections.abc import Iterator
from itertools import islice

import pytest

from calsvc.web.server.http_connection import MAX_PIPELINED
from tests.support.clients import (
    CARD_QUERY,
    FEED_PATH,
    FEED_REQUEST,
    connect,
    read_response,
    read_to_end,
    send_request,
)
from tests.support.loops import run_in_own_loop
from tests.support.pipelining_clients import PipeliningClients, Question, get, questions
from tests.support.servers import RunningService, running_service
from tests.support.waiting import HANG_SECONDS

HEALTH = get("/healthz")
PAGE = get("/", "Accept-Language: en")
FAULTY = get("/calendar.ics?issued=2020-05-15&born=2020-02-30")
UNKNOWN_LINK = get("/c/1AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.ics")
LAST = get("/healthz", "Connection: close")
CHUNKED_PAGE = PAGE.replace(b"GET", b"POST").replace(
    b"\r\n\r\n", b"\r\nTransfer-Encoding: chunked\r\n\r\n"
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    folder = tmp_path_factory.mktemp("server")
    with running_service(
        folder, CALSVC_POSTS_PER_MINUTE="100000", CALSVC_REQUEST_SECONDS=str(HANG_SECONDS)
    ) as server:
        yield server


def statuses(data: bytes) -> list[int]:
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d+) ", data)]


def feed_questions(number: int) -> list[Question]:
    asked = (question for question in questions(2 * number) if b"GET" in question.request)
    return [*islice(asked, number)]


# --- order ----------------------------------------------------------------------------------------


def test_pipelined_requests_are_answered_in_order(server: RunningService) -> None:
    asked = feed_questions(20)
    requests = [question.request + FAULTY + HEALTH + UNKNOWN_LINK for question in asked]
    with connect(server.port) as connection:
        connection.sendall(b"".join(requests) + LAST)
        data = read_to_end(connection)
    assert statuses(data) == [200, 400, 200, 404] * len(asked) + [200]
    heads_and_bodies = re.split(rb"HTTP/1\.1 \d+ ", data)[1:]
    for question, answer in zip(asked, heads_and_bodies[::4], strict=False):
        language = re.search(rb"content-language: (\S+)", answer)
        assert language
        assert question.is_answered_by(200, {"content-language": language[1].decode()}, answer)


def test_clients_that_ask_at_once_get_each_their_own_feed(server: RunningService) -> None:
    asked = feed_questions(45)
    connections = [connect(server.port) for _ in asked]
    os.kill(server.process.pid, signal.SIGSTOP)  # so that all requests arrive together
    for connection, question in zip(connections, asked, strict=True):
        connection.sendall(question.request)
    os.kill(server.process.pid, signal.SIGCONT)
    for connection, question in zip(connections, asked, strict=True):
        with connection:
            answer = read_response(connection)
        assert question.is_answered_by(answer.status, answer.headers, answer.body)


def test_cut_pipelined_requests_get_their_own_answers(server: RunningService) -> None:
    ask_cut_and_pipelined(server, 1_000)


@pytest.mark.large
def test_20000_cut_pipelined_requests_get_their_own_answers(server: RunningService) -> None:
    ask_cut_and_pipelined(server, 20_000)


def ask_cut_and_pipelined(server: RunningService, number: int) -> None:
    clients = PipeliningClients(server.port, [*questions(number)])
    run_in_own_loop(clients.run(16))
    assert (clients.wrong, clients.lost) == ([], [])
    assert clients.correct >= number
    assert clients.hang_ups > 0
    for failure in ("Traceback", "ASGI", "failed", "ERROR", "WARNING"):
        assert failure not in server.log_text()
    assert not re.search(r"calsvc\.access \S+ \S+ 5\d\d ", server.log_text())


# --- number ---------------------------------------------------------------------------------------


def test_maximum_of_pipelined_requests_is_answered(server: RunningService) -> None:
    with connect(server.port) as connection:
        connection.sendall(HEALTH * MAX_PIPELINED + LAST)
        assert statuses(read_to_end(connection)) == [200] * (MAX_PIPELINED + 1)


@pytest.mark.parametrize("request_", [PAGE, FEED_REQUEST, get(FEED_PATH, "If-None-Match: *")])
def test_endless_pipelined_requests_are_reset(server: RunningService, request_: bytes) -> None:
    with connect(server.port) as connection:
        connection.sendall(request_ * (3 * MAX_PIPELINED))
        poll = select.poll()
        poll.register(connection, 0)
        assert poll.poll(HANG_SECONDS * 1000)


# --- malformed requests behind others -------------------------------------------------------------


@pytest.mark.parametrize("first", [PAGE, FEED_REQUEST])
@pytest.mark.parametrize(
    "second",
    [
        b"nonsense\r\n\r\n",
        get("http://a:99999/"),
        CHUNKED_PAGE + b"nonsense\r\n",
    ],
    ids=["nonsense", "impossible URL", "malformed body"],
)
def test_malformed_request_is_400_after_earlier_answers(
    server: RunningService, first: bytes, second: bytes
) -> None:
    with connect(server.port) as connection:
        connection.sendall(first + first + second + FEED_REQUEST)
        assert statuses(read_to_end(connection)) == [200, 200, 400]


# --- unusual requests -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "request_",
    [
        get(FEED_PATH, version="1.0"),
        get(FEED_PATH, "Connection: keep-alive", version="1.0"),
        get(FEED_PATH, "Expect: something"),
        get(FEED_PATH, "Content-Length: 4") + b"body",
        get(FEED_PATH, "Transfer-Encoding: chunked") + b"0\r\n\r\n",
        get(f"http://127.0.0.1{FEED_PATH}"),
        b"\r\n\r\n" + FEED_REQUEST,
    ],
)
def test_unusual_requests_get_the_same_feed(server: RunningService, request_: bytes) -> None:
    usual = send_request(server.port, FEED_REQUEST)
    answer = send_request(server.port, request_)
    assert (answer.status, answer.body) == (200, usual.body)


@pytest.mark.parametrize("path", [FEED_PATH, f"/calendar.ics?{CARD_QUERY}&lang=en", "/"])
def test_head_is_answered_without_a_body(server: RunningService, path: str) -> None:
    with connect(server.port) as connection:
        connection.sendall(get(path, method="HEAD") + LAST)
        first, rest = read_to_end(connection).split(b"\r\n\r\n", 1)
    assert statuses(first) == [200]
    assert rest.startswith(b"HTTP/1.1 200 OK")


def test_half_closed_connection_gets_its_answers(server: RunningService) -> None:
    with connect(server.port) as connection:
        connection.sendall(PAGE + FEED_REQUEST)
        connection.shutdown(socket.SHUT_WR)
        assert statuses(read_to_end(connection)) == [200, 200]
