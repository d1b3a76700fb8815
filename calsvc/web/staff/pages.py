"""The staff pages: logging in, one resident, and the table of all routes for staff."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote

import anyio
from starlette.endpoints import HTTPEndpoint
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from calsvc import codes as qr
from calsvc import passwords
from calsvc.bulk import emails as mails
from calsvc.bulk import rows as bulk
from calsvc.bulk.resident_message import invitation
from calsvc.errors import InvalidInput, Problem
from calsvc.i18n.event_texts import LANGUAGES, catalog
from calsvc.links.sealing import Link
from calsvc.links.urls import LinkAddresses
from calsvc.parsing.names import Member
from calsvc.rules.expiry import reckon
from calsvc.web.card_form.form import Form, read_form, read_members
from calsvc.web.pages import html_lang
from calsvc.web.qr import inline
from calsvc.web.request_body import form_fields
from calsvc.web.residents.pages import form_facts
from calsvc.web.service import base_of, service_of, words_for
from calsvc.web.staff import table_views as staff_tables
from calsvc.web.staff.access import (
    MEGABYTE,
    PATH,
    SESSION_COOKIE,
    VISIT_COOKIE,
    SignedIn,
    StaffPage,
    desk_of,
    keep,
    own_fields,
    session_of,
    to,
)
from calsvc.web.staff.uploads import TOKEN

VERIFIED_AT_ONCE = 2
"""Each takes 64 MB."""


# --- logging in ---------------------------------------------------------------------------------


class LogIn(HTTPEndpoint):
    """``/staff/login``."""

    async def get(self, request: Request) -> Response:
        """The form."""
        return _log_in_page(request, HTTPStatus.OK)

    async def post(self, request: Request) -> Response:
        """A session, or the form again. Raises `HTTPException` 403, 429."""
        desk, fields = desk_of(request), await form_fields(request)
        visit = desk.sessions.visit(request.cookies.get(VISIT_COOKIE, ""))
        if not desk.sessions.is_token(fields.get(TOKEN, ""), visit):
            return _log_in_page(request, HTTPStatus.FORBIDDEN, "stale")
        client = request.client.host if request.client else ""
        if seconds := desk.attempts.wait(client):
            retry = {"Retry-After": str(seconds)}
            raise HTTPException(HTTPStatus.TOO_MANY_REQUESTS, headers=retry)
        if not await _fits(fields.get("password", ""), request):
            return _log_in_page(request, HTTPStatus.FORBIDDEN, "wrong")
        desk.attempts.forget(client)
        response = to(request)
        keep(request, response, SESSION_COOKIE, desk.sessions.begin())
        keep(request, response, VISIT_COOKIE, "")
        return response


def _log_in_page(request: Request, status: HTTPStatus, fault: str = "") -> Response:
    sessions = desk_of(request).sessions
    cookie = sessions.greet()
    page = StaffPage(request, "staff_login.html", sessions.visit(cookie))
    response = page.answer({"fault": fault}, status, "/login")
    keep(request, response, VISIT_COOKIE, cookie)
    return response


async def _fits(password: str, request: Request) -> bool:
    """Verify in a thread, few at a time."""
    limiter: anyio.CapacityLimiter = request.app.state.verifying
    hashed = service_of(request).settings.staff_password_hash
    return await anyio.to_thread.run_sync(passwords.fits, password, hashed, limiter=limiter)


async def log_out(request: Request) -> Response:
    """``POST /staff/logout``: the session's tables go with it."""
    await own_fields(request)
    desk_of(request).jobs.end(session_of(request))
    response = to(request, "/login")
    keep(request, response, SESSION_COOKIE, "")
    return response


# --- one resident -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Resident:
    """What is known of a resident besides the card, as typed."""

    name: str = ""
    email: str = ""
    lang: str = ""


