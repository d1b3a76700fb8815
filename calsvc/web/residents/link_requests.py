"""Reads the link in the path of a request, and builds paths of link pages."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from calsvc.i18n.languages import LANGUAGES
from calsvc.links.content import Link
from calsvc.links.ended import LinkEndedError
from calsvc.links.urls import LINE_OPEN_EXTERNAL
from calsvc.web.pages import PRIVATE, root_path
from calsvc.web.residents.devices import is_line_browser
from calsvc.web.service import get_service

FORM_ID = "dates"
"""The id of the form. Language buttons need it, because they are outside of the form."""
CHANGED_QUERY = "changed=1"
"""The query for the notice that a calendar from an older link must be replaced."""


def get_user_agent(request: Request) -> str:
    """Return the User-Agent header, or ''."""
    return request.headers.get("user-agent", "")


def read_link(request: Request) -> tuple[Link, str]:
    """Return the link in the language of the parameter ``lang``, and its token.

    Raises `InvalidTokenError`, `LinkEndedError`.
    """
    service, language = get_service(request), request.query_params.get("lang", "")
    link, token = service.keyring.open_and_reseal(request.path_params["token"])
    if link.number in service.ended.numbers:
        raise LinkEndedError
    if language in LANGUAGES and language != link.language:
        link = link._replace(language=language)
        token = service.keyring.seal(link)
    return link, token


def page_path(request: Request, token: str) -> str:
    """Return the path of a link's page."""
    # A path and no URL, because the policy lets a form redirect only to its own host.
    return f"{root_path(request)}/c/{token}"


def edit_path(request: Request, token: str) -> str:
    """Return the path of the form that changes a link."""
    return f"{page_path(request, token)}/edit"


def paths_by_language(request: Request, path: str) -> dict[str, str]:
    """Return ``path`` with the parameter of each language."""
    line_parameter = f"&{LINE_OPEN_EXTERNAL}" if is_line_browser(get_user_agent(request)) else ""
    return {language: f"{path}?lang={language}{line_parameter}" for language in LANGUAGES}


def redirect_to_page(request: Request, token: str, *, changed: bool = False) -> Response:
    """Return the redirect to the page of a new or changed link."""
    parameters = [CHANGED_QUERY] if changed else []
    if is_line_browser(get_user_agent(request)):
        parameters.append(LINE_OPEN_EXTERNAL)
    query = f"?{'&'.join(parameters)}" if parameters else ""
    path = page_path(request, token) + query
    return RedirectResponse(path, HTTPStatus.SEE_OTHER, headers=PRIVATE)
