"""The limits of a connection on the real server: size, time and number."""

import json
import select
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from calsvc.web.server.http_connection import (
    MAX_HEAD_BYTES,
    MAX_PIPELINED,
    MAX_URL_BYTES,
)
from tests.support.clients import (
    FEED_PATH,
    FEED_REQUEST,
    CutOffError,
    RawResponse,
    connect,
    is_closed,
    read_response,
    read_to_end,
    send_request,
)
from tests.support.servers import RunningService, running_service
from tests.support.waiting import HANG_SECONDS, wait_until

ENGLISH = b"Host: 127.0.0.1\r\nAccept-Language: en\r\n"
PAGE = b"GET / HTTP/1.1\r\n" + ENGLISH + b"\r\n"
ENGLISH_FEED = b"GET " + FEED_PATH.encode() + b" HTTP/1.1\r\n" + ENGLISH + b"\r\n"
JSON_HEAD = b"POST /api/links HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    folder = tmp_path_factory.mktemp("server")
    with running_service(
        folder, CALSVC_REQUEST_SECONDS="1", CALSVC_KEEP_ALIVE_SECONDS="2"
    ) as server:
        yield server


def problem(answer: RawResponse) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["connection"] == "close"
    assert answer.headers["cache-control"] == "no-store"
    content = json.loads(answer.body)
    assert content["status"] == answer.status
    return answer.status, content["title"]


# --- size -----------------------------------------------------------------------------------------


def test_longest_url_is_served_and_a_longer_one_is_414(server: RunningService) -> None:
    path = b"/?" + b"a" * (MAX_URL_BYTES - 2)
    assert send_request(server.port, b"GET %b HTTP/1.1\r\n%b\r\n" % (path, ENGLISH)).status == 200
    answer = send_request(server.port, b"GET %ba HTTP/1.1\r\n%b\r\n" % (path, ENGLISH))
    assert problem(answer) == (414, "What was sent is too large")


def test_most_headers_are_served_and_more_are_431(server: RunningService) -> None:
    some = b"".join(b"X-%d: %b\r\n" % (each, b"a" * 1000) for each in range(30))
    head = b"GET / HTTP/1.1\r\n" + ENGLISH + some
    assert send_request(server.port, head + b"\r\n").status == 200
    answer = send_request(server.port, head + b"X: %b\r\n\r\n" % (b"a" * 3000))
    assert problem(answer) == (431, "What was sent is too large")


