"""What a connection may send, for how long, and how many there may be: on the real server."""

import json
import re
import select
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from calsvc.web.server.http_connection import LONGEST_HEAD, LONGEST_LINE, MOST_QUEUED, SLOWEST_BODY
from tests.support.clients import (
    FEED_REQUEST,
    Answer,
    CutOffError,
    connect,
    is_closed,
    read_answer,
    read_to_end,
    send_request,
)
from tests.support.servers import RunningService, running_service
from tests.support.waiting import HANG_SECONDS, wait_until

ENGLISH = b"Host: 127.0.0.1\r\nAccept-Language: en\r\n"
PAGE = b"GET / HTTP/1.1\r\n" + ENGLISH + b"\r\n"
JSON_HEAD = b"POST /api/links HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    folder = tmp_path_factory.mktemp("server")
    with running_service(
        folder, CALSVC_REQUEST_SECONDS="1", CALSVC_KEEP_ALIVE_SECONDS="2"
    ) as server:
        yield server


def problem(answer: Answer) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["connection"] == "close"
    assert answer.headers["cache-control"] == "no-store"
    content = json.loads(answer.body)
    assert content["status"] == answer.status
    return answer.status, content["title"]


# --- size -----------------------------------------------------------------------------------------


def test_an_address_may_be_long_but_not_longer_than_that(server: RunningService) -> None:
    path = b"/?" + b"a" * (LONGEST_LINE - 2)
    assert send_request(server.port, b"GET %b HTTP/1.1\r\n%b\r\n" % (path, ENGLISH)).status == 200
    answer = send_request(server.port, b"GET %ba HTTP/1.1\r\n%b\r\n" % (path, ENGLISH))
    assert problem(answer) == (414, "What was sent is too large")


def test_headers_may_be_many_but_not_more_than_that(server: RunningService) -> None:
    some = b"".join(b"X-%d: %b\r\n" % (each, b"a" * 1000) for each in range(30))
    head = b"GET / HTTP/1.1\r\n" + ENGLISH + some
    assert send_request(server.port, head + b"\r\n").status == 200
    answer = send_request(server.port, head + b"X: %b\r\n\r\n" % (b"a" * 3000))
    assert problem(answer) == (431, "What was sent is too large")


