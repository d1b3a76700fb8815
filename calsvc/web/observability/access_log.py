"""One line for each answer: the route's name, never the address, which may hold dates or a link."""

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
GONE = 499
"""The status that is written down where the caller left before there was an answer."""


OBSERVER = "observer"
"""The key under which the application's lifespan hands its `Observer` to the server."""
Observer = Callable[[str, int, float], None]
"""Takes the route, the status and the seconds of each response."""


def is_observed(observer: Observer | None) -> bool:
    """Returns True if responses are logged or ``observer`` is there to count them."""
    return observer is not None or logger.isEnabledFor(logging.INFO)


class AccessLog:
    """Writes down what was answered, and answers 500 for what nobody foresaw."""

    def __init__(self, app: ASGIApp, observer: Observer | None = None) -> None:
        """``observer`` is called after each response."""
        self.app = app
        self.observer = observer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. Errors carry the id under which the log tells of them."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        start = time.perf_counter()
        status = 0

        async def note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                if status >= HTTPStatus.BAD_REQUEST:
                    mark = (REQUEST_ID, request_id(scope).encode())
                    message["headers"] = [*message["headers"], mark]
            await send(message)

        try:
            await self.app(scope, receive, note)
        except ClientDisconnect:
            status = GONE
        except Exception as error:  # its text may hold what was sent, and so may its traceback
            logger.error(
                "failed: %s", error_location(error), extra={"request_id": request_id(scope)}
            )
            if not status:
                failure = problem_response(Request(scope), HTTPStatus.INTERNAL_SERVER_ERROR)
                await failure(scope, receive, note)
        answered(scope, status, start, self.observer)


def answered(scope: Scope, status: int, start: float, observer: Observer | None) -> None:
    """Log a response and call ``observer``; ``start`` is `time.perf_counter` at its request."""
    if not is_observed(observer):
        return
    seconds, route = time.perf_counter() - start, _route(scope)
    if observer:
        observer(route, status, seconds)
    if logger.isEnabledFor(logging.INFO):
        facts = {
            "request_id": request_id(scope),
            "method": scope["method"],
            "route": route,
            "status": int(status),
            "milliseconds": round(seconds * 1000, 1),
        }
        logger.info("%s %s %d %.1fms", *[*facts.values()][1:], extra=facts)


def request_id(scope: Scope) -> str:
    """What the log calls a request: of our own making, never what was sent."""
    known: str = scope.setdefault("request_id", token_hex(8))
    return known


def _route(scope: Scope) -> str:
    endpoint = scope.get("endpoint")
    return getattr(endpoint, "__name__", "none")
