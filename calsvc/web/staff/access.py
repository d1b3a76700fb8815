"""What every staff page needs: who is signed in, forms of our own making, the frame of a page."""

import base64
import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http import HTTPStatus

from anyio import CapacityLimiter
from starlette.datastructures import URL
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from calsvc.people.accounts import AccountsError, Role
from calsvc.people.audit import NO_DETAILS, Action, Detail
from calsvc.web.observability.metrics import Metrics
from calsvc.web.pages import PRIVATE, root_path
from calsvc.web.rate_limits import AttemptLimiter
from calsvc.web.request_body import read_form_fields
from calsvc.web.service import Service, get_request_catalog, get_service, require_base_url
from calsvc.web.staff.entrance import Entrance, ForgedNameError, Person, network_of
from calsvc.web.staff.job import Job
from calsvc.web.staff.job_process import CHECK, Assignment
from calsvc.web.staff.job_runner import Workers
from calsvc.web.staff.job_store import Jobs
from calsvc.web.staff.refusals import Refusals
from calsvc.web.staff.sessions import LASTS, Sessions
from calsvc.web.staff.threads import in_thread
from calsvc.web.staff.uploads import TOKEN

logger = logging.getLogger("calsvc.staff")
SESSION_COOKIE, VISIT_COOKIE = "calsvc_staff", "calsvc_staff_visit"
BROWSER_COOKIE = "calsvc_staff_browser"
"""Marks a browser in which somebody has signed in."""
PATH = "/staff"
FULL = "full"
"""The parameter with which the first page says that a session has its tables."""
MEGABYTE = 1 << 20
AGAIN_IN = 60
"""Seconds after which there may be room on the disk again."""
VERIFIED_AT_ONCE = 1
"""Each takes 64 MB."""
SET_AT_ONCE = 1
"""Letters of one resident; each takes a process of some 60 MB."""


@dataclass(frozen=True)
class Desk:
    """What the staff pages of one running copy are made with."""

    entrance: Entrance
    sessions: Sessions
    attempts: AttemptLimiter
    refusals: Refusals
    verifying: Mapping[bool, CapacityLimiter]
    """Bounds the passwords that are verified at once, apart for browsers that are known."""
    setting: CapacityLimiter
    """Bounds the letters of one resident that are set at once."""
    jobs: Jobs
    workers: Workers

    def with_keys_of(self, service: Service) -> "Desk":
        """Return this desk with the keys that ``service`` has now."""
        return replace(self, sessions=Sessions(service.keys))

    def close(self) -> None:
        """Stop all work and remove all files."""
        self.workers.close()
        self.jobs.close()


def open_desk(service: Service, metrics: Metrics | None = None) -> Desk:
    """Return the desk of ``service``. ``metrics`` counts runs that fail."""
    return Desk(
        entrance=Entrance(service.settings),
        sessions=Sessions(service.keys),
        attempts=AttemptLimiter(),
        refusals=Refusals(),
        verifying={is_known: CapacityLimiter(VERIFIED_AT_ONCE) for is_known in (True, False)},
        setting=CapacityLimiter(SET_AT_ONCE),
        jobs=Jobs(service.settings.state_dir.encode()),
        workers=Workers(metrics.count_failed_run) if metrics else Workers(),
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
        """Answer one request. Raises `HTTPException` 403, 404, 503."""
        request = Request(scope, receive)
        passed = await passed_name(request)
        session = desk_of(request).sessions.session(cookie_of(request, SESSION_COOKIE))
        with unavailable_on_error():
            person = await in_thread(desk_of(request).entrance.person, session, passed)
        if person is None:
            await refuse(request, "no_session")
            await to(request, "/login")(scope, receive, send)
            return
        scope["staff_person"] = person
        await self.app(scope, receive, send)


async def passed_name(request: Request) -> str:
    """Return the name that a proxy passes on, or ''. Raises `HTTPException` 403, 404, 503."""
    entrance = desk_of(request).entrance
    with unavailable_on_error():
        is_open = await in_thread(entrance.is_open)
    if not is_open:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    try:
        return entrance.passed_name(request.scope)
    except ForgedNameError:
        await refuse(request, "forged_name")
        raise HTTPException(HTTPStatus.FORBIDDEN) from None


def person_of(request: Request) -> Person:
    """Return who sent a request that `SignedIn` has let through."""
    person: Person = request.scope["staff_person"]
    return person


def session_of(request: Request) -> str:
    """The session of a request that `SignedIn` has let through."""
    return person_of(request).session


async def write_audit(
    request: Request, action: Action, who: str = "", context: Mapping[str, Detail] = NO_DETAILS
) -> None:
    """Write down an act; ``who``: '' for whoever is signed in. Raises `HTTPException` 503."""
    if not who and "staff_person" in request.scope:
        who = person_of(request).name
    write = desk_of(request).entrance.audit.write
    with unavailable_on_error():
        await in_thread(write, action, who, network_of(request.scope), context)


async def refuse(request: Request, reason: str) -> None:
    """Write down that a request is refused, once a minute for each network, route and reason."""
    route = request.url.path.removeprefix(root_path(request)).split("/")[:3]
    place = "/".join(route)
    if desk_of(request).refusals.is_new(f"{network_of(request.scope)} {place} {reason}"):
        await write_audit(request, Action.REFUSED, context={"route": place, "reason": reason})


async def for_managers(request: Request) -> None:
    """Raise `HTTPException` 403 unless a manager has sent ``request``."""
    if person_of(request).role is not Role.MANAGER:
        await refuse(request, "no_manager")
        raise HTTPException(HTTPStatus.FORBIDDEN)


@contextmanager
def unavailable_on_error() -> Iterator[None]:
    """Raise `HTTPException` 503 where the folder for the state cannot be read or written."""
    try:
        yield
    except (AccountsError, OSError) as error:
        # Names of files hold no more than a month, a machine or the digest of a session.
        where = f"{error.filename}: {error.strerror}" if isinstance(error, OSError) else error
        logger.error("staff cannot be served: %s", where)
        retry = {"Retry-After": str(AGAIN_IN)}
        raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, headers=retry) from None


