"""Signs clerks in and out."""

from http import HTTPStatus

import anyio
from starlette.endpoints import HTTPEndpoint
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from calsvc import passwords
from calsvc.web.request_body import form_fields
from calsvc.web.service import service_of
from calsvc.web.staff.access import (
    BROWSER_COOKIE,
    SESSION_COOKIE,
    VISIT_COOKIE,
    cookie_of,
    desk_of,
    keep,
    own_fields,
    session_of,
    to,
)
from calsvc.web.staff.sessions import BROWSER_LASTS
from calsvc.web.staff.staff_page import StaffPage
from calsvc.web.staff.uploads import TOKEN


class LogIn(HTTPEndpoint):
    """``/staff/login``."""

    async def get(self, request: Request) -> Response:
        """The form."""
        return _log_in_page(request, HTTPStatus.OK)

    async def post(self, request: Request) -> Response:
        """A session, or the form again. Raises `HTTPException` 403, 429.

        A browser in which somebody signed in before is a client of its own. Clerks share the
        address of their office, and so nobody there can delay a known browser.
        """
        desk, fields = desk_of(request), await form_fields(request)
        visit = desk.sessions.visit(cookie_of(request, VISIT_COOKIE))
        if not desk.sessions.is_token(fields.get(TOKEN, ""), visit):
            return _log_in_page(request, HTTPStatus.FORBIDDEN, "stale")
        browser = desk.sessions.browser(cookie_of(request, BROWSER_COOKIE))
        client = browser or _address(request)
        if seconds := desk.attempts.wait(client):
            retry = {"Retry-After": str(seconds)}
            raise HTTPException(HTTPStatus.TOO_MANY_REQUESTS, headers=retry)
        if not await _fits(fields.get("password", ""), request, is_known=bool(browser)):
            return _log_in_page(request, HTTPStatus.FORBIDDEN, "wrong")
        desk.attempts.forget(client)
        response = to(request)
        keep(request, response, SESSION_COOKIE, desk.sessions.begin())
        keep(request, response, BROWSER_COOKIE, desk.sessions.mark_browser(), BROWSER_LASTS)
        keep(request, response, VISIT_COOKIE, "")
        return response


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _log_in_page(request: Request, status: HTTPStatus, fault: str = "") -> Response:
    sessions = desk_of(request).sessions
    cookie = sessions.greet()
    page = StaffPage(request, "staff_login.html", sessions.visit(cookie))
    response = page.answer({"fault": fault}, status, "/login")
    keep(request, response, VISIT_COOKIE, cookie)
    return response


async def _fits(password: str, request: Request, *, is_known: bool) -> bool:
    """Verify in a thread, few at a time. Known browsers do not queue behind strangers."""
    limiter = desk_of(request).verifying[is_known]
    hashed = service_of(request).settings.staff_password_hash
    return await anyio.to_thread.run_sync(passwords.fits, password, hashed, limiter=limiter)


async def log_out(request: Request) -> Response:
    """``POST /staff/logout``: the session's tables go with it."""
    await own_fields(request)
    desk_of(request).jobs.end(session_of(request))
    response = to(request, "/login")
    keep(request, response, SESSION_COOKIE, "")
    return response
