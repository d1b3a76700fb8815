"""Connections that cannot hold the service: what they send is bounded, and so is their time.

uvicorn's own protocol has no bound for the head of a request and none for how long it takes to
come. This adds both at a cost of well under a microsecond a request: a connection looks at itself
now and then instead of setting a clock for every request. The usual request for a feed it answers
itself (`calsvc.web.server.fast_feeds`).
"""

import asyncio
import socket
import struct
import time
from collections.abc import Sized
from http import HTTPStatus
from typing import Any

from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from calsvc.web.observability.access_log import OBSERVER, answered
from calsvc.web.problems import refusal
from calsvc.web.server.fast_feeds import PROMPT, Prompt, header_lines, usual

LONGEST_LINE = 8 * 1024
"""Bytes of an address; the longest link has some 1,000."""
LONGEST_HEAD = 32 * 1024
"""Bytes of a request line and headers."""
SLOWEST_BODY = 16 * 1024
"""Bytes a second, on the average, with which a body may take longer than other requests."""
LOOKS = 4
"""Times within its time that a connection is looked at."""
MOST_QUEUED = 100
"""Requests of one connection that may wait for the answers before theirs."""
PARTING = 1.0
"""Seconds in which a request that is on its way may still come, or an answer be read."""
AGAIN_IN = 10
"""Seconds after which there may be room for another connection."""


class TooMuchError(Exception):
    """The head of a request is longer than allowed, or too many have come at once."""


class Flow(FlowControl):
    """Reads no further requests while there are some that wait; uvicorn's would, without end."""

    def __init__(self, transport: asyncio.Transport, waiting: Sized) -> None:
        """``waiting``: requests that have come and are not yet begun with."""
        super().__init__(transport)
        self._waiting = waiting

    def resume_reading(self) -> None:
        """Read on, unless requests wait."""
        if self.read_paused and not self._waiting:
            super().resume_reading()


