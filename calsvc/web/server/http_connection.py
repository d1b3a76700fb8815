"""Limits how much a client may send and how long it may take.

uvicorn's own protocol limits neither the head of a request, nor its time, nor the connections.
It also has three defects, which this module corrects:

- It drops the bytes after a request with an ``Upgrade`` header.
- It logs a client that closes the connection early as a failure of the application.
- It accepts requests without ``Host``.
"""

import asyncio
import socket
import struct
import time
from enum import Enum, auto
from http import HTTPStatus
from typing import Any, cast

import httptools
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from calsvc.web.client_networks import PEER, Network
from calsvc.web.observability.access_log import OBSERVER, log_response
from calsvc.web.problems import problem_message
from calsvc.web.server.flow_control import PipelineFlowControl
from calsvc.web.server.joined_writes import JoinedWrites
from calsvc.web.server.overload import ClientConnections, overloaded_app

MAX_URL_BYTES = 8 * 1024
"""The longest link has some 1,000."""
MAX_HEAD_BYTES = 32 * 1024
"""Names and values of all headers of a request; also the trailers behind a chunked body."""
MIN_BODY_BYTES_PER_SECOND = 16 * 1024
"""Rate from which a body may take longer than the request timeout."""
CHECKS_PER_TIMEOUT = 4
"""Deadlines are checked so often within the shortest timeout."""
MAX_PIPELINED = 100
"""Requests of one connection that may be queued behind the one that is being answered."""
MAX_LOAD = 2
"""Share of a bound on connections beyond which they are reset. Above 1 they get 503."""
LINGER_SECONDS = 1.0
"""Time in which a request in flight may still arrive, or the last response may be read."""


class State(Enum):
    """The event that a connection waits for."""

    IDLE = auto()
    """The next request."""
    HEAD = auto()
    """The rest of a request's head; on a new connection, the first request."""
    BODY = auto()
    """The rest of a request's body."""
    RESPONDING = auto()
    """The application, because all requests have arrived."""
    CLOSING = auto()
    """The end, because a request was rejected. Whatever else arrives is ignored."""


class RejectedRequestError(Exception):
    """A request that the connection rejects with ``status``.

    It leaves a callback of httptools and reaches no person, so it is no `CalsvcError`.
    """

    def __init__(self, status: HTTPStatus) -> None:
        """``status``: of the response."""
        super().__init__(status)
        self.status = status


