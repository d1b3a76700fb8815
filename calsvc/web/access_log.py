"""One line for each answer: the route's name, never the address, which may hold dates or a link."""

import logging
import time
from http import HTTPStatus
from traceback import extract_tb

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from calsvc.web.problems import problem_response

logger = logging.getLogger("calsvc.access")


class AccessLog:
    """Writes down what was answered, and answers 500 for what nobody foresaw."""

    def __init__(self, app: ASGIApp) -> None:
        """``app``: what answers."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        start = time.perf_counter()
        status = 0

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, watch)
        except Exception as error:  # its text may hold what was sent, and so may its traceback
            logger.error("failed: %s", where(error))
            if not status:
                failure = problem_response(Request(scope), HTTPStatus.INTERNAL_SERVER_ERROR)
                await failure(scope, receive, watch)
        answered(scope, status, start)


def answered(scope: Scope, status: int, start: float) -> None:
    """Write down an answer; ``start`` is `time.perf_counter` when its request came."""
    if logger.isEnabledFor(logging.INFO):
        milliseconds = (time.perf_counter() - start) * 1000
        logger.info("%s %s %d %.1fms", scope["method"], _route(scope), status, milliseconds)


def _route(scope: Scope) -> str:
    endpoint = scope.get("endpoint")
    return getattr(endpoint, "__name__", "none")


def where(error: Exception) -> str:
    """The kind of error and the lines of code it passed through, without its message."""
    frames = [f"{frame.filename}:{frame.lineno}" for frame in extract_tb(error.__traceback__)]
    return f"{type(error).__name__} at {' < '.join(reversed(frames))}"
