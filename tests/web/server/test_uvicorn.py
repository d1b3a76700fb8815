"""The undocumented parts of uvicorn that are used, and the defects of it that are mended."""

import ast
import inspect
import select
import socket
from asyncio import Semaphore, get_running_loop, sleep
from collections.abc import Iterator

import pytest
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState
from uvicorn.supervisors import Multiprocess
from uvicorn.supervisors.multiprocess import Process

from calsvc.web.server.flow_control import PipelineFlowControl
from calsvc.web.server.http_connection import LimitedHttpProtocol
from calsvc.web.server.server import Supervisor
from tests.support.clients import connect, read_response, read_to_end, send_request
from tests.support.one_connection import connected, run_in_server_loop, settle
from tests.support.servers import RunningService, running_service

BODY = b'{"cards": [{"issued": "2020-05-15", "born": "1990-10-10"}]}'
CHUNKED_BODY = b"5\r\n%b\r\n%x\r\n%b\r\n0\r\n\r\n" % (BODY[:5], len(BODY) - 5, BODY[5:])
POST = b"POST /api/links HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
LENGTH = b"Content-Length: %d\r\n" % len(BODY)
CHUNKED = b"Transfer-Encoding: chunked\r\n"
H2C = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAA\r\n"
WEBSOCKET = b"Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: AAAA\r\n"
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n"
OK = b'{"status":"ok"}'


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    with running_service(tmp_path_factory.mktemp("server")) as server:
        yield server
    assert "WARNING" not in server.log_text()


# --- undocumented attributes ----------------------------------------------------------------------

USED = [
    (
        LimitedHttpProtocol,
        HttpToolsProtocol,
        {"self", "super()"},
        {
            *(
                "app",
                "app_state",
                "client",
                "connections",
                "cycle",
                "flow",
                "headers",
                "loop",
                "parser",
                "pipeline",
            ),
            *("scope", "server_state", "timeout_keep_alive", "transport", "url"),
            "_start_asgi_task",
            *("connection_lost", "connection_made", "data_received", "eof_received", "on_body"),
            *("on_headers_complete", "on_message_begin", "on_message_complete"),
            *("on_response_complete", "shutdown"),
        },
    ),
    (
        LimitedHttpProtocol,
        RequestResponseCycle,
        {"cycle", "current", "self.cycle", "self._current"},
        {"disconnected", "keep_alive", "message_event", "response_complete", "response_started"},
    ),
    (
        LimitedHttpProtocol,
        ServerState,
        {"self.server_state"},
        {"default_headers", "total_requests"},
    ),
    (LimitedHttpProtocol, FlowControl, {"self.flow"}, {"read_paused", "resume_reading"}),
    (PipelineFlowControl, FlowControl, {"self", "super()"}, {"resume_reading"}),
    (
        Supervisor,
        Multiprocess,
        {"self", "super()"},
        {"handle_signals", "processes", "sockets", "terminate_all"},
    ),
    (Supervisor, Process, {"process"}, {"exitcode", "pid"}),
]
"""Our class, uvicorn's class, the expressions that stand for it in ours, and what is used of it."""


def attributes(owner: type, receivers: set[str]) -> set[str]:
    """Return the attributes of ``receivers`` in the source of ``owner``; of itself, its methods."""
    names = {*vars(owner)} if "self" in receivers else set()
    for node in ast.walk(ast.parse(inspect.getsource(owner))):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) in receivers:
            names.add(node.attr)
    return {name for name in names if not name.startswith("__")}


@pytest.mark.parametrize(("ours", "uvicorns", "receivers", "expected"), USED)
def test_used_attributes_of_uvicorn_are_these(
    ours: type, uvicorns: type, receivers: set[str], expected: set[str]
) -> None:
    assert attributes(ours, receivers) & attributes(uvicorns, {"self"}) == expected


# --- Upgrade --------------------------------------------------------------------------------------


