"""Makes the link and the e-mail of one resident."""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote

from starlette.endpoints import HTTPEndpoint
from starlette.requests import Request
from starlette.responses import Response

from calsvc import codes
from calsvc.bulk import emails
from calsvc.bulk.resident_message import invitation
from calsvc.bulk.rows import MAX_PRINTED_NAME_LENGTH, is_email, one_line
from calsvc.bulk.styles import Style
from calsvc.errors import InvalidInputError, Problem
from calsvc.i18n.catalogs import Catalog, get_catalog
from calsvc.i18n.languages import LANGUAGE_HEADS, LANGUAGES
from calsvc.letters.layout import PLAIN_SHEET
from calsvc.letters.page_rows import typed_url
from calsvc.links.content import REMINDERS, Reminders
from calsvc.links.urls import LinkAddresses
from calsvc.municipality.model import Municipality
from calsvc.municipality.search import find_exactly
from calsvc.parsing.names import Member
from calsvc.rules.card import Caution
from calsvc.rules.plan import assess
from calsvc.web.card_form.faults import explain
from calsvc.web.card_form.form import Form, answered, read_form, read_members
from calsvc.web.card_form.form_context import form_context
from calsvc.web.card_form.questions import SETTLED_BY, Question
from calsvc.web.observability.metrics import Way, count_links
from calsvc.web.pages import inline
from calsvc.web.service import base_of, get_request_catalog, new_link, service_of
from calsvc.web.staff.access import FULL, MEGABYTE, desk_of, own_fields, session_of
from calsvc.web.staff.staff_page import StaffPage

PICTURE_KINDS = {".svg": "image/svg+xml", ".png": "image/png"}
"""Media types of logos, see `calsvc.letters.city_settings.PICTURES`."""
FIRST_FIELD = "c1-card_expires-year"
"""Where the clerk begins to type."""

# --- one resident -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Resident:
    """What is known of a resident besides the card, as typed."""

    name: str = ""
    email: str = ""
    lang: str = ""
    municipality: str = ""


class FrontDesk(HTTPEndpoint):
    """``/staff``: a form for one resident, and one for a table of many."""

    async def get(self, request: Request) -> Response:
        """The empty forms."""
        return _front_page(request, Form(), Resident())

    async def post(self, request: Request) -> Response:
        """The link and the e-mail of one resident, or the form with what is to be mended."""
        fields = await own_fields(request)
        today, resident = service_of(request).today(), _read_resident(fields, request)
        form = answered(read_form(fields, 1), fields, today)
        city = _city(request, resident)
        problems = list(_faults(resident, city))
        try:
            members = read_members(form, today)
        except InvalidInputError as error:
            problems[:0] = error.problems
        if problems or city is None:
            return _front_page(request, form, resident, problems)
        count_links(request, Way.RESIDENT)
        return _resident_page(request, Member(members[0].card), form, (resident, city))


def _read_resident(fields: Mapping[str, str], request: Request) -> Resident:
    lang = fields.get("lang", "")
    return Resident(
        name=one_line(fields.get("name", ""))[:MAX_PRINTED_NAME_LENGTH],
        email=fields.get("email", "").strip(),
        lang=lang if lang in LANGUAGES else get_request_catalog(request).language,
        municipality=one_line(fields.get("municipality", ""))[:MAX_PRINTED_NAME_LENGTH],
    )


def _city(request: Request, resident: Resident) -> Municipality | None:
    """Returns the municipality that was named, the service's if none was, or none if unclear."""
    cities = service_of(request).cities
    if not resident.municipality or cities.only is not None:
        return cities.default
    found = find_exactly(resident.municipality, cities.codes)
    return cities.find(found.code) if found else None


def _faults(resident: Resident, city: Municipality | None) -> Iterator[Problem]:
    if resident.email and not is_email(resident.email):
        yield Problem("email", "email.malformed")
    if city is None:
        yield Problem("municipality", "municipality.unknown")


def _front_page(
    request: Request, form: Form, resident: Resident, problems: list[Problem] | None = None
) -> Response:
    page = StaffPage(request, "staff_home.html", session_of(request))
    faults = explain(problems or (), form, page.catalog, service_of(request).today())
    context = {
        **form_context(form, page.catalog, faults),
        **_form_facts(resident),
        "most_mb": service_of(request).settings.max_upload_mb,
        "most_bytes": service_of(request).settings.max_upload_mb * MEGABYTE,
        "jobs": [(job, job.status) for job in desk_of(request).jobs.of(session_of(request))],
        "full": FULL in request.query_params,
        "focus_on": "" if problems else FIRST_FIELD,
    }
    return page.answer(context, HTTPStatus.BAD_REQUEST if problems else HTTPStatus.OK)


def _form_facts(resident: Resident) -> dict[str, object]:
    """Returns what the form needs besides the card."""
    return {
        "resident": resident,
        "tongues": LANGUAGE_HEADS.values(),
    }


def _resident_page(
    request: Request, member: Member, form: Form, whom: tuple[Resident, Municipality]
) -> Response:
    resident, city = whom
    service, catalog = service_of(request), get_catalog(resident.lang)
    reminders = REMINDERS.get(form.alarms, Reminders.STANDARD)
    token = service.keyring.seal(new_link(service, [member], resident.lang, reminders, city))
    addresses = LinkAddresses(base_of(request), token)
    plan, found = assess(member.card)
    invited = invitation(resident.name, plan, city, catalog, service.today())
    style = desk_of(request).styles.of(city)
    mail = emails.mail(resident.email, invited, addresses, catalog, style.messages)
    page = StaffPage(request, "staff_resident.html", session_of(request))
    here = invitation(resident.name, plan, city, page.catalog, service.today())
    asked = [_question(each, page.catalog) for each in found]
    context = {
        **form_context(form, page.catalog, unfolded=[f"c1-{each.field}" for each in asked]),
        **_form_facts(resident),
        **_pictures(addresses),
        "addresses": addresses,
        "told": invited,
        "here": here,
        "sender": _sender(style),
        "slip_texts": {name: catalog.text(f"letter.{name}") for name in ("qr", "private")},
        "typed": typed_url(addresses.page),
        "mail": mail,
        "mailto": mailto(mail),
        "mail_lang": catalog.head.html_lang,
        "questions": asked,
    }
    return page.answer(context)


def _sender(style: Style) -> Mapping[str, object]:
    """Returns what a slip says of its sender: name, lines, and the logo as an address or ''."""
    sheet = style.sheet or PLAIN_SHEET
    pictures = [_picture(name, content) for name, content in sheet.pictures.items()]
    return {**sheet.city, "picture": next(iter(pictures), "")}


def _picture(name: str, content: bytes) -> str:
    kind = PICTURE_KINDS[Path(name).suffix]
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def _question(caution: Caution, catalog: Catalog) -> Question:
    return Question(catalog.caution(caution), SETTLED_BY[caution.code])


def _pictures(addresses: LinkAddresses) -> dict[str, object]:
    png = base64.b64encode(codes.png(addresses.page)).decode()
    return {"qr": inline(addresses.page), "png": f"data:image/png;base64,{png}"}


def mailto(mail: emails.Mail) -> str:
    """The address that opens ``mail`` in the clerk's mail program (RFC 6068)."""
    body = mail.body.replace("\n", "\r\n")
    return f"mailto:{quote(mail.to, safe='@')}?subject={quote(mail.subject)}&body={quote(body)}"
