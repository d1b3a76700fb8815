"""Responds to requests for feeds before Starlette's routing, and passes on all other requests."""

import time

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from calsvc.web.feeds.request import PLAIN_FEED_PATH, FeedRequest, is_feed_path
from calsvc.web.feeds.response import respond
from calsvc.web.observability.access_log import log_response
from calsvc.web.observability.metrics import Metrics
from calsvc.web.service import Service

FEED_METHODS = {"GET", "HEAD"}
ERROR_KEY = "feed_error"
"""The key of the ASGI scope in which an error is passed to the endpoints below."""


class FeedMiddleware:
    """Responds to GET and HEAD requests for feeds. It must be the outermost middleware.

    A request that fails is passed on to the application, whose handlers respond to all errors.
    """

    def __init__(self, app: ASGIApp, service: Service, observer: Metrics | None = None) -> None:
        """Pass other requests to ``app``. ``observer`` counts the responses."""
        self._app, self.service, self._observer = app, service, observer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond to one request, or pass it on."""
        if (
            scope["type"] != "http"
            or scope["method"] not in FEED_METHODS
            or not is_feed_path(scope["path"])
        ):
            await self._app(scope, receive, send)
            return
        start = time.perf_counter()
        try:
            status, headers, body = respond(self.service, FeedRequest.from_scope(scope))
        except Exception as error:
            scope[ERROR_KEY] = error
            await self._app(scope, receive, send)
            return
        content = b"" if scope["method"] == "HEAD" else body
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})
        scope["endpoint"] = calendar if scope["path"] == PLAIN_FEED_PATH else sealed_calendar
        log_response(scope, status, start, self._observer)
        if self._observer:
            self._observer.count_feed(dict(scope["headers"]).get(b"user-agent", b""))


async def calendar(request: Request) -> Response:
    """``GET /calendar.ics``: the feed of dates in the URL. Raises the error of the middleware."""
    raise request.scope[ERROR_KEY]


async def sealed_calendar(request: Request) -> Response:
    """``GET /c/{token}.ics``: the feed of a sealed link. Raises the error of the middleware."""
    raise request.scope[ERROR_KEY]