@pytest.mark.parametrize("upgrade", [H2C, WEBSOCKET], ids=["h2c", "websocket"])
@pytest.mark.parametrize(
    ("framing", "body"),
    [(LENGTH, BODY), (CHUNKED, CHUNKED_BODY + b"\r\n")],
    ids=["length", "chunks"],
)
@pytest.mark.parametrize("cuts", [[], [100, -20]], ids=["whole", "cut"])
def test_body_behind_an_upgrade_header_is_received(
    server: RunningService, upgrade: bytes, framing: bytes, body: bytes, cuts: list[int]
) -> None:
    request = POST + framing + upgrade + b"\r\n" + body
    with connect(server.port) as connection:
        for start, end in zip([0, *cuts], [*cuts, None], strict=True):
            connection.sendall(request[start:end])
        assert read_response(connection).status == 200
        connection.sendall(HEALTH + b"\r\n")
        assert read_response(connection).body == OK


def test_requests_behind_upgrade_headers_are_answered(server: RunningService) -> None:
    request = HEALTH + H2C + b"\r\n"
    with connect(server.port) as connection:
        connection.sendall(request * 50 + HEALTH + b"Connection: close\r\n\r\n")
        assert read_to_end(connection).count(OK) == 51


def test_connect_is_rejected(server: RunningService) -> None:
    request = b"CONNECT 127.0.0.1:80 HTTP/1.1\r\nHost: 127.0.0.1:80\r\n\r\n"
    assert send_request(server.port, request).status == 400


# --- Host -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "hosts", "status"),
    [
        ("1.1", 1, 200),
        ("1.1", 0, 400),
        ("1.1", 2, 400),
        ("1.0", 1, 200),
        ("1.0", 0, 200),
        ("1.0", 2, 400),
    ],
)
def test_exactly_one_host_is_required(
    server: RunningService, version: str, hosts: int, status: int
) -> None:
    request = f"GET /healthz HTTP/{version}\r\n" + "Host: 127.0.0.1\r\n" * hosts + "\r\n"
    assert send_request(server.port, request.encode()).status == status


# --- trailers -------------------------------------------------------------------------------------


def test_trailers_do_not_become_headers(server: RunningService) -> None:
    request = POST + CHUNKED + b"\r\n" + b"2\r\n{}\r\n0\r\n"
    answer = send_request(server.port, request + b"Accept-Language: en\r\n\r\n")
    assert (answer.status, answer.headers["content-language"]) == (400, "ja")


def test_endless_trailers_are_rejected(server: RunningService) -> None:
    with connect(server.port) as connection:
        connection.sendall(POST + CHUNKED + b"\r\n2\r\n{}\r\n0\r\nX: ")
        while not select.select([connection], [], [], 0)[0]:
            connection.sendall(b"a" * 1000)
        assert read_response(connection).status == 431


# --- clients that hang up -------------------------------------------------------------------------


class SlowApp:
    """Responds to each request in two parts, each as soon as it is permitted."""

    def __init__(self) -> None:
        self.started, self.permits = Semaphore(0), Semaphore(0)

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        self.started.release()
        await self.permits.acquire()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"first", "more_body": True})
        await self.permits.acquire()
        await send({"type": "http.response.body", "body": b"second"})


def test_client_that_hangs_up_with_queued_requests_is_no_failure(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def main() -> None:
        app = SlowApp()
        async with connected(app) as (protocol, client):
            await get_running_loop().sock_sendall(client, (HEALTH + b"\r\n") * 3)
            await app.started.acquire()
            client.close()
            app.permits.release()
            while protocol in protocol.connections:
                await sleep(0)
            app.permits.release()
            while protocol.tasks:
                await sleep(0)

    run_in_server_loop(main())
    assert caplog.messages == []


def test_half_closed_connection_gets_a_slow_answer() -> None:
    async def main() -> None:
        app, loop = SlowApp(), get_running_loop()
        async with connected(app) as (_, client):
            await loop.sock_sendall(client, HEALTH + b"\r\n")
            await app.started.acquire()
            client.shutdown(socket.SHUT_WR)
            await settle()
            app.permits.release()
            app.permits.release()
            assert (await loop.sock_recv(client, 65536)).startswith(b"HTTP/1.1 200 OK")

    run_in_server_loop(main())
