"""Controls the access to staff pages: sessions, cookies, CSRF tokens, audit log."""

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

from calsvc.bulk.styles import Styles, load_styles
from calsvc.people.accounts import AccountsError, Role
from calsvc.people.audit import NO_DETAILS, Action, Detail
from calsvc.web.observability.metrics import Metrics
from calsvc.web.pages import PRIVATE, root_path
from calsvc.web.rate_limits import AttemptLimiter
from calsvc.web.request_body import read_form_fields
from calsvc.web.service import Service, get_request_catalog, get_service, require_base_url
from calsvc.web.staff.authenticator import Authenticator, ForgedNameError, Person, network_of
from calsvc.web.staff.job import Job
from calsvc.web.staff.job_process import CHECK, JobSpec
from calsvc.web.staff.job_runner import JobRunner
from calsvc.web.staff.job_store import JobStore
from calsvc.web.staff.refusals import RefusalThrottle
from calsvc.web.staff.sessions import SESSION_SECONDS, Sessions
from calsvc.web.staff.threads import in_thread
from calsvc.web.staff.uploads import CSRF_FIELD

logger = logging.getLogger("calsvc.staff")
SESSION_COOKIE, LOGIN_COOKIE = "calsvc_staff", "calsvc_staff_visit"
BROWSER_COOKIE = "calsvc_staff_browser"
"""The cookie of a browser with an earlier sign-in."""
STAFF_PATH = "/staff"
FULL_PARAM = "full"
"""The parameter for the notice that a session has the maximum number of tables."""
MEGABYTE = 1 << 20
RETRY_AFTER_SECONDS = 60
"""Seconds for Retry-After if the disk is full or the state cannot be read."""
MAX_VERIFICATIONS = 1
"""Passwords verified at the same time. Each takes 64 MB."""
MAX_TYPESETTINGS = 1
"""Letters of one resident typeset at the same time. Each takes a process of some 60 MB."""


@dataclass(frozen=True)
class StaffState:
    """The objects that all staff pages of one process share."""

    authenticator: Authenticator
    sessions: Sessions
    attempts: AttemptLimiter
    refusals: RefusalThrottle
    password_limiters: Mapping[bool, CapacityLimiter]
    """Limits how many passwords are verified at once. True: those of known browsers."""
    typesetting_limiter: CapacityLimiter
    """Limits how many letters of one resident are typeset at once."""
    jobs: JobStore
    workers: JobRunner
    styles: Styles
    """Letters and messages by municipality."""

    def with_keys_of(self, service: Service) -> "StaffState":
        """Return a copy with the keys of ``service``."""
        return replace(self, sessions=Sessions(service.keys))

    def close(self) -> None:
        """Stop all job processes and remove all files."""
        self.workers.close()
        self.jobs.close()


def create_staff_state(service: Service, metrics: Metrics | None = None) -> StaffState:
    """Create the state of the staff pages. ``metrics`` counts failed job processes.

    Raises `MunicipalityFileError` for a faulty file of `Settings.letter_settings`.
    """
    return StaffState(
        authenticator=Authenticator(service.settings),
        sessions=Sessions(service.keys),
        attempts=AttemptLimiter(),
        refusals=RefusalThrottle(),
        password_limiters={
            is_known: CapacityLimiter(MAX_VERIFICATIONS) for is_known in (True, False)
        },
        typesetting_limiter=CapacityLimiter(MAX_TYPESETTINGS),
        jobs=JobStore(service.settings.state_dir.encode()),
        workers=JobRunner(metrics.count_failed_run) if metrics else JobRunner(),
        styles=load_styles(
            service.settings.letter_settings, service.municipalities
        ).without_towns(),
    )


def get_staff_state(request: Request) -> StaffState:
    """Return the state of the staff pages in the application of ``request``."""
    staff: StaffState = request.app.state.staff
    return staff


class RequireSession:
    """Middleware that redirects requests without a session to the log-in page."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request. Raises `HTTPException` 403, 404, 503."""
        request = Request(scope, receive)
        proxy_name = await proxy_user_name(request)
        session = get_staff_state(request).sessions.session(get_cookie(request, SESSION_COOKIE))
        with unavailable_on_error():
            person = await in_thread(
                get_staff_state(request).authenticator.person, session, proxy_name
            )
        if person is None:
            await log_refusal(request, "no_session")
            await redirect_to(request, "/login")(scope, receive, send)
            return
        scope["staff_person"] = person
        await self.app(scope, receive, send)


async def proxy_user_name(request: Request) -> str:
    """Return the name that a proxy passes on, or ''. Raises `HTTPException` 403, 404, 503."""
    authenticator = get_staff_state(request).authenticator
    with unavailable_on_error():
        is_open = await in_thread(authenticator.is_open)
    if not is_open:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    try:
        return authenticator.proxy_user_name(request.scope)
    except ForgedNameError:
        await log_refusal(request, "forged_name")
        raise HTTPException(HTTPStatus.FORBIDDEN) from None


