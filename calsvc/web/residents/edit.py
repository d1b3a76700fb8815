"""``/c/{token}/edit``: the form that settles what is in doubt about the cards of a link."""

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
from calsvc.web.card_form.faults import explain
from calsvc.web.card_form.form import ACTION, LANGUAGE, Form, answered, read_form
from calsvc.web.card_form.form_context import form_context
from calsvc.web.pages import PRIVATE, Page, languages_at
from calsvc.web.request_body import form_fields
from calsvc.web.residents.changed_link import (
    computed_dates,
    form_of,
    with_form,
    with_renewed_certificate,
)
from calsvc.web.residents.link_requests import (
    FORM_ID,
    edit_path,
    link_in_language,
    page_path,
    paths_by_language,
    redirect_to_page,
)
from calsvc.web.residents.questions import is_certificate_unsure
from calsvc.web.service import base_of, service_of

RENEWED_ACTION, SLOT = "renewed", "slot"


class EditPage(HTTPEndpoint):
    """Changes the dates of a link. What comes of it is a new link with the same number."""

    async def get(self, request: Request) -> Response:
        """Returns the form with the dates that were read from the cards."""
        base_of(request)
        link, token = link_in_language(request)
        return _page(request, link, token, form_of(link))

    async def post(self, request: Request) -> Response:
        """Redirects to the page of the new link, or returns the form with its faults."""
        base_of(request)
        link, token = link_in_language(request)
        fields, today = await form_fields(request), service_of(request).today()
        if fields.get(ACTION) == RENEWED_ACTION:
            renewed = with_renewed_certificate(link, fields.get(SLOT, ""), today)
            if renewed is None:
                raise HTTPException(HTTPStatus.NOT_FOUND)
            return _redirect(request, renewed, link)
        if fields.get(ACTION) == LANGUAGE:
            return _page(request, link, token, read_form(fields, len(link.cards)))
        form = answered(read_form(fields, len(link.cards)), fields, today)
        try:
            changed = with_form(link, form, today)
        except InvalidInputError as error:
            return _page(request, link, token, form, error.problems)
        return _redirect(request, changed, link)


def _redirect(request: Request, new: Link, old: Link) -> Response:
    token = service_of(request).keyring.seal(new)
    return redirect_to_page(request, token, changed=new != old)


def _page(
    request: Request, link: Link, token: str, form: Form, problems: Sequence[Problem] = ()
) -> Response:
    catalog, path = get_catalog(link.language), edit_path(request, token)
    faults = explain(problems, form, catalog, service_of(request).today())
    context = form_context(form, catalog, faults, unfolded=_in_question(request, link))
    context |= {
        "computed": computed_dates(link),
        "is_fixed": True,
        "form_id": FORM_ID,
        "edit": path,
        "page": page_path(request, token),
        "languages": languages_at(paths_by_language(request, path)),
    }
    status = HTTPStatus.BAD_REQUEST if problems else HTTPStatus.OK
    city = service_of(request).cities.for_link(link.municipality)
    return Page(request, catalog, "edit.html", city).answer(context, PRIVATE, status)


def _in_question(request: Request, link: Link) -> Iterator[str]:
    """Yields the fields to unfold, because they may settle a doubt."""
    service = service_of(request)
    city = service.cities.for_link(link.municipality)
    for place, card in enumerate(current_cards(link), start=1):
        plan = card.plan
        yield f"c{place}-cert_expires"
        if plan.term is Term.STAY:
            yield f"c{place}-stay_until"
        if (
            plan.certificate_source is CertificateSource.RENEWED
            or plan.doubts_of(Subject.CERTIFICATE)
            or is_certificate_unsure(plan, city, service.today())
        ):
            yield f"c{place}-cert_renewed"
