"""Logs one line for each response: the name of its route, never its URL.

A URL may hold dates or a token.
"""

import logging
import time
from collections.abc import Callable
from http import HTTPStatus
from secrets import token_hex

from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from calsvc.errors import error_location
from calsvc.web.problems import problem_response

logger = logging.getLogger("calsvc.access")
REQUEST_ID = b"x-request-id"
CLIENT_CLOSED_REQUEST = 499
"""The status in the log for a client that disconnected before its response, as in nginx."""


OBSERVER = "observer"
"""The key of the `Observer` in the lifespan state (ASGI), which the server reads."""
Observer = Callable[[str, int, float], None]
"""A function that receives the route, the status and the seconds of each response."""


def is_observed(observer: Observer | None) -> bool:
    """Return True if responses are logged or counted."""
    return observer is not None or logger.isEnabledFor(logging.INFO)


class AccessLog:
    """Middleware that logs responses, and turns unhandled exceptions into a 500 response."""

    def __init__(self, app: ASGIApp, observer: Observer | None = None) -> None:
        """Wrap ``app``. ``observer`` is called after each response."""
        self.app = app
        self.observer = observer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request. Error responses carry the request id that the log has."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        start = time.perf_counter()
        status = 0

        async def record_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                if status >= HTTPStatus.BAD_REQUEST:
                    header = (REQUEST_ID, request_id(scope).encode())
                    message["headers"] = [*message["headers"], header]
            await send(message)

        try:
            await self.app(scope, receive, record_status)
        except ClientDisconnect:
            status = CLIENT_CLOSED_REQUEST
        except Exception as error:  # text and traceback are not logged: they may hold input
            logger.error(
                "failed: %s", error_location(error), extra={"request_id": request_id(scope)}
            )
            if not status:
                failure = problem_response(Request(scope), HTTPStatus.INTERNAL_SERVER_ERROR)
                await failure(scope, receive, record_status)
        log_response(scope, status, start, self.observer)


def log_response(scope: Scope, status: int, start: float, observer: Observer | None) -> None:
    """Log a response and call ``observer``; ``start`` is `time.perf_counter` at its request."""
    if not is_observed(observer):
        return
    seconds, route = time.perf_counter() - start, _route_name(scope)
    if observer:
        observer(route, status, seconds)
    if logger.isEnabledFor(logging.INFO):
        fields = {
            "request_id": request_id(scope),
            "method": scope["method"],
            "route": route,
            "status": int(status),
            "milliseconds": round(seconds * 1000, 1),
        }
        logger.info("%s %s %d %.1fms", *[*fields.values()][1:], extra=fields)


def request_id(scope: Scope) -> str:
    """Return the random id of a request. One that the client sent is never used."""
    id_: str = scope.setdefault("request_id", token_hex(8))
    return id_


def _route_name(scope: Scope) -> str:
    endpoint = scope.get("endpoint")
    return getattr(endpoint, "__name__", "none")
