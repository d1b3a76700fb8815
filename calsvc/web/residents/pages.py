"""Endpoints of the resident's pages: the form, and the page of a sealed link."""

from collections.abc import Mapping
from http import HTTPStatus

from starlette.endpoints import HTTPEndpoint
from starlette.requests import Request
from starlette.responses import Response

from calsvc.errors import InvalidInputError
from calsvc.i18n.catalogs import get_catalog
from calsvc.i18n.languages import LANGUAGES
from calsvc.links.content import REMINDERS_BY_NAME, Reminders
from calsvc.links.urls import LinkUrls
from calsvc.municipality.model import Municipality
from calsvc.web.card_form.error_messages import build_error_messages
from calsvc.web.card_form.form import (
    Form,
    apply_answers,
    apply_card_action,
    parse_form,
    parse_named_cards,
)
from calsvc.web.card_form.form_context import form_context
from calsvc.web.observability.metrics import LinkOrigin, count_links
from calsvc.web.pages import (
    PRIVATE,
    PUBLIC,
    Page,
    form_path,
    inline_qr_code,
    language_links,
    no_wrap,
    root_path,
)
from calsvc.web.request_body import read_form_fields
from calsvc.web.residents.city_choice import (
    choice_page,
    municipality_in_path,
    redirect_to_front_page,
    search_results_page,
)
from calsvc.web.residents.devices import AppBrowser, Device, detect_app_browser, detect_device
from calsvc.web.residents.link_page import build_preview
from calsvc.web.residents.link_requests import (
    CHANGED_QUERY,
    FORM_ID,
    edit_path,
    get_user_agent,
    page_path,
    paths_by_language,
    read_link,
    redirect_to_page,
)
from calsvc.web.residents.questions import PageContext
from calsvc.web.residents.subscribe_options import subscribe_options
from calsvc.web.service import get_request_catalog, get_service, new_link, require_base_url


class FrontPage(HTTPEndpoint):
    """``/``: the form, or the choice of a municipality where the service serves several."""

    async def get(self, request: Request) -> Response:
        """Return the empty form or the choice."""
        require_base_url(request)  # fails before any date is typed if no link could be made
        municipality = get_service(request).municipalities.single
        return choice_page(request) if municipality is None else empty_form(request, municipality)

    async def post(self, request: Request) -> Response:
        """Return the response to the form, or to the search for a municipality."""
        require_base_url(request)
        fields, municipality = (
            await read_form_fields(request),
            get_service(request).municipalities.single,
        )
        if municipality is None:
            return search_results_page(request, fields)
        return form_response(request, fields, municipality)


class CityForm(HTTPEndpoint):
    """``/{code}/``: the form of one of several municipalities."""

    async def get(self, request: Request) -> Response:
        """Return the empty form, or redirect to that of the only municipality."""
        require_base_url(request)
        if get_service(request).municipalities.single is not None:
            return redirect_to_front_page(request)
        return empty_form(request, municipality_in_path(request))

    async def post(self, request: Request) -> Response:
        """Return the response to the form."""
        require_base_url(request)
        fields = await read_form_fields(request)
        return form_response(request, fields, municipality_in_path(request))


def empty_form(request: Request, municipality: Municipality) -> Response:
    """Return the form of ``municipality``. Dates are sent in a body, never in a URL."""
    page = form_page(request, municipality)
    return page.render(
        {**form_context(Form(), page.catalog), **_languages(request, municipality)}, PUBLIC
    )


def form_page(request: Request, municipality: Municipality) -> Page:
    """Return the page of the form of ``municipality``, not yet rendered."""
    return Page(request, get_request_catalog(request), "form.html", municipality)


def _languages(request: Request, municipality: Municipality) -> dict[str, object]:
    front = root_path(request) + form_path(get_service(request), municipality)
    return {
        "form_id": FORM_ID,
        "languages": language_links({each: f"{front}?lang={each}" for each in LANGUAGES}),
    }


def form_response(
    request: Request, fields: Mapping[str, str], municipality: Municipality
) -> Response:
    """Return the redirect to the page of a new link, or the form with its error messages."""
    page, service, form = form_page(request, municipality), get_service(request), parse_form(fields)
    catalog, languages = page.catalog, _languages(request, municipality)
    if changed := apply_card_action(form, fields):
        return page.render({**form_context(changed, catalog), **languages}, PRIVATE)
    today = service.today()
    form = apply_answers(form, fields, today)
    try:
        named_cards = parse_named_cards(form, today)
    except InvalidInputError as error:
        errors = build_error_messages(error.problems, form, catalog, today)
        context = {**form_context(form, catalog, errors), **languages}
        return page.render(context, PRIVATE, HTTPStatus.BAD_REQUEST)
    reminders = REMINDERS_BY_NAME.get(form.alarms, Reminders.STANDARD)
    link = new_link(service, named_cards, catalog.language, reminders, municipality)
    count_links(request, LinkOrigin.FORM)
    return redirect_to_page(request, service.keyring.seal(link))


async def sealed_page(request: Request) -> Response:
    """``GET /c/{token}``: the cards of the link, and the ways to subscribe.

    The parameter ``lang`` selects another language for the page and its feed.
    """
    service, agent = get_service(request), get_user_agent(request)
    link, token = read_link(request)
    addresses, catalog = LinkUrls(require_base_url(request), token), get_catalog(link.language)
    municipality = service.municipalities.for_link(link.municipality)
    app, device = detect_app_browser(agent), detect_device(agent)
    page_context = PageContext(
        municipality, catalog, service.today(), addresses.page, edit_path(request, token), bool(app)
    )
    context = {
        "preview": build_preview(link, page_context),
        "today": page_context.today,
        "edit": page_context.edit,
        "is_changed": CHANGED_QUERY in request.scope["query_string"].decode("latin-1").split("&"),
        "subscribe_options": subscribe_options(addresses, catalog.text("calendar.name"), device),
        "device": device,
        "app_browser": app,
        "external_url": _external_url(addresses, app, device),
        "addresses": addresses,
        "no_wrap": lambda text, days: no_wrap(text, [catalog.format_date(day) for day in days]),
        "qr": inline_qr_code(addresses.page),
        "languages": language_links(paths_by_language(request, page_path(request, token))),
    }
    return Page(request, catalog, "link_page.html", municipality).render(context, PRIVATE)


def _external_url(addresses: LinkUrls, app: AppBrowser | None, device: Device) -> str:
    """Return a URL that opens in a browser outside the app, or '' if none is known."""
    if app is AppBrowser.LINE:
        return addresses.page
    return addresses.intent if device is Device.ANDROID else ""
