"""Signs people in and out."""

from collections.abc import Mapping
from http import HTTPStatus

import anyio
from starlette.endpoints import HTTPEndpoint
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from calsvc import passwords
from calsvc.people.accounts import Account, normalize_name
from calsvc.people.audit import Action
from calsvc.people.session_files import digest
from calsvc.web.request_body import read_form_fields
from calsvc.web.service import get_service
from calsvc.web.staff.access import (
    BROWSER_COOKIE,
    SESSION_COOKIE,
    VISIT_COOKIE,
    cookie_of,
    desk_of,
    is_secure,
    keep,
    own_fields,
    passed_name,
    session_of,
    to,
    unavailable_on_error,
    write_audit,
)
from calsvc.web.staff.entrance import network_of
from calsvc.web.staff.sessions import BROWSER_LASTS
from calsvc.web.staff.staff_page import StaffPage
from calsvc.web.staff.threads import in_thread
from calsvc.web.staff.uploads import TOKEN

ENDED = "ended"
"""The message that a session has ended. The others are faults."""
OWN_HOSTS = {"localhost", "127.0.0.1", "::1"}
"""Hosts whose traffic does not leave the machine."""


class LogIn(HTTPEndpoint):
    """``/staff/login``."""

    async def get(self, request: Request) -> Response:
        """Return the form. Raises `HTTPException` 403, 404, 503."""
        passed = await passed_name(request)
        if not _may_travel(request):
            return _log_in_page(request, HTTPStatus.FORBIDDEN, "plain_http")
        message = ENDED if await _has_ended(request, passed) else ""
        return _log_in_page(request, HTTPStatus.OK, message, passed)

    async def post(self, request: Request) -> Response:
        """Begin a session, or return the form again. Raises `HTTPException` 403, 404, 429, 503.

        A browser in which somebody signed in before is a client of its own. Clerks share the
        address of their office, and so nobody there can delay a known browser.
        """
        passed = await passed_name(request)
        if not _may_travel(request):
            return _log_in_page(request, HTTPStatus.FORBIDDEN, "plain_http")
        desk, fields = desk_of(request), await read_form_fields(request)
        name = fields.get("name", "")
        visit = desk.sessions.visit(cookie_of(request, VISIT_COOKIE))
        if not desk.sessions.is_token(fields.get(TOKEN, ""), visit):
            return _log_in_page(request, HTTPStatus.FORBIDDEN, "stale", passed, name)
        browser = desk.sessions.browser(cookie_of(request, BROWSER_COOKIE))
        client = browser or _address(request)
        if seconds := desk.attempts.hit(client):
            await write_audit(request, Action.SIGN_IN_FAILED, context={"reason": "too_many"})
            retry = {"Retry-After": str(seconds)}
            raise HTTPException(HTTPStatus.TOO_MANY_REQUESTS, headers=retry)
        account = await _account(request, fields, passed, is_known=bool(browser))
        if account is None:
            return _log_in_page(request, HTTPStatus.FORBIDDEN, "wrong", passed, name)
        desk.attempts.reset(client)
        return await _begin(request, account)


async def _account(
    request: Request, fields: Mapping[str, str], passed: str, *, is_known: bool
) -> Account | None:
    """Return the account that may sign in, or None, which is written down.

    A name that nobody has is not written down, because it may be a password in the wrong field.
    """
    entrance = desk_of(request).entrance
    if entrance.header:
        if account := entrance.account(passed):
            return account
        await write_audit(request, Action.SIGN_IN_FAILED, context={"reason": "no_name_passed"})
        return None
    name = normalize_name(fields.get("name", ""))
    account = entrance.account(name)
    hashed = account.password_hash if account else ""
    if await _fits(fields.get("password", ""), hashed, request, is_known=is_known):
        return account
    await write_audit(
        request, Action.SIGN_IN_FAILED, account.name if account else "", context={"reason": "wrong"}
    )
    return None


async def _begin(request: Request, account: Account) -> Response:
    desk = desk_of(request)
    cookie = desk.sessions.begin()
    session = desk.sessions.session(cookie)
    await write_audit(request, Action.SIGN_IN, account.name, {"role": account.role})
    with unavailable_on_error():
        start = desk.entrance.sessions.start
        await in_thread(start, session, account.name, network_of(request.scope))
    response = to(request)
    keep(request, response, SESSION_COOKIE, cookie)
    keep(request, response, BROWSER_COOKIE, desk.sessions.mark_browser(), BROWSER_LASTS)
    keep(request, response, VISIT_COOKIE, "")
    return response


def _may_travel(request: Request) -> bool:
    """True if a password is encrypted on its way, or need not be, or the office said so."""
    settings = get_service(request).settings
    return is_secure(request) or settings.staff_plain_http or request.url.hostname in OWN_HOSTS


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


async def _has_ended(request: Request, passed: str) -> bool:
    """Returns whether the browser still holds a session that has ended."""
    desk = desk_of(request)
    cookie = cookie_of(request, SESSION_COOKIE)
    with unavailable_on_error():
        person = await in_thread(desk.entrance.person, desk.sessions.session(cookie), passed)
    return bool(cookie) and person is None


def _log_in_page(
    request: Request, status: HTTPStatus, message: str = "", passed: str = "", name: str = ""
) -> Response:
    desk = desk_of(request)
    cookie = desk.sessions.greet()
    page = StaffPage(request, "staff_login.html", desk.sessions.visit(cookie))
    context = {
        "fault": message if message != ENDED else "",
        "has_ended": message == ENDED,
        "name": name,
        "passed": passed,
        "by_proxy": bool(desk.entrance.header),
    }
    response = page.render(context, status, "/login")
    keep(request, response, VISIT_COOKIE, cookie)
    return response


async def _fits(password: str, hashed: str, request: Request, *, is_known: bool) -> bool:
    """Verify in a thread, few at a time. Known browsers do not queue behind strangers.

    A name that nobody has takes as long as a wrong password.
    """
    limiter = desk_of(request).verifying[is_known]
    verify_password = await anyio.to_thread.run_sync(
        passwords.verify_password,
        password,
        hashed or passwords.hash_of_unknown_name(),
        limiter=limiter,
    )
    return verify_password and bool(hashed)


async def log_out(request: Request) -> Response:
    """``POST /staff/logout``: the session's tables go with it."""
    await own_fields(request)
    desk, ended = desk_of(request), digest(session_of(request))
    with unavailable_on_error():
        await in_thread(desk.entrance.sessions.end, ended)
        await in_thread(desk.jobs.end, ended)
    await write_audit(request, Action.SIGN_OUT)
    response = to(request, "/login")
    keep(request, response, SESSION_COOKIE, "")
    return response