def person_of(request: Request) -> Person:
    """Return the person of a request that `RequireSession` has checked."""
    person: Person = request.scope["staff_person"]
    return person


def session_of(request: Request) -> str:
    """Return the session of a request that `RequireSession` has checked."""
    return person_of(request).session


async def write_audit(
    request: Request, action: Action, who: str = "", context: Mapping[str, Detail] = NO_DETAILS
) -> None:
    """Log an act. ``who``: '' for the person of the session. Raises `HTTPException` 503."""
    if not who and "staff_person" in request.scope:
        who = person_of(request).name
    write = get_staff_state(request).authenticator.audit.write
    with unavailable_on_error():
        await in_thread(write, action, who, network_of(request.scope), context)


async def log_refusal(request: Request, reason: str) -> None:
    """Log a refused request, once a minute for each network, route and reason."""
    route = request.url.path.removeprefix(root_path(request)).split("/")[:3]
    path = "/".join(route)
    if get_staff_state(request).refusals.is_first_in_interval(
        f"{network_of(request.scope)} {path} {reason}"
    ):
        await write_audit(request, Action.REFUSED, context={"route": path, "reason": reason})


async def require_manager(request: Request) -> None:
    """Raise `HTTPException` 403 unless a manager has sent ``request``."""
    if person_of(request).role is not Role.MANAGER:
        await log_refusal(request, "no_manager")
        raise HTTPException(HTTPStatus.FORBIDDEN)


@contextmanager
def unavailable_on_error() -> Iterator[None]:
    """Raise `HTTPException` 503 if the state folder cannot be read or written."""
    try:
        yield
    except (AccountsError, OSError) as error:
        # Names of files hold no more than a month, a machine or the digest of a session.
        where = f"{error.filename}: {error.strerror}" if isinstance(error, OSError) else error
        logger.error("staff cannot be served: %s", where)
        retry = {"Retry-After": str(RETRY_AFTER_SECONDS)}
        raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, headers=retry) from None


def redirect_to(request: Request, path: str = "", *, full: bool = False) -> Response:
    """Return the redirect to the staff page ``path``. ``full``: no further table is accepted."""
    url = f"{root_path(request)}{STAFF_PATH}{path}?lang={get_request_catalog(request).language}"
    if full:
        url += f"&{FULL_PARAM}=1"
    return RedirectResponse(str(URL(url)), HTTPStatus.SEE_OTHER, headers=PRIVATE)


def is_csrf_token(request: Request, token: str) -> bool:
    """Return True if ``token`` is the CSRF token of the session of ``request``."""
    return get_staff_state(request).sessions.is_csrf_token(token, session_of(request))


async def read_form_with_csrf_token(request: Request) -> Mapping[str, str]:
    """Return the fields of a form with a valid CSRF token. Raises `HTTPException` 403, 413, 415."""
    fields = await read_form_fields(request)
    if not is_csrf_token(request, fields.get(CSRF_FIELD, "")):
        await log_refusal(request, "foreign_form")
        raise HTTPException(HTTPStatus.FORBIDDEN)
    return fields


async def find_job(request: Request) -> Job:
    """Return the job of this session that the path names. Raises `HTTPException` 404."""
    job = get_staff_state(request).jobs.find(session_of(request), request.path_params["job"])
    if job is None:
        await log_refusal(request, "no_such_table")
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return job


def build_job_spec(
    request: Request,
    job: Job,
    task: str = CHECK,
    formats: tuple[str, ...] = (),
) -> JobSpec:
    """Build the specification for the process of ``job``."""
    service = get_service(request)
    return JobSpec(
        folder=str(job.folder),
        municipalities=service.settings.municipalities,
        letter_settings=service.settings.letter_settings,
        keys=tuple(base64.b64encode(key).decode() for key in service.keys),
        base=require_base_url(request),
        today=str(service.today()),
        task=task,
        formats=formats,
        language=get_request_catalog(request).language,
        parent=os.getpid(),
    )


def set_cookie(
    request: Request, response: Response, name: str, value: str, seconds: int = SESSION_SECONDS
) -> None:
    """Set a cookie for ``seconds``. An empty ``value`` deletes it.

    Over plain HTTP its path is that of the staff pages. Over https, ``__Host-`` requires ``/``.
    """
    secure = is_secure(request)
    response.set_cookie(
        _full_name(request, name),
        value,
        max_age=seconds if value else 0,
        path="/" if secure else f"{root_path(request)}{STAFF_PATH}",
        secure=secure,
        httponly=True,
        samesite="strict",
    )


def get_cookie(request: Request, name: str) -> str:
    """Return the cookie that `set_cookie` has set, or ''."""
    return request.cookies.get(_full_name(request, name), "")


def _full_name(request: Request, name: str) -> str:
    """Return the cookie's name. Neither plain HTTP nor another host can set ``__Host-`` cookies."""
    return f"__Host-{name}" if is_secure(request) else name


def is_secure(request: Request) -> bool:
    """Return True if the request came by https, to the service or to a trusted proxy."""
    scheme: str = request.scope["scheme"]
    return scheme == "https"
