"""Reads the link that a request names, and leads to the page of another."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from calsvc.i18n.languages import LANGUAGES
from calsvc.links.content import Link
from calsvc.links.ended import LinkEndedError
from calsvc.links.urls import LINE_OPEN_EXTERNAL
from calsvc.web.pages import PRIVATE, root_of
from calsvc.web.residents.devices import in_line
from calsvc.web.service import service_of

FORM_ID = "dates"
"""The buttons of languages stand outside of the form that they send."""
CHANGED = "changed=1"
"""Asks the page to say that a calendar made from an older link must be replaced."""


def user_agent(request: Request) -> str:
    """Returns the header, or ''."""
    return request.headers.get("user-agent", "")


def link_in_language(request: Request) -> tuple[Link, str]:
    """Returns the link in the language that the request names, and its token.

    Raises `InvalidTokenError`, `LinkEndedError`.
    """
    service, language = service_of(request), request.query_params.get("lang", "")
    link, token = service.keyring.open_and_reseal(request.path_params["token"])
    if link.number in service.ended.numbers:
        raise LinkEndedError
    if language in LANGUAGES and language != link.language:
        link = link._replace(language=language)
        token = service.keyring.seal(link)
    return link, token


def page_path(request: Request, token: str) -> str:
    """Returns the path of a link's page. Browsers let a form lead only to its own host."""
    return f"{root_of(request)}/c/{token}"


def edit_path(request: Request, token: str) -> str:
    """Returns the path of the form that changes a link."""
    return f"{page_path(request, token)}/edit"


def paths_by_language(request: Request, path: str) -> dict[str, str]:
    """Returns ``path`` for each language of its link."""
    in_line_browser = f"&{LINE_OPEN_EXTERNAL}" if in_line(user_agent(request)) else ""
    return {language: f"{path}?lang={language}{in_line_browser}" for language in LANGUAGES}


def redirect_to_page(request: Request, token: str, *, changed: bool = False) -> Response:
    """Returns the redirect to the page of a link that was made."""
    parameters = [CHANGED] if changed else []
    if in_line(user_agent(request)):
        parameters.append(LINE_OPEN_EXTERNAL)
    query = f"?{'&'.join(parameters)}" if parameters else ""
    path = page_path(request, token) + query
    return RedirectResponse(path, HTTPStatus.SEE_OTHER, headers=PRIVATE)
