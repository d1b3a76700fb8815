"""Sets the letter of one resident, to be printed at the counter."""

from datetime import date

from starlette.requests import Request
from starlette.responses import Response

from calsvc.bulk.letter_files import set_letter_of_one
from calsvc.bulk.outcomes import Issued, Wish
from calsvc.bulk.rows import MAX_PRINTED_NAME_LENGTH, one_line
from calsvc.bulk.styles import NO_WISHES, Styles
from calsvc.i18n.catalogs import get_catalog
from calsvc.letters.compiler import open_compiler
from calsvc.letters.postal_address import PostalAddress
from calsvc.links.content import current_cards
from calsvc.links.urls import LinkAddresses
from calsvc.web.pages import PRIVATE
from calsvc.web.service import base_of, service_of
from calsvc.web.staff.access import desk_of, own_fields
from calsvc.web.staff.threads import in_thread


async def letter_of_one(request: Request) -> Response:
    """``POST /staff/letter``: the letter that goes with a link. Raises `InvalidTokenError`."""
    fields = await own_fields(request)
    issued = _issued(request, fields.get("link", ""), fields.get("name", ""))
    service = service_of(request)
    async with desk_of(request).setting:
        pdf = await in_thread(_set, issued, service.today(), desk_of(request).styles)
    headers = {**PRIVATE, "Content-Disposition": 'inline; filename="letter.pdf"'}
    return Response(pdf, headers=headers, media_type="application/pdf")


def _issued(request: Request, token: str, name: str) -> Issued:
    service = service_of(request)
    link = service.keyring.open(token)
    city = service.cities.find(link.municipality) or service.cities.default
    shown = one_line(name)[:MAX_PRINTED_NAME_LENGTH]
    return Issued(
        row_number=0,
        name=shown,
        email="",
        wish=Wish(get_catalog(link.language), link.reminders, city),
        plan=current_cards(link)[0].plan,
        cautions=(),
        number=link.number,
        addresses=LinkAddresses(base_of(request), token),
        addressee=shown,
        address=PostalAddress(),
    )


def _set(issued: Issued, today: date, styles: Styles) -> bytes:
    """Returns the PDF file. Raises `TemplateError`."""
    sheet = styles.of_run(NO_WISHES, today).of(issued.city).sheet
    assert sheet  # noqa: S101 - of_run has put it there
    with open_compiler(sheet) as compiler:
        return set_letter_of_one(compiler, issued, today, sheet).pdf
