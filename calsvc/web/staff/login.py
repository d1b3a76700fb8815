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
from calsvc.people.session_files import compute_public_id
from calsvc.web.request_body import read_form_fields
from calsvc.web.service import get_service
from calsvc.web.staff.access import (
    BROWSER_COOKIE,
    LOGIN_COOKIE,
    SESSION_COOKIE,
    get_cookie,
    get_staff_state,
    is_secure,
    proxy_user_name,
    read_form_with_csrf_token,
    redirect_to,
    session_of,
    set_cookie,
    unavailable_on_error,
    write_audit,
)
from calsvc.web.staff.authenticator import network_of
from calsvc.web.staff.sessions import BROWSER_SECONDS
from calsvc.web.staff.staff_page import StaffPage
from calsvc.web.staff.threads import in_thread
from calsvc.web.staff.uploads import CSRF_FIELD

ENDED = "ended"
"""The key of the message that a session has ended. All other keys are errors."""
LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1"}
"""Hosts whose traffic does not leave the machine."""


class LogIn(HTTPEndpoint):
    """``/staff/login``: the log-in page."""

    async def get(self, request: Request) -> Response:
        """Return the form. Raises `HTTPException` 403, 404, 503."""
        proxy_name = await proxy_user_name(request)
        if not _is_transport_allowed(request):
            return _login_page(request, HTTPStatus.FORBIDDEN, "plain_http")
        message = ENDED if await _has_ended(request, proxy_name) else ""
        return _login_page(request, HTTPStatus.OK, message, proxy_name)

    async def post(self, request: Request) -> Response:
        """Begin a session, or return the form again. Raises `HTTPException` 403, 404, 429, 503.

        A browser with an earlier sign-in counts as a separate client. The clerks of an office share
        an IP address. Otherwise wrong passwords of one clerk would delay the others.
        """
        proxy_name = await proxy_user_name(request)
        if not _is_transport_allowed(request):
            return _login_page(request, HTTPStatus.FORBIDDEN, "plain_http")
        staff, fields = get_staff_state(request), await read_form_fields(request)
        name = fields.get("name", "")
        visit = staff.sessions.visit(get_cookie(request, LOGIN_COOKIE))
        if not staff.sessions.is_csrf_token(fields.get(CSRF_FIELD, ""), visit):
            return _login_page(request, HTTPStatus.FORBIDDEN, "stale", proxy_name, name)
        browser = staff.sessions.browser(get_cookie(request, BROWSER_COOKIE))
        client = browser or _address(request)
        if seconds := staff.attempts.hit(client):
            await write_audit(request, Action.SIGN_IN_FAILED, context={"reason": "too_many"})
            retry = {"Retry-After": str(seconds)}
            raise HTTPException(HTTPStatus.TOO_MANY_REQUESTS, headers=retry)
        account = await _account(request, fields, proxy_name, is_known=bool(browser))
        if account is None:
            return _login_page(request, HTTPStatus.FORBIDDEN, "wrong", proxy_name, name)
        staff.attempts.reset(client)
        return await _begin(request, account)


async def _account(
    request: Request, fields: Mapping[str, str], proxy_name: str, *, is_known: bool
) -> Account | None:
    """Return the account that may sign in, or None after an entry in the audit log.

    An unknown name is not logged, because it may be a password in the wrong field.
    """
    authenticator = get_staff_state(request).authenticator
    if authenticator.header:
        if account := authenticator.account(proxy_name):
            return account
        await write_audit(request, Action.SIGN_IN_FAILED, context={"reason": "no_name_passed"})
        return None
    name = normalize_name(fields.get("name", ""))
    account = authenticator.account(name)
    hashed = account.password_hash if account else ""
    if await _verify_password(fields.get("password", ""), hashed, request, is_known=is_known):
        return account
    await write_audit(
        request, Action.SIGN_IN_FAILED, account.name if account else "", context={"reason": "wrong"}
    )
    return None


async def _begin(request: Request, account: Account) -> Response:
    staff = get_staff_state(request)
    cookie = staff.sessions.new_session_cookie()
    session = staff.sessions.session(cookie)
    await write_audit(request, Action.SIGN_IN, account.name, {"role": account.role})
    with unavailable_on_error():
        start = staff.authenticator.sessions.start
        await in_thread(start, session, account.name, network_of(request.scope))
    response = redirect_to(request)
    set_cookie(request, response, SESSION_COOKIE, cookie)
    set_cookie(
        request, response, BROWSER_COOKIE, staff.sessions.new_browser_cookie(), BROWSER_SECONDS
    )
    set_cookie(request, response, LOGIN_COOKIE, "")
    return response


def _is_transport_allowed(request: Request) -> bool:
    """Return True if the password is encrypted, stays on this host, or plain HTTP is allowed."""
    settings = get_service(request).settings
    return is_secure(request) or settings.staff_plain_http or request.url.hostname in LOCAL_HOSTS


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


async def _has_ended(request: Request, proxy_name: str) -> bool:
    """Return True if the browser still has the cookie of an ended session."""
    staff = get_staff_state(request)
    cookie = get_cookie(request, SESSION_COOKIE)
    with unavailable_on_error():
        person = await in_thread(
            staff.authenticator.person, staff.sessions.session(cookie), proxy_name
        )
    return bool(cookie) and person is None


def _login_page(
    request: Request, status: HTTPStatus, message: str = "", proxy_name: str = "", name: str = ""
) -> Response:
    staff = get_staff_state(request)
    cookie = staff.sessions.new_login_cookie()
    page = StaffPage(request, "staff_login.html", staff.sessions.visit(cookie))
    context = {
        "error": message if message != ENDED else "",
        "has_ended": message == ENDED,
        "name": name,
        "passed": proxy_name,
        "by_proxy": bool(staff.authenticator.header),
    }
    response = page.render(context, status, "/login")
    set_cookie(request, response, LOGIN_COOKIE, cookie)
    return response


async def _verify_password(password: str, hashed: str, request: Request, *, is_known: bool) -> bool:
    """Return True if the password is right. It is verified in a thread, few at a time.

    Known browsers have a queue of their own. An unknown name takes as long as a wrong password.
    """
    limiter = get_staff_state(request).password_limiters[is_known]
    is_right = await anyio.to_thread.run_sync(
        passwords.verify_password,
        password,
        hashed or passwords.hash_of_unknown_name(),
        limiter=limiter,
    )
    return is_right and bool(hashed)


async def log_out(request: Request) -> Response:
    """``POST /staff/logout``: end the session and remove its tables."""
    await read_form_with_csrf_token(request)
    staff, ended = get_staff_state(request), compute_public_id(session_of(request))
    with unavailable_on_error():
        await in_thread(staff.authenticator.sessions.end, ended)
        await in_thread(staff.jobs.end, ended)
    await write_audit(request, Action.SIGN_OUT)
    response = redirect_to(request, "/login")
    set_cookie(request, response, SESSION_COOKIE, "")
    return response
