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

from calsvc import qr_codes
from calsvc.bulk import emails
from calsvc.bulk.resident_message import compose_message
from calsvc.bulk.rows import MAX_PRINTED_NAME_LENGTH, collapse_whitespace, is_email
from calsvc.bulk.styles import Style
from calsvc.errors import InvalidInputError, Problem
from calsvc.i18n.catalogs import Catalog, get_catalog
from calsvc.i18n.languages import LANGUAGE_HEADS, LANGUAGES
from calsvc.letters.layout import PLAIN_SHEET
from calsvc.letters.page_rows import url_to_type
from calsvc.links.content import REMINDERS_BY_NAME, Reminders
from calsvc.links.urls import LinkUrls
from calsvc.municipality.model import Municipality
from calsvc.municipality.search import find_exact_place
from calsvc.parsing.names import NamedCard
from calsvc.people.audit import Action
from calsvc.rules.card import Caution
from calsvc.rules.plan import assess
from calsvc.web.card_form.error_messages import build_error_messages
from calsvc.web.card_form.form import Form, apply_answers, parse_form, parse_named_cards
from calsvc.web.card_form.form_context import form_context
from calsvc.web.card_form.questions import SETTLED_BY, Question
from calsvc.web.observability.metrics import LinkOrigin, count_links
from calsvc.web.pages import inline_qr_code
from calsvc.web.service import get_request_catalog, get_service, new_link, require_base_url
from calsvc.web.staff.access import (
    FULL_PARAM,
    MEGABYTE,
    get_staff_state,
    read_form_with_csrf_token,
    session_of,
    write_audit,
)
from calsvc.web.staff.staff_page import StaffPage

PICTURE_KINDS = {".svg": "image/svg+xml", ".png": "image/png"}
"""Media types of logos, see `calsvc.letters.city_settings.PICTURE_SUFFIXES`."""
FIRST_FIELD = "c1-card_expires-year"
"""The field with the initial focus."""

# --- one resident -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Resident:
    """The input about a resident besides the card."""

    name: str = ""
    email: str = ""
    lang: str = ""
    municipality: str = ""


class FrontDesk(HTTPEndpoint):
    """``/staff``: a form for one resident, and one for a table of many."""

    async def get(self, request: Request) -> Response:
        """Return the empty forms."""
        return _front_page(request, Form(), Resident())

    async def post(self, request: Request) -> Response:
        """Return the link and the e-mail of one resident, or the form with its error messages."""
        fields = await read_form_with_csrf_token(request)
        today, resident = get_service(request).today(), _read_resident(fields, request)
        form = apply_answers(parse_form(fields, 1), fields, today)
        municipality = _find_municipality(request, resident)
        problems = list(_find_problems(resident, municipality))
        try:
            named_cards = parse_named_cards(form, today)
        except InvalidInputError as error:
            problems[:0] = error.problems
        if problems or municipality is None:
            return _front_page(request, form, resident, problems)
        await write_audit(request, Action.ONE_RESIDENT, context={"formats": ("links",)})
        count_links(request, LinkOrigin.RESIDENT)
        return _resident_page(
            request, NamedCard(named_cards[0].card), form, (resident, municipality)
        )


def _read_resident(fields: Mapping[str, str], request: Request) -> Resident:
    lang = fields.get("lang", "")
    return Resident(
        name=collapse_whitespace(fields.get("name", ""))[:MAX_PRINTED_NAME_LENGTH],
        email=fields.get("email", "").strip(),
        lang=lang if lang in LANGUAGES else get_request_catalog(request).language,
        municipality=collapse_whitespace(fields.get("municipality", ""))[:MAX_PRINTED_NAME_LENGTH],
    )


def _find_municipality(request: Request, resident: Resident) -> Municipality | None:
    """Return the named municipality, or the default without a name. None if it is unknown."""
    municipalities = get_service(request).municipalities
    if not resident.municipality or municipalities.single is not None:
        return municipalities.default
    place = find_exact_place(resident.municipality, municipalities.codes)
    return municipalities.find(place.code) if place else None


