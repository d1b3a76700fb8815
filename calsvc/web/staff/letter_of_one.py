"""Typesets the letter of one resident, for printing at the counter."""

from datetime import date

from starlette.requests import Request
from starlette.responses import Response

from calsvc.bulk.letter_files import set_letter_of_one
from calsvc.bulk.outcomes import IssuedLink, Preferences
from calsvc.bulk.rows import MAX_PRINTED_NAME_LENGTH, collapse_whitespace
from calsvc.bulk.styles import NO_LETTER_OPTIONS, Styles
from calsvc.i18n.catalogs import get_catalog
from calsvc.letters.compiler import open_compiler
from calsvc.letters.postal_address import PostalAddress
from calsvc.links.content import current_cards
from calsvc.links.urls import LinkUrls
from calsvc.people.audit import Action
from calsvc.web.pages import PRIVATE
from calsvc.web.service import get_service, require_base_url
from calsvc.web.staff.access import get_staff_state, read_form_with_csrf_token, write_audit
from calsvc.web.staff.threads import in_thread


async def letter_of_one(request: Request) -> Response:
    """``POST /staff/letter``: the letter with a link, as PDF. Raises `InvalidTokenError`."""
    fields = await read_form_with_csrf_token(request)
    issued = _build_issued_link(request, fields.get("link", ""), fields.get("name", ""))
    service = get_service(request)
    await write_audit(request, Action.ONE_RESIDENT, context={"formats": ("letters",)})
    async with get_staff_state(request).typesetting_limiter:
        pdf = await in_thread(_typeset, issued, service.today(), get_staff_state(request).styles)
    headers = {**PRIVATE, "Content-Disposition": 'inline; filename="letter.pdf"'}
    return Response(pdf, headers=headers, media_type="application/pdf")


def _build_issued_link(request: Request, token: str, name: str) -> IssuedLink:
    service = get_service(request)
    link = service.keyring.open(token)
    municipality = service.municipalities.find(link.municipality) or service.municipalities.default
    printed_name = collapse_whitespace(name)[:MAX_PRINTED_NAME_LENGTH]
    return IssuedLink(
        row_number=0,
        name=printed_name,
        email="",
        preferences=Preferences(get_catalog(link.language), link.reminders, municipality),
        plan=current_cards(link)[0].plan,
        cautions=(),
        number=link.number,
        urls=LinkUrls(require_base_url(request), token),
        addressee=printed_name,
        address=PostalAddress(),
    )


def _typeset(issued: IssuedLink, today: date, styles: Styles) -> bytes:
    """Return the PDF file. Raises `TemplateError`."""
    sheet = styles.build_run_styles(NO_LETTER_OPTIONS, today).of(issued.municipality).sheet
    assert sheet  # noqa: S101 - build_run_styles has added it
    with open_compiler(sheet) as compiler:
        return set_letter_of_one(compiler, issued, today, sheet).pdf
