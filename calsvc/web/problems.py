"""Errors in the caller's language: RFC 9457 problem details for programs, a page for browsers.

What was sent is never repeated.
"""

import json
from collections.abc import Sequence
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from calsvc.errors import InvalidInputError, Problem
from calsvc.i18n.catalogs import get_catalog
from calsvc.web.language import negotiate
from calsvc.web.pages import PRIVATE, Page
from calsvc.web.security_headers import EVERYWHERE, Headers
from calsvc.web.service import get_request_catalog

ALWAYS = {
    "Cache-Control": "no-store",
    "Vary": "Accept, Accept-Language",
    **{name.decode(): value.decode() for name, value in EVERYWHERE},
}
MEDIA_TYPE = "application/problem+json"
TITLES = {
    HTTPStatus.BAD_REQUEST: "error.title.bad_request",
    HTTPStatus.FORBIDDEN: "error.title.forbidden",
    HTTPStatus.NOT_FOUND: "error.title.not_found",
    HTTPStatus.GONE: "ended.title",
    HTTPStatus.METHOD_NOT_ALLOWED: "error.title.method_not_allowed",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "error.title.too_large",
    HTTPStatus.REQUEST_URI_TOO_LONG: "error.title.too_large",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: "error.title.too_large",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "error.title.unsupported_media_type",
    HTTPStatus.MISDIRECTED_REQUEST: "error.title.misdirected",
    HTTPStatus.TOO_MANY_REQUESTS: "error.title.too_many_requests",
    HTTPStatus.SERVICE_UNAVAILABLE: "error.title.busy",
    HTTPStatus.INTERNAL_SERVER_ERROR: "error.title.failed",
}


async def invalid_input(request: Request, error: Exception) -> Response:
    """400 with every faulty field."""
    problems = error.problems if isinstance(error, InvalidInputError) else ()
    return problem_response(request, HTTPStatus.BAD_REQUEST, problems)


async def bad_link(request: Request, _error: Exception) -> Response:
    """404 for a link that does not open; it says nothing more."""
    return problem_response(request, HTTPStatus.NOT_FOUND)


async def ended_link(request: Request, _error: Exception) -> Response:
    """410 for a link that was ended."""
    return problem_response(request, HTTPStatus.GONE)


async def http_error(request: Request, error: Exception) -> Response:
    """404, 405 and the like, in the same form."""
    if not isinstance(error, HTTPException):
        raise error
    response = problem_response(request, HTTPStatus(error.status_code))
    response.headers.update(error.headers or {})
    return response


def problem_response(
    request: Request, status: HTTPStatus, problems: Sequence[Problem] = ()
) -> Response:
    """The answer that says what is wrong: a page where one is asked for by name, else JSON."""
    answer = _page if "text/html" in request.headers.get("accept", "").lower() else _details
    response = answer(request, status, problems)
    response.headers.update(ALWAYS)
    return response


def _page(request: Request, status: HTTPStatus, problems: Sequence[Problem]) -> Response:
    catalog = get_request_catalog(request)
    params = {
        "title": _title(request, status),
        "messages": [catalog.problem(each) for each in problems],
        "lost": status is HTTPStatus.NOT_FOUND,
        "ended": catalog.text("ended.text") if status is HTTPStatus.GONE else "",
    }
    return Page(request, catalog, "problem.html").answer(params, PRIVATE, status)


def _details(request: Request, status: HTTPStatus, problems: Sequence[Problem]) -> Response:
    catalog = get_request_catalog(request)
    content: dict[str, object] = {
        "type": "about:blank",
        "title": _title(request, status),
        "status": status.value,
    }
    if problems:
        content["errors"] = [
            {"field": each.field, "message": catalog.problem(each)} for each in problems
        ]
    headers = {"Content-Language": catalog.language}
    return JSONResponse(content, status, headers=headers, media_type=MEDIA_TYPE)


def _title(request: Request, status: HTTPStatus) -> str:
    return get_request_catalog(request).text(TITLES.get(status, "error.title.bad_request"))


def problem_message(status: HTTPStatus, request_headers: Headers) -> tuple[Headers, bytes]:
    """Return headers and body of the last response on a connection, in the client's language."""
    language = negotiate(dict(request_headers).get(b"accept-language", b"").decode("latin-1"))
    title = get_catalog(language).text(TITLES[status])
    content = {"type": "about:blank", "title": title, "status": status}
    body = json.dumps(content, ensure_ascii=False).encode()
    given = {
        **ALWAYS,
        "Content-Type": MEDIA_TYPE,
        "Content-Language": language,
        "Content-Length": str(len(body)),
        "Connection": "close",
    }
    return [(name.lower().encode(), value.encode()) for name, value in given.items()], body
