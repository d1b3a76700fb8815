"""The resident's pages: a form, and what a sealed link holds."""

from collections.abc import Mapping
from http import HTTPStatus

from starlette.endpoints import HTTPEndpoint
from starlette.requests import Request
from starlette.responses import Response

from calsvc.errors import InvalidInputError
from calsvc.i18n.catalogs import get_catalog
from calsvc.i18n.languages import LANGUAGES
from calsvc.links.content import REMINDERS, Reminders
from calsvc.links.urls import LinkAddresses
from calsvc.municipality.model import Municipality
from calsvc.web.card_form.faults import explain
from calsvc.web.card_form.form import Form, answered, read_form, read_members, rearranged
from calsvc.web.card_form.form_context import form_context
from calsvc.web.observability.metrics import Way, count_links
from calsvc.web.pages import (
    PRIVATE,
    PUBLIC,
    Page,
    front_path,
    inline,
    languages_at,
    root_of,
    unbroken,
)
from calsvc.web.request_body import form_fields
from calsvc.web.residents.city_choice import choice_page, city_of, found_page, to_only
from calsvc.web.residents.devices import BuiltIn, Device, built_in, device
from calsvc.web.residents.link_page import preview
from calsvc.web.residents.link_requests import (
    CHANGED,
    FORM_ID,
    edit_path,
    link_in_language,
    page_path,
    paths_by_language,
    redirect_to_page,
    user_agent,
)
from calsvc.web.residents.questions import Telling
from calsvc.web.residents.subscribe_options import subscribing
from calsvc.web.service import base_of, get_request_catalog, new_link, service_of


class FrontPage(HTTPEndpoint):
    """``/``: the form, or the choice of a municipality where the service serves several."""

    async def get(self, request: Request) -> Response:
        """Returns the empty form or the choice."""
        base_of(request)  # better before the dates are typed: no link could be made here
        city = service_of(request).cities.only
        return choice_page(request) if city is None else empty_form(request, city)

    async def post(self, request: Request) -> Response:
        """Returns what comes of the form or of the search for a municipality."""
        base_of(request)
        fields, city = await form_fields(request), service_of(request).cities.only
        if city is None:
            return found_page(request, fields)
        return form_response(request, fields, city)


class CityForm(HTTPEndpoint):
    """``/{code}/``: the form of one of several municipalities."""

    async def get(self, request: Request) -> Response:
        """Returns the empty form, or leads to that of the only municipality."""
        base_of(request)
        if service_of(request).cities.only is not None:
            return to_only(request)
        return empty_form(request, city_of(request))

    async def post(self, request: Request) -> Response:
        """Returns what comes of the form."""
        base_of(request)
        fields = await form_fields(request)
        return form_response(request, fields, city_of(request))


def empty_form(request: Request, city: Municipality) -> Response:
    """Returns the form of ``city``. Dates travel in its body, never in an address."""
    page = form_page(request, city)
    return page.answer({**form_context(Form(), page.catalog), **_languages(request, city)}, PUBLIC)


def form_page(request: Request, city: Municipality) -> Page:
    """Returns the page of the form of ``city``, to be filled in."""
    return Page(request, get_request_catalog(request), "form.html", city)


def _languages(request: Request, city: Municipality) -> dict[str, object]:
    front = root_of(request) + front_path(service_of(request), city)
    return {
        "form_id": FORM_ID,
        "languages": languages_at({each: f"{front}?lang={each}" for each in LANGUAGES}),
    }


def form_response(request: Request, fields: Mapping[str, str], city: Municipality) -> Response:
    """Returns the way to the page of a new link, or the form with what is to be mended."""
    page, service, form = form_page(request, city), service_of(request), read_form(fields)
    catalog, languages = page.catalog, _languages(request, city)
    if changed := rearranged(form, fields):
        return page.answer({**form_context(changed, catalog), **languages}, PRIVATE)
    today = service.today()
    form = answered(form, fields, today)
    try:
        members = read_members(form, today)
    except InvalidInputError as error:
        faults = explain(error.problems, form, catalog, today)
        context = {**form_context(form, catalog, faults), **languages}
        return page.answer(context, PRIVATE, HTTPStatus.BAD_REQUEST)
    reminders = REMINDERS.get(form.alarms, Reminders.STANDARD)
    link = new_link(service, members, catalog.language, reminders, city)
    count_links(request, Way.FORM)
    return redirect_to_page(request, service.keyring.seal(link))


async def sealed_page(request: Request) -> Response:
    """``GET /c/{token}``: what the link holds, and the ways to have it in a calendar.

    The parameter ``lang`` leads to the page and the feed of the same link in another language.
    """
    service, agent = service_of(request), user_agent(request)
    link, token = link_in_language(request)
    addresses, catalog = LinkAddresses(base_of(request), token), get_catalog(link.language)
    city = service.cities.for_link(link.municipality)
    app, hand = built_in(agent), device(agent)
    telling = Telling(
        city, catalog, service.today(), addresses.page, edit_path(request, token), bool(app)
    )
    context = {
        "preview": preview(link, telling),
        "today": telling.today,
        "edit": telling.edit,
        "is_changed": CHANGED in request.scope["query_string"].decode("latin-1").split("&"),
        "ways": subscribing(addresses, catalog.text("calendar.name"), hand),
        "hand": hand,
        "built_in": app,
        "outside": _outside(addresses, app, hand),
        "addresses": addresses,
        "unbroken": lambda text, days: unbroken(text, [catalog.day(day) for day in days]),
        "qr": inline(addresses.page),
        "languages": languages_at(paths_by_language(request, page_path(request, token))),
    }
    return Page(request, catalog, "link_page.html", city).answer(context, PRIVATE)


def _outside(addresses: LinkAddresses, app: BuiltIn | None, hand: Device) -> str:
    """Returns the address that leads out of an app's browser, or '' if none is known to."""
    if app is BuiltIn.LINE:
        return addresses.page
    return addresses.intent if hand is Device.ANDROID else ""