class Connection(HttpToolsProtocol):
    """One connection, as uvicorn makes it for each that it accepts."""

    def __init__(self, *, request_seconds: int, most_connections: int, **given: Any) -> None:  # noqa: ANN401 - uvicorn's
        """``request_seconds``: in which a request must have come, or some of an answer have gone.

        ``most_connections``: those of this process; what comes on further ones is answered with
        503, and twice as many are not answered at all.
        """
        super().__init__(**given)
        self._patience, self._most = request_seconds, most_connections
        self._chunk = self._coming = 0
        """Bytes that came at once, and since the last whole head."""
        self._taken = 0
        self._fault = HTTPStatus.BAD_REQUEST
        self._refused = False
        self._leaving = False
        self._whole: object = None
        """The headers of the last request whose head has come as a whole."""
        self._prompt: Prompt | None = self.app_state.get(PROMPT)
        self._waits = False
        """Whether the last request is a usual one, and to be answered next."""
        self._rests_since = 0.0
        """When it was answered, by the loop's clock; 0 if the last request was no usual one."""
        self._is_first = True
        """Whether no request has come with what came last: others wait for their turn."""
        self._timer: asyncio.TimerHandle | None = None
        self._seen: tuple[object, object] = (None, None)
        self._since = 0.0

    # --- coming and going ---------------------------------------------------------------------

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to look at it."""
        super().connection_made(transport)
        self.flow = Flow(transport, self.pipeline)
        if len(self.connections) > 2 * self._most:
            transport.abort()
            return
        if len(self.connections) > self._most:
            self.app, self._prompt = busy, None
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        """Look no more."""
        if self._timer:
            self._timer.cancel()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """Answer what is being answered, and what may be on its way; then close."""
        self._leaving = True
        if self._is_idle():
            self.loop.call_later(PARTING, self._close_if_idle)
        elif not self._waits:
            self.cycle.keep_alive = False

    def _close_if_idle(self) -> None:
        if self._is_idle() and not self.transport.is_closing():
            self.transport.close()

    def _is_idle(self) -> bool:
        if self._waits:
            return False
        return self.cycle is None or self.cycle.response_complete

    # --- time ---------------------------------------------------------------------------------

    def _look(self) -> None:
        """End the connection if it has waited for the same thing for too long."""
        now, standing = self.loop.time(), self._standing()
        if not standing and self._has_rested_until(now):
            self.transport.close()
            return
        known, headers = self._seen
        if standing != known or self.headers is not headers:
            self._seen, self._since = (standing, self.headers), now
        elif standing and now - self._since >= self._patience:
            self._end()
            return
        interval = min(self._patience, self.timeout_keep_alive) / LOOKS
        self._timer = self.loop.call_later(interval, self._look)

    def _has_rested_until(self, now: float) -> bool:
        """Whether nothing has come for too long after a usual request; else uvicorn sees to it."""
        rested = now - self._rests_since if self._rests_since and self._is_idle() else 0
        return rested >= self.timeout_keep_alive

    def _end(self) -> None:
        """Let go of it at once, with what it did not read."""
        if link := self.transport.get_extra_info("socket"):
            link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    def _standing(self) -> tuple[str, int] | None:
        """What the connection waits for its peer to do, and how far that is; None for nothing."""
        if unread := self.transport.get_write_buffer_size():
            return "read", unread
        if self._is_awaited():
            return "send", self._taken // (SLOWEST_BODY * self._patience)
        return None

    def _is_awaited(self) -> bool:
        """Whether a request has not come as a whole, and uvicorn's own clock does not run."""
        if self._head_is_open():
            return True
        if self._is_idle():
            return self.timeout_keep_alive_task is None and not self._rests_since
        return not self._waits and self.cycle.more_body

    # --- size ---------------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        """Take what came, unless it is more of a head than allowed."""
        if self._refused:
            return
        self._is_first = True
        self._chunk = len(data)
        self._coming += self._chunk
        HttpToolsProtocol.data_received(self, data)
        if self._coming > LONGEST_HEAD and self._head_is_open() and not self._refused:
            self._refuse(self._fault_of_size() or HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def on_headers_complete(self) -> None:
        """Begin to answer. Raises `TooMuchError`, which ends in `send_400_response`."""
        if self._chunk > LONGEST_LINE or self._coming > LONGEST_LINE:
            self._check_size()
        self._coming = 0
        self._waits = self._is_usual()
        self._is_first = False
        if self._waits:
            self._whole = self.headers
        else:
            self._begin()

    def on_message_complete(self) -> None:
        """Take the end of a request."""
        if self._waits and self._prompt:
            self._prompt.put(self, self.loop)
        else:
            super().on_message_complete()

    def on_message_begin(self) -> None:
        """Take the beginning of a request. Its scope is made where the application needs one."""
        self._settle()
        self.url, self.headers, self.expect_100_continue = b"", [], False

    def on_body(self, body: bytes) -> None:
        """Take a part of a body."""
        self._coming = 0
        if not self.cycle.response_complete:
            self._taken += len(body)
        super().on_body(body)

    def _head_is_open(self) -> bool:
        return self.headers is None or self._whole is not self.headers

    def _check_size(self) -> None:
        if fault := self._fault_of_size():
            self._fault = fault
            raise TooMuchError

    def _fault_of_size(self) -> HTTPStatus | None:
        if len(self.url) > LONGEST_LINE:
            return HTTPStatus.REQUEST_URI_TOO_LONG
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > (
            LONGEST_HEAD
        ):
            return HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
        return HTTPStatus.TOO_MANY_REQUESTS if len(self.pipeline) > MOST_QUEUED else None

    # --- the usual request ----------------------------------------------------------------------

    def _is_usual(self) -> bool:
        """Whether the last request is for a feed, and has come in its turn and as most do."""
        parser = self.parser
        if (
            not (self._prompt and self._is_first and self._is_idle())
            or self._leaving
            or self.flow.write_paused
            or parser.get_method() != b"GET"
            or not parser.should_keep_alive()
            or parser.get_http_version() != "1.1"
        ):
            return False
        asked = usual(self.url, self.headers, self.scheme or "http")
        if asked is None:
            return False
        self.asked, self.asked_at = asked, time.perf_counter()
        self.always = self.server_state.default_headers
        return True

    def give(self, message: bytes | None) -> None:
        """Send the whole answer to the usual request, or let the application answer if None."""
        self._waits = False
        if self.transport.is_closing():
            return
        if message is None or self._leaving:
            try:
                self._begin()
            except Exception:  # its faulty address was none before
                self._end()
                return
            super().on_message_complete()
            return
        self.transport.write(message)
        self.server_state.total_requests += 1
        self._rests_since = self.loop.time()

    def _settle(self) -> None:
        """See to it that no request waits."""
        if self._waits and self._prompt:
            self._prompt.answer()

    def _begin(self) -> None:
        """Let the application answer."""
        url, headers, expects = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expects
        self.headers += headers
        self._rests_since = 0.0
        HttpToolsProtocol.on_headers_complete(self)
        self._whole = self.headers
        if self._leaving:
            self.cycle.keep_alive = False

    # --- refusing -----------------------------------------------------------------------------

    def send_400_response(self, _message: str) -> None:
        """Refuse what is no request."""
        self._refuse(self._fault)

    def _refuse(self, status: HTTPStatus) -> None:
        """Say why, and close once that can have been read; what else comes is thrown away."""
        self._refused = True
        self._settle()
        if not self._may_answer():
            self._end()
            return
        if self.cycle:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        headers, body = refusal(status, self.headers or [])
        message = (STATUS_LINE[status], header_lines(headers), b"\r\n", body)
        self.transport.write(b"".join(message))
        self.transport.write_eof()
        self.loop.call_later(PARTING, self.transport.abort)
        answered({"method": "-"}, status, time.perf_counter(), self.app_state.get(OBSERVER))

    def _may_answer(self) -> bool:
        """Whether what is written now comes in its turn."""
        if self._is_idle():
            return True
        return not (self.pipeline or self._head_is_open() or self.cycle.response_started)


async def busy(scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer that there are too many connections."""
    headers, body = refusal(HTTPStatus.SERVICE_UNAVAILABLE, scope["headers"])
    headers.append((b"retry-after", b"%d" % AGAIN_IN))
    start = {"type": "http.response.start", "status": 503, "headers": headers}
    await send(start)
    await send({"type": "http.response.body", "body": body})
    observer = scope["state"].get(OBSERVER)
    answered(scope, HTTPStatus.SERVICE_UNAVAILABLE, time.perf_counter(), observer)
