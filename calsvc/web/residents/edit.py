"""``/c/{token}/edit``: the form that changes the dates of a link and resolves its doubts."""

from collections.abc import Iterator, Sequence
from http import HTTPStatus

from starlette.endpoints import HTTPEndpoint
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from calsvc.errors import InvalidInputError, Problem
from calsvc.i18n.catalogs import get_catalog
from calsvc.links.content import Link, current_cards
from calsvc.rules.card import Subject, Term
from calsvc.rules.plan import CertificateSource
from calsvc.web.card_form.error_messages import build_error_messages
from calsvc.web.card_form.form import ACTION, LANGUAGE, Form, apply_answers, parse_form
from calsvc.web.card_form.form_context import form_context
from calsvc.web.pages import PRIVATE, Page, language_links
from calsvc.web.request_body import read_form_fields
from calsvc.web.residents.changed_link import (
    apply_form,
    computed_dates,
    form_from_link,
    with_renewed_certificate,
)
from calsvc.web.residents.link_requests import (
    FORM_ID,
    edit_path,
    page_path,
    paths_by_language,
    read_link,
    redirect_to_page,
)
from calsvc.web.residents.questions import is_certificate_unsure
from calsvc.web.service import get_service, require_base_url

RENEWED_ACTION, SLOT = "renewed", "slot"


class EditPage(HTTPEndpoint):
    """Changes the dates of a link. The result is a new link with the same number."""

    async def get(self, request: Request) -> Response:
        """Return the form with the dates that were read from the cards."""
        require_base_url(request)
        link, token = read_link(request)
        return _page(request, link, token, form_from_link(link))

    async def post(self, request: Request) -> Response:
        """Redirect to the page of the new link, or return the form with its error messages."""
        require_base_url(request)
        link, token = read_link(request)
        fields, today = await read_form_fields(request), get_service(request).today()
        if fields.get(ACTION) == RENEWED_ACTION:
            renewed = with_renewed_certificate(link, fields.get(SLOT, ""), today)
            if renewed is None:
                raise HTTPException(HTTPStatus.NOT_FOUND)
            return _redirect(request, renewed, link)
        if fields.get(ACTION) == LANGUAGE:
            return _page(request, link, token, parse_form(fields, len(link.cards)))
        form = apply_answers(parse_form(fields, len(link.cards)), fields, today)
        try:
            changed = apply_form(link, form, today)
        except InvalidInputError as error:
            return _page(request, link, token, form, error.problems)
        return _redirect(request, changed, link)


def _redirect(request: Request, new: Link, old: Link) -> Response:
    token = get_service(request).keyring.seal(new)
    return redirect_to_page(request, token, changed=new != old)


def _page(
    request: Request, link: Link, token: str, form: Form, problems: Sequence[Problem] = ()
) -> Response:
    catalog, path = get_catalog(link.language), edit_path(request, token)
    errors = build_error_messages(problems, form, catalog, get_service(request).today())
    context = form_context(form, catalog, errors, open_fields=_fields_in_doubt(request, link))
    context |= {
        "computed": computed_dates(link),
        "is_fixed": True,
        "form_id": FORM_ID,
        "edit": path,
        "page": page_path(request, token),
        "languages": language_links(paths_by_language(request, path)),
    }
    status = HTTPStatus.BAD_REQUEST if problems else HTTPStatus.OK
    municipality = get_service(request).municipalities.for_link(link.municipality)
    return Page(request, catalog, "edit.html", municipality).render(context, PRIVATE, status)


def _fields_in_doubt(request: Request, link: Link) -> Iterator[str]:
    """Yield the fields to expand, because they may resolve a doubt."""
    service = get_service(request)
    municipality = service.municipalities.for_link(link.municipality)
    for position, card in enumerate(current_cards(link), start=1):
        plan = card.plan
        yield f"c{position}-cert_expires"
        if plan.term is Term.STAY:
            yield f"c{position}-stay_until"
        if (
            plan.certificate_source is CertificateSource.RENEWED
            or plan.doubts_of(Subject.CERTIFICATE)
            or is_certificate_unsure(plan, municipality, service.today())
        ):
            yield f"c{position}-cert_renewed"