@pytest.mark.parametrize(
    ("first", "status"), [(b"GET / HTTP/1.1\r\nX: ", 431), (b"GET /", 414)], ids=["header", "line"]
)
def test_endless_head_is_rejected(server: RunningService, first: bytes, status: int) -> None:
    with connect(server.port) as connection:
        connection.sendall(first)
        for _ in range(MAX_HEAD_BYTES // 1000 + 1):
            connection.sendall(b"a" * 1000)
        assert problem(read_response(connection))[0] == status
        assert is_closed(connection)


def test_head_size_is_counted_for_each_request(server: RunningService) -> None:
    some = b"GET /healthz HTTP/1.1\r\n" + ENGLISH + b"X: %b\r\n\r\n" % (b"a" * 7000)
    with connect(server.port) as connection:
        for _ in range(10):
            connection.sendall(some)
            assert read_response(connection).status == 200
        connection.sendall(some * 5)
        assert read_several(connection, 5) == 5


def read_several(connection: socket.socket, number: int) -> int:
    data = b""
    while data.count(b'{"status":"ok"}') < number:
        data += connection.recv(65536)
    return data.count(b"HTTP/1.1 200 OK")


def test_body_that_is_too_large_is_413(server: RunningService) -> None:
    body = b" " * 70_000
    head = JSON_HEAD + b"Content-Length: %d\r\n\r\n" % len(body)
    assert send_request(server.port, head + body).status == 413


def test_large_body_does_not_count_as_the_next_head(server: RunningService) -> None:
    body = b" " * 60_000
    head = JSON_HEAD + b"Content-Length: %d\r\n\r\n" % len(body)
    with connect(server.port) as connection:
        connection.sendall(head + body)
        assert read_response(connection).status == 400
        connection.sendall(FEED_REQUEST)
        assert read_response(connection).status == 200


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
def test_malformed_request_is_400_and_closes(server: RunningService, nonsense: bytes) -> None:
    with connect(server.port) as connection:
        connection.sendall(nonsense)
        assert problem(read_response(connection))[0] == 400
        connection.sendall(FEED_REQUEST)
        assert is_closed(connection)


def test_rejection_is_logged_without_the_url(server: RunningService) -> None:
    send_request(server.port, b"GET /%b HTTP/1.1\r\n\r\n" % (b"marked" * MAX_URL_BYTES))
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
def test_incomplete_request_is_closed(server: RunningService, beginning: bytes) -> None:
    with connect(server.port) as connection:
        connection.sendall(beginning)
        read_until_closed(connection)


def read_until_closed(connection: socket.socket) -> None:
    with suppress(ConnectionError):
        read_to_end(connection)


def test_line_ends_keep_no_connection_open(server: RunningService) -> None:
    with connect(server.port) as connection:
        connection.sendall(FEED_REQUEST)
        read_response(connection)
        connection.sendall(b"\r\n")
        assert is_closed(connection)


def test_client_that_reads_no_response_is_reset(server: RunningService) -> None:
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", server.port))
        connection.sendall(
            b"GET %b HTTP/1.1\r\n%b\r\n" % (household_path(server), ENGLISH) * MAX_PIPELINED
        )
        assert is_reset(connection)


def household_path(server: RunningService) -> bytes:
    """Return the path of a page of ten cards: more than the kernel buffers for a client."""
    cards = {"cards": [{"issued": "2020-05-15", "born": f"1990-10-{day}"} for day in range(10, 20)]}
    body = json.dumps(cards).encode()
    answer = send_request(
        server.port, JSON_HEAD + b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
    )
    return urlsplit(json.loads(answer.body)["page"]).path.encode()


def is_reset(connection: socket.socket) -> bool:
    """Return whether the server resets the connection while nothing is read."""
    poll = select.poll()
    poll.register(connection, 0)
    return bool(poll.poll(HANG_SECONDS * 1000))


@pytest.mark.parametrize("first", [FEED_REQUEST, PAGE])
def test_idle_connection_is_closed(server: RunningService, first: bytes) -> None:
    with connect(server.port) as connection:
        connection.sendall(first)
        read_response(connection)
        assert is_closed(connection)


def test_malformed_body_is_400(server: RunningService) -> None:
    chunked = JSON_HEAD + b"Transfer-Encoding: chunked\r\n\r\nnonsense\r\n"
    assert problem(send_request(server.port, chunked))[0] == 400


# --- number ---------------------------------------------------------------------------------------


def test_connections_above_the_maximum_get_503(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with running_service(tmp_path_factory.mktemp("few"), CALSVC_MAX_CONNECTIONS="3") as server:
        held = [connect(server.port) for _ in range(3)]
        for each in held:
            each.sendall(FEED_REQUEST)
            assert read_response(each).status == 200
        further = [connect(server.port) for _ in range(3)]
        for each in further:
            each.sendall(ENGLISH_FEED)
        answers = [read_response(each) for each in further]
        assert {problem(each)[0] for each in answers} == {503}
        assert {each.headers["retry-after"] for each in answers} == {"10"}
        assert all(is_closed(each) for each in further)
        further += [connect(server.port) for _ in range(3)]
        with connect(server.port) as one_too_many:
            assert is_closed(one_too_many)
        for each in (*held, *further):
            each.close()
        wait_until(lambda: is_served(server), "the closed connections are forgotten")


def test_connections_of_one_client_are_bounded(tmp_path: Path) -> None:
    with running_service(tmp_path, CALSVC_MAX_CLIENT_CONNECTIONS="3") as server:
        held = [connect(server.port) for _ in range(3)]
        for each in held:
            each.sendall(FEED_REQUEST)
            assert read_response(each).status == 200
        further = [connect(server.port) for _ in range(3)]
        for each in further:
            each.sendall(ENGLISH_FEED)
            assert read_response(each).status == 503
        with connect(server.port, "127.0.0.2") as other:
            other.sendall(FEED_REQUEST)
            assert read_response(other).status == 200
        for each in (*held, *further):
            each.close()
        wait_until(lambda: is_served(server), "the closed connections are forgotten")


def test_connections_of_a_trusted_proxy_are_not_counted(tmp_path: Path) -> None:
    with running_service(
        tmp_path, CALSVC_MAX_CLIENT_CONNECTIONS="1", CALSVC_TRUSTED_PROXIES="127.0.0.1"
    ) as server:
        for each in [connect(server.port) for _ in range(9)]:
            each.sendall(FEED_REQUEST)
            assert read_response(each).status == 200
            each.close()


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
    ("trusted", "scheme"),
    [
        pytest.param("", b"http", marks=pytest.mark.large),
        ("10.0.0.0/8", b"http"),
        ("127.0.0.0/8", b"https"),
    ],
)
def test_forwarded_headers_count_from_named_proxies_only(
    tmp_path_factory: pytest.TempPathFactory, trusted: str, scheme: bytes
) -> None:
    with running_service(
        tmp_path_factory.mktemp("proxy"), CALSVC_TRUSTED_PROXIES=trusted
    ) as server:
        body = send_request(server.port, FORWARDED).body
        assert b"SOURCE;VALUE=URI:%b://127.0.0.1/c/" % scheme in body


# --- a socket for both families -------------------------------------------------------------------

FORM = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n"


@pytest.fixture
def host_of_both_families() -> str:
    try:
        with socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True):
            return "::"
    except (OSError, ValueError):
        pytest.skip("this machine has no IPv6")


def test_ipv4_clients_of_a_dual_stack_socket_are_distinguished(
    tmp_path: Path, host_of_both_families: str
) -> None:
    given = {"CALSVC_HOST": host_of_both_families, "CALSVC_POSTS_PER_MINUTE": "1"}
    with running_service(tmp_path, **given) as server:
        for address in ("127.0.0.1", "127.0.0.2"):
            assert [posted(server.port, address) for _ in range(2)] == [415, 429]


def posted(port: int, address: str) -> int:
    with connect(port, address) as connection:
        connection.sendall(FORM)
        return read_response(connection).status


def test_proxy_is_trusted_behind_a_socket_for_both_families(
    tmp_path: Path, host_of_both_families: str
) -> None:
    given = {"CALSVC_HOST": host_of_both_families, "CALSVC_TRUSTED_PROXIES": "127.0.0.1"}
    with running_service(tmp_path, **given) as server:
        body = send_request(server.port, FORWARDED).body
        assert b"SOURCE;VALUE=URI:https://127.0.0.1/c/" in body
