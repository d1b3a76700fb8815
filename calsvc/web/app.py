"""The application: every route, in one table."""

import logging
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import date

import anyio
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import ClientDisconnect
from starlette.routing import Route

from calsvc import settings
from calsvc.errors import InvalidInput
from calsvc.fields import today_in_japan
from calsvc.links import BadLinkError
from calsvc.settings import Settings
from calsvc.web import access_log, staff
from calsvc.web.access_log import AccessLog
from calsvc.web.api import healthz, links, milestones
from calsvc.web.assets import robots, static
from calsvc.web.feeds import Feeds
from calsvc.web.openapi import openapi
from calsvc.web.pages import FrontPage, sealed_page
from calsvc.web.problems import bad_link, http_error, hung_up, invalid_input
from calsvc.web.security import SecurityHeaders
from calsvc.web.service import start
from calsvc.web.staff_desk import Desk, open_desk

SMALLEST_COMPRESSED = 1024
SECONDS_BETWEEN_SWEEPS = 60
COMPRESSED = [Middleware(GZipMiddleware, minimum_size=SMALLEST_COMPRESSED)]
ROUTES = (
    Route("/", FrontPage, middleware=COMPRESSED),
    Route("/c/{token}", sealed_page, middleware=COMPRESSED),
    Route("/static/{name}", static, middleware=COMPRESSED),
    Route("/robots.txt", robots),
    Route("/api/milestones", milestones),
    Route("/api/links", links, methods=["POST"]),
    Route("/openapi.json", openapi),
    Route("/healthz", healthz),
)


def create_app(configured: Settings, *, today: Callable[[], date] = today_in_japan) -> Starlette:
    """The service with its settings; ``today`` tells what day it is in Japan.

    Raises `calsvc.errors.InvalidFile` for a faulty municipality, `calsvc.keys.BadKeysError`.
    """
    service = start(configured, today)
    app = Starlette(
        routes=[*ROUTES, *(staff.ROUTES if configured.staff_password_hash else ())],
        lifespan=_lifespan,
        middleware=[
            Middleware(AccessLog),
            Middleware(Feeds, service=service),
            Middleware(SecurityHeaders, frame_ancestors=configured.frame_ancestors),
        ],
        exception_handlers={
            InvalidInput: invalid_input,
            BadLinkError: bad_link,
            HTTPException: http_error,
            ClientDisconnect: hung_up,
        },
    )
    app.router.redirect_slashes = False  # it would repeat the dates in a Location
    app.state.service = service
    app.state.desk = open_desk(configured) if configured.staff_password_hash else None
    app.state.verifying = anyio.CapacityLimiter(staff.VERIFIED_AT_ONCE)
    return app


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    """Meanwhile, what staff have left behind is removed; at the end, all that they have sent."""
    desk = app.state.desk
    if desk is None:
        yield
        return
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_sweep, desk)
        yield
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
    logging.basicConfig(format="%(asctime)s %(name)s %(message)s")
    access_log.logger.setLevel(logging.INFO if configured.access_log else logging.ERROR)
    return create_app(configured)
