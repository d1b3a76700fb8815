"""What every staff page needs: who is signed in, forms of our own making, the frame of a page."""

import base64
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus

from anyio import CapacityLimiter
from starlette.datastructures import URL
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from calsvc.web.pages import PRIVATE, root_of
from calsvc.web.rate_limits import Attempts
from calsvc.web.request_body import form_fields
from calsvc.web.service import Service, base_of, service_of, words_for
from calsvc.web.staff.job import Job
from calsvc.web.staff.job_process import CHECK, Assignment
from calsvc.web.staff.job_runner import Workers
from calsvc.web.staff.job_store import Jobs
from calsvc.web.staff.sessions import LASTS, Sessions
from calsvc.web.staff.uploads import TOKEN

SESSION_COOKIE, VISIT_COOKIE = "calsvc_staff", "calsvc_staff_visit"
BROWSER_COOKIE = "calsvc_staff_browser"
"""Marks a browser in which somebody has signed in."""
PATH = "/staff"
FULL = "full"
"""The parameter with which the first page says that a session has its tables."""
MEGABYTE = 1 << 20
VERIFIED_AT_ONCE = 1
"""Each takes 64 MB."""


@dataclass(frozen=True)
class Desk:
    """What the staff pages of one running copy are made with."""

    sessions: Sessions
    attempts: Attempts
    verifying: Mapping[bool, CapacityLimiter]
    """Bounds the passwords that are verified at once, apart for browsers that are known."""
    jobs: Jobs
    workers: Workers

    def with_keys_of(self, service: Service) -> "Desk":
        """Returns this desk with the keys that ``service`` has now."""
        sessions = Sessions(service.keys, service.settings.staff_password_hash)
        return replace(self, sessions=sessions)

    def close(self) -> None:
        """Stop all work and remove all files."""
        self.workers.close()
        self.jobs.close()


def open_desk(service: Service) -> Desk:
    """Returns the desk of ``service``."""
    password_hash = service.settings.staff_password_hash
    return Desk(
        sessions=Sessions(service.keys, password_hash),
        attempts=Attempts(),
        verifying={is_known: CapacityLimiter(VERIFIED_AT_ONCE) for is_known in (True, False)},
        jobs=Jobs(password_hash.encode()),
        workers=Workers(),
    )


def desk_of(request: Request) -> Desk:
    """The desk that answers ``request``."""
    desk: Desk = request.app.state.desk
    return desk


class SignedIn:
    """Lets requests through that are of a session; others are led to the log-in page."""

    def __init__(self, app: ASGIApp) -> None:
        """``app``: what answers those who are signed in."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        desk = desk_of(request)
        session = desk.sessions.session(cookie_of(request, SESSION_COOKIE))
        scope["staff_session"] = "" if desk.jobs.has_ended(session) else session
        answer = self.app if scope["staff_session"] else to(request, "/login")
        await answer(scope, receive, send)


def session_of(request: Request) -> str:
    """The session of a request that `SignedIn` has let through."""
    session: str = request.scope["staff_session"]
    return session


def to(request: Request, place: str = "", *, full: bool = False) -> Response:
    """The way to another of the staff pages; ``full``: because no other table is taken."""
    address = f"{root_of(request)}{PATH}{place}?lang={words_for(request).language}"
    if full:
        address += f"&{FULL}=1"
    return RedirectResponse(str(URL(address)), HTTPStatus.SEE_OTHER, headers=PRIVATE)


def is_token(request: Request, given: str) -> bool:
    """Whether ``given`` is the token of the session of ``request``."""
    return desk_of(request).sessions.is_token(given, session_of(request))


async def own_fields(request: Request) -> Mapping[str, str]:
    """The fields of a form that this session was given. Raises `HTTPException` 403, 413, 415."""
    fields = await form_fields(request)
    if not is_token(request, fields.get(TOKEN, "")):
        raise HTTPException(HTTPStatus.FORBIDDEN)
    return fields


def job_of(request: Request) -> Job:
    """The job that the address names. Raises `HTTPException` 404."""
    job = desk_of(request).jobs.find(session_of(request), request.path_params["job"])
    if job is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return job


def assigned(
    request: Request, job: Job, task: str = CHECK, formats: tuple[str, ...] = ()
) -> Assignment:
    """What is to be done with ``job``."""
    service = service_of(request)
    return Assignment(
        folder=str(job.folder),
        municipalities=service.settings.municipalities,
        keys=tuple(base64.b64encode(key).decode() for key in service.keys),
        base=base_of(request),
        today=str(service.today()),
        task=task,
        formats=formats,
        language=words_for(request).language,
        parent=os.getpid(),
    )


def keep(request: Request, response: Response, name: str, value: str, seconds: int = LASTS) -> None:
    """Set a cookie for ``seconds``; an empty ``value`` ends it.

    Over plain HTTP it is for the staff pages alone. Over https, ``__Host-`` needs the whole host.
    """
    secure = _is_secure(request)
    response.set_cookie(
        _full_name(request, name),
        value,
        max_age=seconds if value else 0,
        path="/" if secure else f"{root_of(request)}{PATH}",
        secure=secure,
        httponly=True,
        samesite="strict",
    )


def cookie_of(request: Request, name: str) -> str:
    """Returns the cookie that `keep` has set, or ''."""
    return request.cookies.get(_full_name(request, name), "")


def _full_name(request: Request, name: str) -> str:
    """Returns the name under which neither plain HTTP nor another host can set the cookie."""
    return f"__Host-{name}" if _is_secure(request) else name


def _is_secure(request: Request) -> bool:
    scheme: str = request.scope["scheme"]
    return scheme == "https"