def _find_problems(resident: Resident, municipality: Municipality | None) -> Iterator[Problem]:
    if resident.email and not is_email(resident.email):
        yield Problem("email", "email.malformed")
    if municipality is None:
        yield Problem("municipality", "municipality.unknown")


def _front_page(
    request: Request, form: Form, resident: Resident, problems: list[Problem] | None = None
) -> Response:
    page = StaffPage(request, "staff_home.html", session_of(request))
    errors = build_error_messages(problems or (), form, page.catalog, get_service(request).today())
    context = {
        **form_context(form, page.catalog, errors),
        **_resident_context(resident),
        "max_mb": get_service(request).settings.max_upload_mb,
        "max_bytes": get_service(request).settings.max_upload_mb * MEGABYTE,
        "jobs": [
            (job, job.status) for job in get_staff_state(request).jobs.of(session_of(request))
        ],
        "is_full": FULL_PARAM in request.query_params,
        "focus_on": "" if problems else FIRST_FIELD,
    }
    return page.render(context, HTTPStatus.BAD_REQUEST if problems else HTTPStatus.OK)


def _resident_context(resident: Resident) -> dict[str, object]:
    """Return what the form needs besides the card."""
    return {
        "resident": resident,
        "language_heads": LANGUAGE_HEADS.values(),
    }


def _resident_page(
    request: Request, named_card: NamedCard, form: Form, recipient: tuple[Resident, Municipality]
) -> Response:
    resident, municipality = recipient
    service, catalog = get_service(request), get_catalog(resident.lang)
    today = service.today()
    reminders = REMINDERS_BY_NAME.get(form.alarms, Reminders.STANDARD)
    token = service.keyring.seal(
        new_link(service, [named_card], resident.lang, reminders, municipality)
    )
    urls = LinkUrls(require_base_url(request), token)
    plan, cautions = assess(named_card.card)
    message = compose_message(resident.name, plan, municipality, catalog, today)
    style = get_staff_state(request).styles.of(municipality)
    mail = emails.compose_email(resident.email, message, urls, catalog, style.messages)
    page = StaffPage(request, "staff_resident.html", session_of(request))
    clerk_message = compose_message(resident.name, plan, municipality, page.catalog, today)
    questions = [_question(each, page.catalog) for each in cautions]
    context = {
        **form_context(
            form, page.catalog, open_fields=[f"c1-{question.field}" for question in questions]
        ),
        **_resident_context(resident),
        **_pictures(urls),
        "urls": urls,
        "slip": message,
        "clerk_message": clerk_message,
        "sender": _sender(style),
        "slip_texts": {name: catalog.text(f"letter.{name}") for name in ("qr", "private")},
        "url_to_type": url_to_type(urls.page),
        "mail": mail,
        "mailto": mailto(mail),
        "mail_lang": catalog.head.html_lang,
        "questions": questions,
    }
    return page.render(context)


def _sender(style: Style) -> Mapping[str, object]:
    """Return the sender on a slip: name, lines, and the logo as a data URL or ''."""
    sheet = style.sheet or PLAIN_SHEET
    pictures = [_picture(name, content) for name, content in sheet.pictures.items()]
    return {**sheet.city, "picture": next(iter(pictures), "")}


def _picture(name: str, content: bytes) -> str:
    kind = PICTURE_KINDS[Path(name).suffix]
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def _question(caution: Caution, catalog: Catalog) -> Question:
    return Question(catalog.format_caution(caution), SETTLED_BY[caution.code])


def _pictures(urls: LinkUrls) -> dict[str, object]:
    png = base64.b64encode(qr_codes.draw_png(urls.page)).decode()
    return {"qr": inline_qr_code(urls.page), "png": f"data:image/png;base64,{png}"}


def mailto(mail: emails.Email) -> str:
    """Return the ``mailto:`` URL that opens ``mail`` in the clerk's mail program (RFC 6068)."""
    body = mail.body.replace("\n", "\r\n")
    return f"mailto:{quote(mail.to, safe='@')}?subject={quote(mail.subject)}&body={quote(body)}"