class FrontDesk(HTTPEndpoint):
    """``/staff``: a form for one resident, and one for a table of many."""

    async def get(self, request: Request) -> Response:
        """The empty forms."""
        return _front_page(request, Form(), Resident())

    async def post(self, request: Request) -> Response:
        """The link and the e-mail of one resident, or the form with what is to be mended."""
        fields = await own_fields(request)
        form, resident = Form(read_form(fields).cards[:1]), _read_resident(fields, request)
        problems = list(_faults(resident))
        try:
            members = read_members(form, service_of(request).today())
        except InvalidInput as error:
            problems[:0] = error.problems
        if problems:
            return _front_page(request, form, resident, problems)
        return _resident_page(request, Member(members[0].card), resident)


def _read_resident(fields: Mapping[str, str], request: Request) -> Resident:
    lang = fields.get("lang", "")
    return Resident(
        name=bulk.one_line(fields.get("name", ""))[: bulk.LONGEST_NAME],
        email=fields.get("email", "").strip(),
        lang=lang if lang in LANGUAGES else words_for(request).language,
    )


def _faults(resident: Resident) -> list[Problem]:
    if resident.email and not bulk.is_email(resident.email):
        return [Problem("email", "email.malformed")]
    return []


def _front_page(
    request: Request, form: Form, resident: Resident, problems: list[Problem] | None = None
) -> Response:
    page = StaffPage(request, "staff_home.html", session_of(request))
    facts = {
        **form_facts(form, page.words, problems or ()),
        "resident": resident,
        "tongues": {each: catalog(each).text("language.name") for each in LANGUAGES},
        "tongue": html_lang,
        "most_mb": service_of(request).settings.max_upload_mb,
        "most_bytes": service_of(request).settings.max_upload_mb * MEGABYTE,
    }
    return page.answer(facts, HTTPStatus.BAD_REQUEST if problems else HTTPStatus.OK)


def _resident_page(request: Request, member: Member, resident: Resident) -> Response:
    service, words = service_of(request), catalog(resident.lang)
    token = service.keyring.seal(Link((member,), resident.lang))
    addresses = LinkAddresses(base_of(request), token)
    plan = reckon(member.card, service.city.grace)
    invited = invitation(resident.name, plan, service.city, words)
    mail = mails.mail(resident.email, invited, addresses, words)
    page = StaffPage(request, "staff_resident.html", session_of(request))
    cautions = [page.words.caution(each) for each in plan.cautions]
    facts = {"addresses": addresses, "mail": mail, "mailto": mailto(mail), "cautions": cautions}
    return page.answer({**facts, **_pictures(addresses), "mail_lang": html_lang(words.language)})


def _pictures(addresses: LinkAddresses) -> dict[str, object]:
    png = base64.b64encode(qr.png(addresses.page)).decode()
    return {"qr": inline(addresses.page), "png": f"data:image/png;base64,{png}"}


def mailto(mail: mails.Mail) -> str:
    """The address that opens ``mail`` in the clerk's mail program (RFC 6068)."""
    body = mail.body.replace("\n", "\r\n")
    return f"mailto:{quote(mail.to, safe='@')}?subject={quote(mail.subject)}&body={quote(body)}"


# --- routes -------------------------------------------------------------------------------------

GUARDED = (
    Route(PATH, FrontDesk),
    Route(f"{PATH}/logout", log_out, methods=["POST"]),
    Route(f"{PATH}/tables", staff_tables.send, methods=["POST"]),
    Route(f"{PATH}/tables/{{job}}", staff_tables.show),
    Route(f"{PATH}/tables/{{job}}/status", staff_tables.status),
    Route(f"{PATH}/tables/{{job}}/start", staff_tables.begin, methods=["POST"]),
    Route(f"{PATH}/tables/{{job}}/download", staff_tables.download, methods=["POST"]),
    Route(f"{PATH}/tables/{{job}}/remove", staff_tables.remove, methods=["POST"]),
)
ROUTES = (
    Route(f"{PATH}/login", LogIn),
    *(
        Route(
            each.path,
            each.endpoint,
            methods=sorted(each.methods) if each.methods else None,
            middleware=[Middleware(SignedIn)],
        )
        for each in GUARDED
    ),
)