def to(request: Request, place: str = "", *, full: bool = False) -> Response:
    """The way to another of the staff pages; ``full``: because no other table is taken."""
    address = f"{root_path(request)}{PATH}{place}?lang={get_request_catalog(request).language}"
    if full:
        address += f"&{FULL}=1"
    return RedirectResponse(str(URL(address)), HTTPStatus.SEE_OTHER, headers=PRIVATE)


def is_token(request: Request, given: str) -> bool:
    """Whether ``given`` is the token of the session of ``request``."""
    return desk_of(request).sessions.is_token(given, session_of(request))


async def own_fields(request: Request) -> Mapping[str, str]:
    """The fields of a form that this session was given. Raises `HTTPException` 403, 413, 415."""
    fields = await read_form_fields(request)
    if not is_token(request, fields.get(TOKEN, "")):
        await refuse(request, "foreign_form")
        raise HTTPException(HTTPStatus.FORBIDDEN)
    return fields


async def job_of(request: Request) -> Job:
    """Return the job of this session that the address names. Raises `HTTPException` 404."""
    job = desk_of(request).jobs.find(session_of(request), request.path_params["job"])
    if job is None:
        await refuse(request, "no_such_table")
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return job


def assigned(
    request: Request,
    job: Job,
    task: str = CHECK,
    formats: tuple[str, ...] = (),
    selection: str = "",
) -> Assignment:
    """What is to be done with ``job``."""
    service = get_service(request)
    return Assignment(
        folder=str(job.folder),
        municipalities=service.settings.municipalities,
        keys=tuple(base64.b64encode(key).decode() for key in service.keys),
        base=require_base_url(request),
        today=str(service.today()),
        task=task,
        formats=formats,
        language=get_request_catalog(request).language,
        parent=os.getpid(),
        selection=selection,
    )


def keep(request: Request, response: Response, name: str, value: str, seconds: int = LASTS) -> None:
    """Set a cookie for ``seconds``; an empty ``value`` ends it.

    Over plain HTTP it is for the staff pages alone. Over https, ``__Host-`` needs the whole host.
    """
    secure = is_secure(request)
    response.set_cookie(
        _full_name(request, name),
        value,
        max_age=seconds if value else 0,
        path="/" if secure else f"{root_path(request)}{PATH}",
        secure=secure,
        httponly=True,
        samesite="strict",
    )


def cookie_of(request: Request, name: str) -> str:
    """Return the cookie that `keep` has set, or ''."""
    return request.cookies.get(_full_name(request, name), "")


def _full_name(request: Request, name: str) -> str:
    """Return the name under which neither plain HTTP nor another host can set the cookie."""
    return f"__Host-{name}" if is_secure(request) else name


def is_secure(request: Request) -> bool:
    """True if the request came by https, to the service or to a trusted proxy before it."""
    scheme: str = request.scope["scheme"]
    return scheme == "https"
