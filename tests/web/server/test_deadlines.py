"""The deadlines of a connection, by a clock that the tests move."""

import socket
from asyncio import Event, get_running_loop

import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from calsvc.web.server.http_connection import LINGER_SECONDS, MIN_BODY_BYTES_PER_SECOND
from tests.support.one_connection import advance, connected, run_in_clock_loop, settle

REQUEST_SECONDS = 100
KEEP_ALIVE_SECONDS = 1000
LIMITS = {"request_seconds": REQUEST_SECONDS, "keep_alive_seconds": KEEP_ALIVE_SECONDS}
GET = b"GET / HTTP/1.1\r\nHost: a\r\n"
ALMOST = 0.9 * REQUEST_SECONDS
TOO_LONG = 1.3 * REQUEST_SECONDS
"""Deadlines are checked four times within the shortest timeout."""


async def echo_app(scope: Scope, receive: Receive, send: Send) -> None:
    """Respond with the length of the body."""
    try:
        body = await Request(scope, receive).body()
    except ClientDisconnect:
        return
    await PlainTextResponse(str(len(body)))(scope, receive, send)


async def read(client: socket.socket) -> bytes:
    """Return what the server has sent, or an empty string if it has closed the connection."""
    await settle()
    try:
        return await get_running_loop().sock_recv(client, 65536)
    except ConnectionError:
        return b""


def test_body_that_arrives_fast_enough_has_more_time() -> None:
    piece = b" " * int(REQUEST_SECONDS * MIN_BODY_BYTES_PER_SECOND)

    async def main() -> None:
        async with connected(echo_app, **LIMITS) as (_, client):
            loop = get_running_loop()
            await loop.sock_sendall(client, GET + b"Content-Length: %d\r\n\r\n" % (3 * len(piece)))
            for _ in range(3):
                await advance(ALMOST)
                await loop.sock_sendall(client, piece)
            assert b"%d" % (3 * len(piece)) in await read(client)

    run_in_clock_loop(main())


def test_body_that_arrives_too_slowly_is_reset() -> None:
    async def main() -> None:
        async with connected(echo_app, **LIMITS) as (protocol, client):
            loop = get_running_loop()
            await loop.sock_sendall(client, GET + b"Content-Length: 100\r\n\r\n")
            for _ in range(3):
                if protocol in protocol.connections:
                    await loop.sock_sendall(client, b"a")
                    await advance(ALMOST)
            assert protocol not in protocol.connections
            assert await read(client) == b""

    run_in_clock_loop(main())


def test_fast_body_earns_no_time_for_a_pause() -> None:
    body = b" " * int(10 * REQUEST_SECONDS * MIN_BODY_BYTES_PER_SECOND)

    async def main() -> None:
        async with connected(echo_app, **LIMITS) as (_, client):
            head = GET + b"Content-Length: %d\r\n\r\n" % (len(body) + 1)
            await get_running_loop().sock_sendall(client, head + body)
            await settle()
            await advance(TOO_LONG)
            assert await read(client) == b""

    run_in_clock_loop(main())


def test_head_that_arrives_in_drops_is_reset() -> None:
    async def main() -> None:
        async with connected(echo_app, **LIMITS) as (protocol, client):
            loop = get_running_loop()
            await loop.sock_sendall(client, GET)
            await advance(ALMOST)
            await loop.sock_sendall(client, b"X: y\r\n")
            await settle()
            assert protocol in protocol.connections
            await advance(TOO_LONG - ALMOST)
            assert await read(client) == b""

    run_in_clock_loop(main())


def test_idle_connection_has_the_keep_alive_time() -> None:
    async def main() -> None:
        async with connected(echo_app, **LIMITS) as (_, client):
            loop = get_running_loop()
            for _ in range(2):
                await loop.sock_sendall(client, GET + b"\r\n")
                assert b"200 OK" in await read(client)
                await advance(0.9 * KEEP_ALIVE_SECONDS)
            await advance(0.2 * KEEP_ALIVE_SECONDS)
            assert await read(client) == b""

    run_in_clock_loop(main())


@pytest.mark.parametrize("begun", [b"", GET], ids=["idle", "head"])
def test_connection_without_a_request_is_closed_at_shutdown(begun: bytes) -> None:
    async def main() -> None:
        async with connected(echo_app, **LIMITS) as (protocol, client):
            loop = get_running_loop()
            await loop.sock_sendall(client, GET + b"\r\n")
            assert b"200 OK" in await read(client)
            await loop.sock_sendall(client, begun)
            await settle()
            protocol.shutdown()
            await advance(0.9 * LINGER_SECONDS)
            assert protocol in protocol.connections
            await advance(0.2 * LINGER_SECONDS)
            assert await read(client) == b""
            assert protocol not in protocol.connections

    run_in_clock_loop(main())


def test_request_that_arrives_at_shutdown_is_answered_and_closes() -> None:
    async def main() -> None:
        async with connected(echo_app, **LIMITS) as (protocol, client):
            loop = get_running_loop()
            await loop.sock_sendall(client, GET + b"\r\n")
            assert b"200 OK" in await read(client)
            protocol.shutdown()
            await loop.sock_sendall(client, GET + b"\r\n")
            assert b"connection: close" in await read(client)
            assert await read(client) == b""

    run_in_clock_loop(main())


def test_slow_application_is_no_fault_of_the_client() -> None:
    may_respond = Event()

    async def slow_app(scope: Scope, receive: Receive, send: Send) -> None:
        await may_respond.wait()
        await echo_app(scope, receive, send)

    async def main() -> None:
        async with connected(slow_app, **LIMITS) as (_, client):
            loop = get_running_loop()
            queued = GET + b"Content-Length: 4\r\n\r\nbo"
            await loop.sock_sendall(client, GET + b"\r\n" + queued)
            await settle()
            await advance(10 * REQUEST_SECONDS)
            may_respond.set()
            assert b"200 OK" in await read(client)
            await advance(ALMOST)
            await loop.sock_sendall(client, b"dy")
            assert (await read(client)).endswith(b"\r\n4")

    run_in_clock_loop(main())
