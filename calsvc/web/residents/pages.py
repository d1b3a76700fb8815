"""The resident's pages: a form, and what a sealed link holds."""

from http import HTTPStatus

from starlette.endpoints import HTTPEndpoint
from starlette.requests import Request
from starlette.responses import Response

from calsvc.errors import InvalidInput
from calsvc.i18n.catalogs import catalog
from calsvc.links.content import REMINDERS, Reminders
from calsvc.links.urls import LinkAddresses
from calsvc.web.card_form.form import Form, answered, read_form, read_members, rearranged
from calsvc.web.card_form.form_context import form_facts
from calsvc.web.pages import PRIVATE, PUBLIC, Page, inline, languages_at, unbroken
from calsvc.web.request_body import form_fields
from calsvc.web.residents.devices import device, in_line
from calsvc.web.residents.link_page import preview
from calsvc.web.residents.link_requests import (
    CHANGED,
    edit_path,
    link_in_language,
    page_path,
    paths_by_language,
    redirect_to_page,
    user_agent,
)
from calsvc.web.residents.subscribe_options import subscribing
from calsvc.web.service import base_of, new_link, service_of, words_for


class FrontPage(HTTPEndpoint):
    """``/``: the form. Dates travel in its body, never in an address."""

    async def get(self, request: Request) -> Response:
        """The empty form."""
        base_of(request)  # better before the dates are typed: no link could be made here
        words = words_for(request)
        return Page(request, words, "form.html").answer(form_facts(Form(), words), PUBLIC)

    async def post(self, request: Request) -> Response:
        """The page of the link that the form makes, or the form with what is to be mended."""
        base_of(request)
        fields, words = await form_fields(request), words_for(request)
        form, page = read_form(fields), Page(request, words, "form.html")
        if changed := rearranged(form, fields):
            return page.answer(form_facts(changed, words), PRIVATE)
        form = answered(form, fields)
        try:
            members = read_members(form, service_of(request).today())
        except InvalidInput as error:
            facts = form_facts(form, words, error.problems)
            return page.answer(facts, PRIVATE, HTTPStatus.BAD_REQUEST)
        service = service_of(request)
        reminders = REMINDERS.get(form.alarms, Reminders.STANDARD)
        token = service.keyring.seal(new_link(service, members, words.language, reminders))
        return redirect_to_page(request, token)


async def sealed_page(request: Request) -> Response:
    """``GET /c/{token}``: what the link holds, and the ways to have it in a calendar.

    The parameter ``lang`` leads to the page and the feed of the same link in another language.
    """
    service, agent = service_of(request), user_agent(request)
    link, token = link_in_language(request)
    addresses, words = LinkAddresses(base_of(request), token), catalog(link.language)
    facts = {
        "preview": preview(link, service.city, service.today(), addresses.page),
        "today": service.today(),
        "edit": edit_path(request, token),
        "is_changed": CHANGED in request.url.query.split("&"),
        "ways": subscribing(addresses, words.text("calendar.name"), device(agent)),
        "hand": device(agent),
        "in_line": in_line(agent),
        "addresses": addresses,
        "said": lambda standing: standing.said(words),
        "unbroken": lambda text, days: unbroken(text, [words.day(day) for day in days]),
        "qr": inline(addresses.page),
        "languages": languages_at(paths_by_language(request, page_path(request, token))),
    }
    return Page(request, words, "link_page.html").answer(facts, PRIVATE)
