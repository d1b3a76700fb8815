"""The resident's pages: a form, and what a sealed link holds."""

from http import HTTPStatus

from starlette.endpoints import HTTPEndpoint
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from calsvc.errors import InvalidInput
from calsvc.i18n.catalogs import catalog
from calsvc.i18n.languages import LANGUAGES
from calsvc.links.content import InvalidTokenError, Link
from calsvc.links.urls import OPEN_OUTSIDE_LINE, LinkAddresses
from calsvc.web.card_form.form import Form, read_form, read_members, rearranged
from calsvc.web.card_form.form_context import form_facts
from calsvc.web.pages import PRIVATE, PUBLIC, Page, inline, languages_at, root_of, unbroken
from calsvc.web.request_body import form_fields
from calsvc.web.residents.devices import device, in_line
from calsvc.web.residents.link_page import preview
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
        try:
            members = read_members(form, service_of(request).today())
        except InvalidInput as error:
            facts = form_facts(form, words, error.problems)
            return page.answer(facts, PRIVATE, HTTPStatus.BAD_REQUEST)
        service = service_of(request)
        token = service.keyring.seal(new_link(service, members, words.language))
        path = f"{root_of(request)}/c/{token}"  # browsers let a form lead only to its own host
        if in_line(_user_agent(request)):
            path += f"?{OPEN_OUTSIDE_LINE}"
        return RedirectResponse(path, HTTPStatus.SEE_OTHER, headers=PRIVATE)


def _user_agent(request: Request) -> str:
    return request.headers.get("user-agent", "")


async def sealed_page(request: Request) -> Response:
    """``GET /c/{token}``: what the link holds, and the ways to have it in a calendar.

    The parameter ``lang`` leads to the page and the feed of the same link in another language.
    """
    service, agent = service_of(request), _user_agent(request)
    link, token = _link_in_language(request)
    addresses, words = LinkAddresses(base_of(request), token), catalog(link.language)
    facts = {
        "preview": preview(link, service.city, service.today()),
        "today": service.today(),
        "ways": subscribing(addresses, words.text("calendar.name"), device(agent)),
        "hand": device(agent),
        "in_line": in_line(agent),
        "addresses": addresses,
        "said": lambda standing: standing.said(words),
        "unbroken": lambda text, days: unbroken(text, [words.day(day) for day in days]),
        "qr": inline(addresses.page),
        "languages": languages_at(_paths_by_language(request, token)),
    }
    return Page(request, words, "link_page.html").answer(facts, PRIVATE)


def _link_in_language(request: Request) -> tuple[Link, str]:
    """Returns the link, its cards as the law now stands, and its token.

    Raises `InvalidTokenError`.
    """
    service, language = service_of(request), request.query_params.get("lang", "")
    link, token = service.keyring.open_and_reseal(request.path_params["token"])
    if link.municipality != service.city.code:
        raise InvalidTokenError
    if language in LANGUAGES and language != link.language:
        link = link._replace(language=language)
        token = service.keyring.seal(link)
    return link, token


def _paths_by_language(request: Request, token: str) -> dict[str, str]:
    path = f"{root_of(request)}/c/{token}"
    in_line_browser = f"&{OPEN_OUTSIDE_LINE}" if in_line(_user_agent(request)) else ""
    return {language: f"{path}?lang={language}{in_line_browser}" for language in LANGUAGES}
