"""The application: every route, in one table."""

import logging
import os
import time
from asyncio import get_running_loop
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import date
from signal import SIG_UNBLOCK, SIGHUP, pthread_sigmask
from threading import current_thread, main_thread
from typing import Any

import anyio
from starlette.applications import Starlette
from starlette.convertors import register_url_convertor
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Route
from starlette.types import ASGIApp

from calsvc.clock import today_in_japan
from calsvc.errors import InvalidInputError
from calsvc.links.content import InvalidTokenError
from calsvc.links.ended import EndedLinks, EndedLinksFileError, LinkEndedError
from calsvc.links.keys import InvalidKeysError, fingerprint
from calsvc.settings import Settings, load_settings
from calsvc.web.api.endpoints import healthz, links, readyz
from calsvc.web.api.milestones import milestones
from calsvc.web.api.openapi import openapi
from calsvc.web.feeds.middleware import FeedMiddleware, calendar, sealed_calendar
from calsvc.web.observability import access_log, metrics
from calsvc.web.observability.access_log import OBSERVER, AccessLog
from calsvc.web.page_queue import PageQueue, PageQueueMiddleware
from calsvc.web.problems import ended_link, http_error, invalid_input, invalid_link
from calsvc.web.rate_limits import PostLimiter, PostRateLimit
from calsvc.web.residents.about import accessibility, embed, privacy
from calsvc.web.residents.api_page import api_page
from calsvc.web.residents.city_choice import CodeConvertor, prefecture_page, wards_page
from calsvc.web.residents.edit import EditPage
from calsvc.web.residents.manifest import manifest
from calsvc.web.residents.pages import CityForm, FrontPage, sealed_page
from calsvc.web.security_headers import SecurityHeaders
from calsvc.web.service import create_service, reread_keys
from calsvc.web.staff import table_views
from calsvc.web.staff.access import STAFF_PATH, RequireSession, create_staff_state
from calsvc.web.staff.letter_of_one import letter_of_one
from calsvc.web.staff.login import LogIn, log_out
from calsvc.web.staff.one_resident import FrontDesk
from calsvc.web.staff.sessions_page import WhoIsHere
from calsvc.web.staff.usage import usage_counts
from calsvc.web.static_files import favicon, robots, static

logger = logging.getLogger("calsvc")
MIN_GZIP_BYTES = 1024
COMPRESSION_LEVEL = 1
"""A page gets a sixth larger than at level 9, in a third of the time."""
SWEEP_INTERVAL_SECONDS = 60
ENDED_LINKS_INTERVAL_SECONDS = 1
"""Between two checks of the file of ended links."""
GZIP = [Middleware(GZipMiddleware, minimum_size=MIN_GZIP_BYTES, compresslevel=COMPRESSION_LEVEL)]
QUEUED = [Middleware(PageQueueMiddleware)]
RATE_LIMITED = [Middleware(PostRateLimit), *QUEUED]
WITH_SESSION = [Middleware(RequireSession)]
register_url_convertor("code", CodeConvertor())
# The name of an endpoint is its label in logs and metrics. So it must not change.
ROUTES = (
    Route("/", FrontPage, middleware=[*GZIP, *RATE_LIMITED]),
    Route("/calendar.ics", calendar),
    Route("/c/{token}.ics", sealed_calendar),
    Route("/c/{token}", sealed_page, middleware=[*GZIP, *QUEUED]),
    Route("/c/{token}/edit", EditPage, middleware=[*GZIP, *RATE_LIMITED]),
    Route("/static/{name}", static, middleware=GZIP),
    Route("/robots.txt", robots),
    Route("/favicon.ico", favicon),
    Route("/manifest.webmanifest", manifest),
    Route("/privacy", privacy, middleware=GZIP),
    Route("/accessibility", accessibility, middleware=GZIP),
    Route("/embed", embed, middleware=GZIP),
    Route("/api", api_page, middleware=[*GZIP, *QUEUED]),
    Route("/api/milestones", milestones, middleware=QUEUED),
    Route("/api/links", links, methods=["POST"], middleware=RATE_LIMITED),
    Route("/openapi.json", openapi),
    Route("/healthz", healthz),
    Route("/readyz", readyz),
    Route("/prefectures/{number}", prefecture_page, middleware=GZIP),
    Route("/{code:code}/", CityForm, middleware=[*GZIP, *RATE_LIMITED]),
    Route("/{code:code}/wards", wards_page, middleware=GZIP),
)
STAFF_ROUTES = (
    Route(f"{STAFF_PATH}/login", LogIn, middleware=QUEUED),
    Route(STAFF_PATH, FrontDesk, middleware=WITH_SESSION),
    Route(f"{STAFF_PATH}/sessions", WhoIsHere, middleware=WITH_SESSION),
    Route(f"{STAFF_PATH}/counts", usage_counts, middleware=WITH_SESSION),
    Route(f"{STAFF_PATH}/logout", log_out, methods=["POST"], middleware=WITH_SESSION),
    Route(f"{STAFF_PATH}/letter", letter_of_one, methods=["POST"], middleware=WITH_SESSION),
    Route(f"{STAFF_PATH}/tables", table_views.send, methods=["POST"], middleware=WITH_SESSION),
    Route(f"{STAFF_PATH}/tables/{{job}}", table_views.show, middleware=WITH_SESSION),
    Route(f"{STAFF_PATH}/tables/{{job}}/status", table_views.status, middleware=WITH_SESSION),
    Route(f"{STAFF_PATH}/tables/{{job}}/faulty", table_views.faulty, middleware=WITH_SESSION),
    Route(
        f"{STAFF_PATH}/tables/{{job}}/check",
        table_views.check,
        methods=["POST"],
        middleware=WITH_SESSION,
    ),
    Route(
        f"{STAFF_PATH}/tables/{{job}}/start",
        table_views.begin,
        methods=["POST"],
        middleware=WITH_SESSION,
    ),
    Route(
        f"{STAFF_PATH}/tables/{{job}}/download",
        table_views.download,
        methods=["POST"],
        middleware=WITH_SESSION,
    ),
    Route(
        f"{STAFF_PATH}/tables/{{job}}/remove",
        table_views.remove,
        methods=["POST"],
        middleware=WITH_SESSION,
    ),
)