@pytest.mark.parametrize(
    ("first", "status"), [(b"GET / HTTP/1.1\r\nX: ", 431), (b"GET /", 414)], ids=["header", "line"]
)
def test_a_head_that_never_ends_is_refused(
    server: RunningService, first: bytes, status: int
) -> None:
    with connect(server.port) as connection:
        connection.sendall(first)
        for _ in range(LONGEST_HEAD // 1000 + 1):
            connection.sendall(b"a" * 1000)
        assert problem(read_answer(connection))[0] == status
        assert is_closed(connection)


def test_the_size_is_that_of_each_request_and_not_of_the_connection(server: RunningService) -> None:
    some = b"GET /healthz HTTP/1.1\r\n" + ENGLISH + b"X: %b\r\n\r\n" % (b"a" * 7000)
    with connect(server.port) as connection:
        for _ in range(10):
            connection.sendall(some)
            assert read_answer(connection).status == 200
        connection.sendall(some * 5)
        assert read_several(connection, 5) == 5


def read_several(connection: socket.socket, number: int) -> int:
    data = b""
    while data.count(b'{"status":"ok"}') < number:
        data += connection.recv(65536)
    return data.count(b"HTTP/1.1 200 OK")


def test_a_body_that_is_too_large_is_refused(server: RunningService) -> None:
    body = b" " * 70_000
    head = JSON_HEAD + b"Content-Length: %d\r\n\r\n" % len(body)
    assert send_request(server.port, head + body).status == 413


def test_a_request_after_a_large_body_is_not_thought_too_large(server: RunningService) -> None:
    body = b" " * 60_000
    head = JSON_HEAD + b"Content-Length: %d\r\n\r\n" % len(body)
    with connect(server.port) as connection:
        connection.sendall(head + body)
        assert read_answer(connection).status == 400
        connection.sendall(FEED_REQUEST)
        assert read_answer(connection).status == 200


@pytest.mark.parametrize(
    "nonsense",
    [
        b"\x00\x01\x02\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nA\x00b: c\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
)
def test_what_is_no_request_is_told_so_and_sent_away(
    server: RunningService, nonsense: bytes
) -> None:
    with connect(server.port) as connection:
        connection.sendall(nonsense)
        assert problem(read_answer(connection))[0] == 400
        connection.sendall(FEED_REQUEST)
        assert is_closed(connection)


def test_a_refusal_is_written_down(server: RunningService) -> None:
    send_request(server.port, b"GET /%b HTTP/1.1\r\n\r\n" % (b"marked" * LONGEST_LINE))
    server.wait_for_log("calsvc.access - none 414")
    assert "marked" not in server.log_text()


# --- time -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "beginning",
    [
        b"",
        b"G",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n",
        JSON_HEAD + b"Content-Length: 100\r\n\r\n{",
        FEED_REQUEST.replace(b"\r\n\r\n", b"\r\nContent-Length: 100\r\n\r\n"),
    ],
    ids=["nothing", "a letter", "half a head", "half a body", "a body that nobody wants"],
)
def test_a_request_that_does_not_come_is_not_waited_for(
    server: RunningService, beginning: bytes
) -> None:
    with connect(server.port) as connection:
        connection.sendall(beginning)
        read_until_closed(connection)


def read_until_closed(connection: socket.socket) -> None:
    with suppress(ConnectionError):
        read_to_end(connection)


def test_line_ends_between_requests_do_not_keep_a_connection(server: RunningService) -> None:
    with connect(server.port) as connection:
        connection.sendall(FEED_REQUEST)
        read_answer(connection)
        connection.sendall(b"\r\n")
        assert is_closed(connection)


def test_a_large_body_has_longer(server: RunningService, tmp_path: Path) -> None:
    body = b" " * 60_000
    head = JSON_HEAD + b"Content-Length: %d\r\n\r\n" % len(body)
    at_once, later = 10_000, 3 * SLOWEST_BODY + 1000
    with (
        running_service(tmp_path, CALSVC_REQUEST_SECONDS="3") as patient,
        connect(patient.port) as connection,
        connect(patient.port) as silent,
        connect(server.port) as silent_for_a_second,
    ):
        connection.sendall(head + body[:at_once])
        assert is_closed(silent_for_a_second)
        connection.sendall(body[at_once:later])
        assert is_closed(silent)
        connection.sendall(body[later:])
        assert read_answer(connection).status == 400


def test_who_does_not_read_the_answers_is_sent_away(server: RunningService) -> None:
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", server.port))
        connection.sendall(
            b"GET %b HTTP/1.1\r\n%b\r\n" % (household(server), ENGLISH) * MOST_QUEUED
        )
        assert is_reset(connection)


def household(server: RunningService) -> bytes:
    """The path of a page of ten cards: more than a system keeps for who does not read."""
    cards = {"cards": [{"issued": "2020-05-15", "born": f"1990-10-{day}"} for day in range(10, 20)]}
    body = json.dumps(cards).encode()
    answer = send_request(
        server.port, JSON_HEAD + b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
    )
    return urlsplit(json.loads(answer.body)["page"]).path.encode()


def is_reset(connection: socket.socket) -> bool:
    """Whether it becomes so while nothing is read."""
    poll = select.poll()
    poll.register(connection, 0)
    return bool(poll.poll(HANG_SECONDS * 1000))


def test_who_asks_and_asks_before_there_is_an_answer_is_sent_away(server: RunningService) -> None:
    with connect(server.port) as connection:
        connection.sendall(PAGE * (3 * MOST_QUEUED))
        assert is_reset(connection)


def test_some_may_be_asked_before_there_is_an_answer(server: RunningService) -> None:
    with connect(server.port) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n" * MOST_QUEUED)
        assert read_several(connection, MOST_QUEUED) == MOST_QUEUED


def test_nonsense_behind_a_request_is_not_answered_before_it(server: RunningService) -> None:
    with connect(server.port) as connection:
        connection.sendall(PAGE + b"nonsense\r\n\r\n")
        assert is_closed(connection)


def test_an_impossible_address_behind_a_request_is_not_answered_before_it(
    server: RunningService,
) -> None:
    with connect(server.port) as connection:
        connection.sendall(PAGE + b"GET http://a:99999/ HTTP/1.1\r\nHost: a\r\n\r\n")
        assert is_closed(connection)


def test_who_asks_for_feeds_without_end_is_sent_away(server: RunningService) -> None:
    unchanged = FEED_REQUEST.replace(b"\r\n\r\n", b"\r\nIf-None-Match: *\r\n\r\n")
    with connect(server.port) as connection:
        connection.sendall(unchanged * (3 * MOST_QUEUED))
        assert is_reset(connection)


@pytest.mark.parametrize("first", [FEED_REQUEST, PAGE])
def test_a_connection_that_rests_is_closed(server: RunningService, first: bytes) -> None:
    with connect(server.port) as connection:
        connection.sendall(first)
        read_answer(connection)
        assert is_closed(connection)


def test_nonsense_behind_a_feed_is_told_so_after_it(server: RunningService) -> None:
    with connect(server.port) as connection:
        connection.sendall(FEED_REQUEST + b"nonsense\r\n\r\n")
        data = read_to_end(connection)
    assert re.findall(rb"HTTP/1.1 (\d+)", data) == [b"200", b"400"]


def test_a_body_that_is_nonsense_is_told_so(server: RunningService) -> None:
    chunked = JSON_HEAD + b"Transfer-Encoding: chunked\r\n\r\nnonsense\r\n"
    assert problem(send_request(server.port, chunked))[0] == 400


# --- number ---------------------------------------------------------------------------------------


def test_more_connections_than_allowed_are_told_to_come_back(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with running_service(tmp_path_factory.mktemp("few"), CALSVC_MAX_CONNECTIONS="3") as server:
        held = [connect(server.port) for _ in range(3)]
        for each in held:
            each.sendall(FEED_REQUEST)
            assert read_answer(each).status == 200
        further = [connect(server.port) for _ in range(3)]
        for each in further:
            each.sendall(FEED_REQUEST.replace(b"\r\n\r\n", b"\r\n" + ENGLISH + b"\r\n"))
        answers = [read_answer(each) for each in further]
        assert {problem(each)[0] for each in answers} == {503}
        assert {each.headers["retry-after"] for each in answers} == {"10"}
        assert all(is_closed(each) for each in further)
        further += [connect(server.port) for _ in range(3)]
        with connect(server.port) as one_too_many:
            assert is_closed(one_too_many)
        for each in (*held, *further):
            each.close()
        wait_until(lambda: is_served(server), "the closed connections are forgotten")


def is_served(server: RunningService) -> bool:
    try:
        return send_request(server.port, FEED_REQUEST).status == 200
    except CutOffError:
        return False


# --- proxies --------------------------------------------------------------------------------------

FORWARDED = FEED_REQUEST.replace(
    b"\r\n\r\n", b"\r\nX-Forwarded-Proto: https\r\nX-Forwarded-For: 9.9.9.9\r\n\r\n"
)


@pytest.mark.parametrize(
    ("trusted", "scheme"), [("", b"http"), ("10.0.0.0/8", b"http"), ("127.0.0.0/8", b"https")]
)
def test_a_proxy_is_believed_only_where_it_is_named(
    tmp_path_factory: pytest.TempPathFactory, trusted: str, scheme: bytes
) -> None:
    with running_service(
        tmp_path_factory.mktemp("proxy"), CALSVC_TRUSTED_PROXIES=trusted
    ) as server:
        body = send_request(server.port, FORWARDED).body
        assert b"SOURCE;VALUE=URI:%b://127.0.0.1/c/" % scheme in body
