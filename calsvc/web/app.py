"""The application: every route, in one table."""

import logging
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import date
from typing import Any

import anyio
from starlette.applications import Starlette
from starlette.convertors import register_url_convertor
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Route
from starlette.types import ASGIApp

from calsvc import settings
from calsvc.clock import today_in_japan
from calsvc.errors import InvalidInput
from calsvc.links.content import InvalidTokenError
from calsvc.settings import Settings
from calsvc.web.api.endpoints import healthz, links, readyz
from calsvc.web.api.milestones import milestones
from calsvc.web.api.openapi import openapi
from calsvc.web.feeds.middleware import FeedMiddleware, calendar, sealed_calendar
from calsvc.web.observability import access_log, metrics
from calsvc.web.observability.access_log import OBSERVER, AccessLog, Observer
from calsvc.web.problems import bad_link, http_error, invalid_input
from calsvc.web.rate_limits import LimitedPosts, Posts
from calsvc.web.residents.city_choice import CodeConvertor, prefecture_page, wards_page
from calsvc.web.residents.edit import EditPage
from calsvc.web.residents.pages import CityForm, FrontPage, sealed_page
from calsvc.web.security_headers import SecurityHeaders
from calsvc.web.service import start
from calsvc.web.staff import table_views
from calsvc.web.staff.access import PATH, Desk, SignedIn, open_desk
from calsvc.web.staff.login import VERIFIED_AT_ONCE, LogIn, log_out
from calsvc.web.staff.one_resident import FrontDesk
from calsvc.web.static_files import robots, static

SMALLEST_COMPRESSED = 1024
SECONDS_BETWEEN_SWEEPS = 60
COMPRESSED = [Middleware(GZipMiddleware, minimum_size=SMALLEST_COMPRESSED)]
LIMITED = [Middleware(LimitedPosts)]
SIGNED_IN = [Middleware(SignedIn)]
register_url_convertor("code", CodeConvertor())
ROUTES = (
    Route("/", FrontPage, middleware=[*COMPRESSED, *LIMITED]),
    Route("/calendar.ics", calendar),
    Route("/c/{token}.ics", sealed_calendar),
    Route("/c/{token}", sealed_page, middleware=COMPRESSED),
    Route("/c/{token}/edit", EditPage, middleware=[*COMPRESSED, *LIMITED]),
    Route("/static/{name}", static, middleware=COMPRESSED),
    Route("/robots.txt", robots),
    Route("/api/milestones", milestones),
    Route("/api/links", links, methods=["POST"], middleware=LIMITED),
    Route("/openapi.json", openapi),
    Route("/healthz", healthz),
    Route("/readyz", readyz),
    Route("/prefectures/{number}", prefecture_page, middleware=COMPRESSED),
    Route("/{code:code}/", CityForm, middleware=[*COMPRESSED, *LIMITED]),
    Route("/{code:code}/wards", wards_page, middleware=COMPRESSED),
)
STAFF_ROUTES = (
    Route(f"{PATH}/login", LogIn),
    Route(PATH, FrontDesk, middleware=SIGNED_IN),
    Route(f"{PATH}/logout", log_out, methods=["POST"], middleware=SIGNED_IN),
    Route(f"{PATH}/tables", table_views.send, methods=["POST"], middleware=SIGNED_IN),
    Route(f"{PATH}/tables/{{job}}", table_views.show, middleware=SIGNED_IN),
    Route(f"{PATH}/tables/{{job}}/status", table_views.status, middleware=SIGNED_IN),
    Route(f"{PATH}/tables/{{job}}/faulty", table_views.faulty, middleware=SIGNED_IN),
    Route(
        f"{PATH}/tables/{{job}}/check", table_views.check, methods=["POST"], middleware=SIGNED_IN
    ),
    Route(
        f"{PATH}/tables/{{job}}/start", table_views.begin, methods=["POST"], middleware=SIGNED_IN
    ),
    Route(
        f"{PATH}/tables/{{job}}/download",
        table_views.download,
        methods=["POST"],
        middleware=SIGNED_IN,
    ),
    Route(
        f"{PATH}/tables/{{job}}/remove", table_views.remove, methods=["POST"], middleware=SIGNED_IN
    ),
)


class Application(Starlette):
    """The routes, behind `FeedMiddleware`: feeds need none of Starlette's own layers."""

    def build_middleware_stack(self) -> ASGIApp:
        """Returns what answers a request."""
        stack = super().build_middleware_stack()
        return FeedMiddleware(stack, self.state.service, self.state.observer)


def create_app(
    configured: Settings,
    *,
    today: Callable[[], date] = today_in_japan,
    observer: Observer | None = None,
) -> Starlette:
    """The service with its settings; ``today`` tells what day it is in Japan.

    ``observer`` is called after each response, see `AccessLog`.

    Raises `calsvc.errors.InvalidFile` for a faulty municipality, `calsvc.links.keys.BadKeysError`.
    """
    service = start(configured, today)
    app = Application(
        routes=[*ROUTES, *(STAFF_ROUTES if configured.staff_password_hash else ())],
        lifespan=_lifespan,
        middleware=[
            Middleware(AccessLog, observer=observer),
            Middleware(SecurityHeaders, frame_ancestors=configured.frame_ancestors),
        ],
        exception_handlers={
            InvalidInput: invalid_input,
            InvalidTokenError: bad_link,
            HTTPException: http_error,
        },
    )
    app.state.service = service
    app.state.observer = observer
    app.router.redirect_slashes = False  # it would repeat the dates in a Location
    app.state.posts = Posts(configured.posts_per_minute)
    app.state.desk = open_desk(configured) if configured.staff_password_hash else None
    app.state.verifying = anyio.CapacityLimiter(VERIFIED_AT_ONCE)
    return app


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[dict[str, Any]]:
    """Hand the observer to the server, and remove what staff leave behind."""
    state = {OBSERVER: app.state.observer}
    desk = app.state.desk
    if desk is None:
        yield state
        return
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_sweep, desk)
        yield state
        tasks.cancel_scope.cancel()
    desk.close()


async def _sweep(desk: Desk) -> None:
    while True:
        with suppress(OSError):
            await anyio.to_thread.run_sync(desk.jobs.sweep, time.time())
        await anyio.sleep(SECONDS_BETWEEN_SWEEPS)


def app_from_environment() -> Starlette:
    """The service as ``CALSVC_*`` variables say: what each worker of ``calsvc serve`` runs."""
    configured = settings.load(os.environ)
    access_log.logger.setLevel(logging.INFO if configured.access_log else logging.ERROR)
    observer = metrics.counting() if configured.metrics_port else None
    return create_app(configured, observer=observer)