class Application(Starlette):
    """The routes, behind `FeedMiddleware`. Feeds need none of Starlette's middleware."""

    def build_middleware_stack(self) -> ASGIApp:
        """Return the outermost ASGI application."""
        stack = super().build_middleware_stack()
        self.feeds = FeedMiddleware(stack, self.state.service, self.state.observer)
        return self.feeds

    def reread_keys(self) -> None:
        """Use the keys that the key file now holds. If it is faulty, the old ones stay in use."""
        try:
            service = reread_keys(self.state.service)
        except InvalidKeysError as error:
            logger.error("The keys are as before. %s", error)
            return
        self.state.service = self.feeds.service = service
        self.state.staff = self.state.staff.with_keys_of(service)
        logger.warning("Read the keys again: %s seals.", fingerprint(service.keys[0]))
        self.export_key_fingerprint()

    def export_key_fingerprint(self) -> None:
        """Export the fingerprint of the key that seals."""
        if self.state.observer:
            self.state.observer.use_key(fingerprint(self.state.service.keys[0]))


def create_app(
    settings: Settings,
    *,
    today: Callable[[], date] = today_in_japan,
    observer: metrics.Metrics | None = None,
) -> Application:
    """Create the application. ``today`` returns the date in Japan.

    ``observer`` counts responses, links and runs. None without metrics.

    Raises the errors of `calsvc.web.service.create_service`.
    """
    service = create_service(settings, today)
    app = Application(
        routes=[*ROUTES, *STAFF_ROUTES],
        lifespan=_lifespan,
        middleware=[
            Middleware(AccessLog, observer=observer),
            Middleware(SecurityHeaders, frame_ancestors=settings.frame_ancestors),
        ],
        exception_handlers={
            InvalidInputError: invalid_input,
            InvalidTokenError: invalid_link,
            LinkEndedError: ended_link,
            HTTPException: http_error,
        },
    )
    app.state.service = service
    app.state.observer = observer
    app.router.redirect_slashes = False  # it would repeat the dates in a Location
    app.state.page_queue = PageQueue()
    app.state.post_limiter = PostLimiter(settings.posts_per_minute)
    app.state.staff = create_staff_state(service, observer)
    app.export_key_fingerprint()
    return app


@asynccontextmanager
async def _lifespan(app: Application) -> AsyncIterator[dict[str, Any]]:
    """Pass the observer to the server, and run the periodic tasks until shutdown."""
    if current_thread() is main_thread():  # Python handles signals in the main thread only
        get_running_loop().add_signal_handler(SIGHUP, app.reread_keys)
        pthread_sigmask(SIG_UNBLOCK, {SIGHUP})  # `calsvc serve` blocks it until now
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_follow_ended_links, app.state.service.ended)
        tasks.start_soon(_remove_expired, app)
        yield {OBSERVER: app.state.observer}
        tasks.cancel_scope.cancel()
    app.state.staff.close()


async def _follow_ended_links(ended: EndedLinks) -> None:
    """Read the file of ended links whenever it has changed, in a thread."""
    logged = ""
    while True:
        await anyio.sleep(ENDED_LINKS_INTERVAL_SECONDS)
        try:
            if await anyio.to_thread.run_sync(ended.reread):
                logged = ""
                logger.warning("Read the ended links again: %d.", len(ended.numbers))
        except (
            EndedLinksFileError,
            RuntimeError,
        ) as error:  # RuntimeError: no thread can be started
            if logged != str(error):
                logged = str(error)
                logger.error("The ended links are as before. %s", logged)


async def _remove_expired(app: Application) -> None:
    while True:
        with suppress(OSError, RuntimeError):  # a full disk, or no thread can be started
            await anyio.to_thread.run_sync(app.state.staff.jobs.sweep, time.time())
            await anyio.to_thread.run_sync(app.state.staff.authenticator.sessions.all)
            await anyio.to_thread.run_sync(app.state.staff.workers.forget_ended)
        await anyio.sleep(SWEEP_INTERVAL_SECONDS)


def create_app_from_env() -> Application:
    """Create the application from ``CALSVC_*`` variables, for a worker of ``calsvc serve``."""
    settings = load_settings(os.environ)
    access_log.logger.setLevel(logging.INFO if settings.access_log else logging.ERROR)
    folder = os.environ.get(metrics.MULTIPROC_VARIABLE, "")
    observer = metrics.Metrics(folder) if settings.metrics_port else None
    return create_app(settings, observer=observer)
