"""Answers requests for feeds ahead of Starlette and passes all others on."""

import time

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from calsvc.web.feeds.request import PLAIN_PATH, FeedRequest, is_feed_path
from calsvc.web.feeds.response import respond
from calsvc.web.observability.access_log import log_response
from calsvc.web.observability.metrics import Metrics
from calsvc.web.service import Service

METHODS = {"GET", "HEAD"}
ERROR = "feed_error"
"""The key of the scope under which an error reaches the routes below."""


class FeedMiddleware:
    """Answers GET and HEAD for feeds. It must be the outermost middleware.

    What fails is passed on to the application, whose handlers build the response to every error.
    """

    def __init__(self, app: ASGIApp, service: Service, observer: Metrics | None = None) -> None:
        """``app`` answers every other request. ``observer`` counts each response."""
        self._app, self.service, self._observer = app, service, observer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if (
            scope["type"] != "http"
            or scope["method"] not in METHODS
            or not is_feed_path(scope["path"])
        ):
            await self._app(scope, receive, send)
            return
        start = time.perf_counter()
        try:
            status, headers, body = respond(self.service, FeedRequest.from_scope(scope))
        except Exception as error:
            scope[ERROR] = error
            await self._app(scope, receive, send)
            return
        content = b"" if scope["method"] == "HEAD" else body
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})
        scope["endpoint"] = calendar if scope["path"] == PLAIN_PATH else sealed_calendar
        log_response(scope, status, start, self._observer)
        if self._observer:
            self._observer.count_feed(dict(scope["headers"]).get(b"user-agent", b""))


async def calendar(request: Request) -> Response:
    """``GET /calendar.ics``: the feed from plain dates. Raises what went wrong with it."""
    raise request.scope[ERROR]


async def sealed_calendar(request: Request) -> Response:
    """``GET /c/{token}.ics``: the feed of a sealed link. Raises what went wrong with it."""
    raise request.scope[ERROR]