class LimitedHttpProtocol(HttpToolsProtocol):
    """The protocol of one connection: uvicorn's, with limits."""

    def __init__(
        self,
        *,
        request_timeout: int,
        max_connections: int,
        clients: ClientConnections,
        **arguments: Any,  # noqa: ANN401 - uvicorn's
    ) -> None:
        """``request_timeout``: seconds for a request to arrive, or for a client to read on.

        ``max_connections``: further ones get 503. From twice as many on they are reset.
        ``clients``: the connections of each client, with a bound that works alike.
        """
        super().__init__(**arguments)
        self._clients = clients
        self._networks: tuple[Network, ...] = ()
        self._max_connections = max_connections
        self._request_timeout = request_timeout
        self.url, self.headers = b"", []
        self._state = State.HEAD
        self._deadline = self._read_deadline = 0.0
        self._unsent_bytes = 0
        self._head_bytes = self._newest_bytes = 0
        self._current: RequestResponseCycle | None = None
        self._rejection = HTTPStatus.BAD_REQUEST
        self._shutting_down = False
        self._timer: asyncio.TimerHandle | None = None

    # --- connection -------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Expect the first request, or turn the client away."""
        self._writes = JoinedWrites(transport, self.loop)
        super().connection_made(cast("asyncio.Transport", self._writes))
        self.flow = PipelineFlowControl(transport, self.pipeline)
        self._networks = self._clients.networks_of(self.client[0] if self.client else "")
        share = self._clients.add(self._networks)
        load = max(len(self.connections) / self._max_connections, share)
        if load > MAX_LOAD:
            transport.abort()
            return
        if load > 1:
            self.app = overloaded_app
        self._enter(State.HEAD)
        self._check_deadline()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the application that the client is gone.

        uvicorn tells only the last queued request. The current one would then write to a closed
        transport, and the error would be logged as the application's.
        """
        self._clients.remove(self._networks)
        if self._timer:
            self._timer.cancel()
        if self._current:
            self._disconnect(self._current)
        super().connection_lost(exc)

    def eof_received(self) -> bool:  # type: ignore[override]
        """Keep a connection that the client has half closed, until its requests are answered."""
        if self._state is State.BODY or not self._is_responding():
            self._writes.flush()  # what is returned closes the connection
            return False
        self.cycle.keep_alive = False
        return True

    def shutdown(self) -> None:
        """Close after the responses that are due, and after a request that is in flight."""
        self._shutting_down = True
        if self._is_responding():
            self.cycle.keep_alive = False
        else:
            self.loop.call_later(LINGER_SECONDS, self._close_if_unused)

    def _close_if_unused(self) -> None:
        if not self._is_responding():
            self.transport.close()

    def _is_responding(self) -> bool:
        current = self._current
        return current is not None and not (current.response_complete or current.disconnected)

    def _disconnect(self, cycle: RequestResponseCycle) -> None:
        if not cycle.response_complete:
            cycle.disconnected = True
            cycle.message_event.set()

    def _reset(self) -> None:
        """Reset the connection and discard what is unsent."""
        if sock := self.transport.get_extra_info("socket"):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    # --- time -------------------------------------------------------------------------------------

    def _enter(self, state: State) -> None:
        self._state = state
        timeout = self.timeout_keep_alive if state is State.IDLE else self._request_timeout
        self._deadline = self.loop.time() + timeout

    def _check_deadline(self) -> None:
        """Close the connection if the client is late, else check again later.

        One periodic check costs less than a timer for each state of each request.
        """
        if not self._is_client_late(self.loop.time()):
            shortest = min(self._request_timeout, self.timeout_keep_alive)
            interval = shortest / CHECKS_PER_TIMEOUT
            self._timer = self.loop.call_later(interval, self._check_deadline)
        elif self._state is State.IDLE and not self._unsent_bytes:
            self.transport.close()
        else:
            self._reset()

    def _is_client_late(self, now: float) -> bool:
        unsent = self.transport.get_write_buffer_size()
        if unsent != self._unsent_bytes:
            self._unsent_bytes = unsent
            self._read_deadline = now + self._request_timeout
        if unsent:
            return now >= self._read_deadline
        return now >= self._deadline and self._is_request_due()

    def _is_request_due(self) -> bool:
        # A client cannot send while reading is paused.
        receiving = self._state in {State.IDLE, State.HEAD, State.BODY}
        return receiving and not self.flow.read_paused

    # --- requests ---------------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        """Parse ``data``, and reject what is malformed or too large."""
        if self._state is State.CLOSING:
            return
        self._head_bytes += len(data)
        self._newest_bytes = len(data)
        try:
            self._parse(data)
            if self._head_bytes > MAX_HEAD_BYTES and self._state in {State.HEAD, State.BODY}:
                self._reject(self._size_error() or HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        except httptools.HttpParserError as error:
            cause = error.__context__
            self._reject(
                cause.status if isinstance(cause, RejectedRequestError) else HTTPStatus.BAD_REQUEST
            )

    def _parse(self, data: bytes) -> None:
        """Parse ``data`` as HTTP/1.1, whatever an ``Upgrade`` header offers (RFC 9110, 7.8).

        httptools takes all bytes behind such a head for another protocol. So the request is parsed
        a second time, without the header.
        """
        while data:
            try:
                self.parser.feed_data(data)
                return
            except httptools.HttpParserUpgrade as upgrade:
                offset = upgrade.args[0]
                data = self._head_without_upgrade() + data[offset:]

    def _head_without_upgrade(self) -> bytes:
        method, version = self.parser.get_method(), self.parser.get_http_version().encode()
        lines = [b"%b: %b\r\n" % header for header in self.headers if header[0] != b"upgrade"]
        return b"".join((b"%b %b HTTP/%b\r\n" % (method, self.url, version), *lines, b"\r\n"))

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        self._enter(State.HEAD)

    def on_headers_complete(self) -> None:
        """Pass a request to the application, or queue it. Raises `RejectedRequestError`."""
        if error := self._size_error() or self._head_error():
            raise RejectedRequestError(error)
        self._head_bytes = 0
        if self.parser.should_upgrade():
            return
        super().on_headers_complete()
        self.scope[PEER] = self.client  # type: ignore[literal-required]
        # Trailers are appended here, and must not get into the scope of the request.
        self.headers = [*self.headers]
        self._enter(State.BODY)
        if self._shutting_down:
            self.cycle.keep_alive = False

    def _size_error(self) -> HTTPStatus | None:
        if len(self.url) > MAX_URL_BYTES:
            return HTTPStatus.REQUEST_URI_TOO_LONG
        # A head is in the bytes counted for it or, behind another request, in the newest ones.
        if self._head_bytes + self._newest_bytes > MAX_HEAD_BYTES and self._is_head_too_large():
            return HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
        return HTTPStatus.TOO_MANY_REQUESTS if len(self.pipeline) > MAX_PIPELINED else None

    def _is_head_too_large(self) -> bool:
        return sum(len(name) + len(value) for name, value in self.headers) > MAX_HEAD_BYTES

    def _head_error(self) -> HTTPStatus | None:
        """Return 400 unless there is one ``Host`` (RFC 9112, 3.2), and for ``CONNECT``."""
        hosts = [name for name, _ in self.headers].count(b"host")
        is_faulty = hosts > 1 or (not hosts and self.parser.get_http_version() == "1.1")
        is_tunnel = self.parser.get_method() == b"CONNECT"
        return HTTPStatus.BAD_REQUEST if is_faulty or is_tunnel else None

    def on_body(self, body: bytes) -> None:
        """Pass on a part of a body, and extend its deadline by the time that it may take."""
        self._head_bytes = 0
        super().on_body(body)
        if not self.cycle.response_complete:
            extended = self._deadline + len(body) / MIN_BODY_BYTES_PER_SECOND
            latest = self.loop.time() + self._request_timeout
            self._deadline = min(extended, latest)

    def on_message_complete(self) -> None:
        """End a request, unless it is parsed a second time."""
        if self.parser.should_upgrade():
            return
        super().on_message_complete()
        if self.cycle.response_complete:
            self._enter(State.IDLE)
        else:
            self._state = State.RESPONDING  # nothing is due from the client

    # --- responses --------------------------------------------------------------------------------

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGIApp) -> None:  # type: ignore[override]
        self._current = cycle
        super()._start_asgi_task(cycle, app)  # type: ignore[arg-type]

    def on_response_complete(self) -> None:
        """Continue with a queued request, with the rejection of one, or with waiting.

        uvicorn's own method sets a timer after each response. `_check_deadline` replaces them all.
        """
        self.server_state.total_requests += 1
        if not self.transport.is_closing():
            self.flow.resume_reading()
            if self.pipeline:
                self._start_asgi_task(*self.pipeline.pop())  # type: ignore[arg-type]
        if self._is_responding():
            self._enter(self._state)
        elif self._state is State.CLOSING:
            self._send_rejection()
        else:
            self._enter(State.IDLE if self._state is State.RESPONDING else self._state)

    def _reject(self, status: HTTPStatus) -> None:
        """Respond with ``status`` once all earlier requests are answered, then close."""
        if self._state is State.BODY:
            self._abandon_request()
        self._state, self._rejection = State.CLOSING, status
        if status is HTTPStatus.TOO_MANY_REQUESTS:
            self._reset()
        elif not self._is_responding():
            self._send_rejection()

    def _abandon_request(self) -> None:
        """Drop the request whose body is malformed."""
        if self.cycle is not self._current:
            self.pipeline.popleft()
        elif self.cycle.response_started and not self.cycle.response_complete:
            self._reset()
        else:
            self._disconnect(self.cycle)

    def _send_rejection(self) -> None:
        """Send the last response, and give the client time to read it."""
        if self.transport.is_closing():
            return
        headers, body = problem_message(self._rejection, self.headers)
        lines = [b"%b: %b\r\n" % each for each in (*self.server_state.default_headers, *headers)]
        self.transport.write(b"".join((STATUS_LINE[self._rejection], *lines, b"\r\n", body)))
        self.transport.write_eof()
        self.loop.call_later(LINGER_SECONDS, self.transport.abort)
        observer = self.app_state.get(OBSERVER)
        log_response({"method": "-"}, self._rejection, time.perf_counter(), observer)
