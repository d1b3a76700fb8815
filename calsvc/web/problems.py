"""Error responses: RFC 9457 problem details for programs, a page for browsers.

They are in the client's language and never repeat a value of the request.
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
from calsvc.web.pages import PRIVATE, Page, translator
from calsvc.web.security_headers import COMMON_SECURITY_HEADERS, RawHeaders
from calsvc.web.service import get_request_catalog

PROBLEM_HEADERS = {
    "Cache-Control": "no-store",
    "Vary": "Accept, Accept-Language",
    **{name.decode(): value.decode() for name, value in COMMON_SECURITY_HEADERS},
}
PROBLEM_MEDIA_TYPE = "application/problem+json"
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
    """Return 400 with every faulty field."""
    problems = error.problems if isinstance(error, InvalidInputError) else ()
    return problem_response(request, HTTPStatus.BAD_REQUEST, problems)


async def invalid_link(request: Request, _error: Exception) -> Response:
    """Return 404 for a link whose token is invalid. The response gives no reason."""
    return problem_response(request, HTTPStatus.NOT_FOUND)


async def ended_link(request: Request, _error: Exception) -> Response:
    """Return 410 for a link that was ended."""
    return problem_response(request, HTTPStatus.GONE)


async def http_error(request: Request, error: Exception) -> Response:
    """Return the response for 404, 405 and the like, with the headers of ``error``."""
    if not isinstance(error, HTTPException):
        raise error
    response = problem_response(request, HTTPStatus(error.status_code))
    response.headers.update(error.headers or {})
    return response


def problem_response(
    request: Request, status: HTTPStatus, problems: Sequence[Problem] = ()
) -> Response:
    """Return a page if the client's Accept header names HTML, else JSON."""
    is_for_browser = "text/html" in request.headers.get("accept", "").lower()
    build = _problem_page if is_for_browser else _problem_details
    response = build(request, status, problems)
    response.headers.update(PROBLEM_HEADERS)
    return response


def _problem_page(request: Request, status: HTTPStatus, problems: Sequence[Problem]) -> Response:
    catalog = get_request_catalog(request)
    context = {
        "s": translator(catalog, "staff"),
        "title": _title(request, status),
        "messages": [catalog.format_problem(problem) for problem in problems],
        "is_not_found": status is HTTPStatus.NOT_FOUND,
        "ended": catalog.text("ended.text") if status is HTTPStatus.GONE else "",
        "signed_in": "staff_person" in request.scope,
    }
    return Page(request, catalog, "problem.html").render(context, PRIVATE, status)


def _problem_details(request: Request, status: HTTPStatus, problems: Sequence[Problem]) -> Response:
    catalog = get_request_catalog(request)
    content: dict[str, object] = {
        "type": "about:blank",
        "title": _title(request, status),
        "status": status.value,
    }
    if problems:
        content["errors"] = [
            {"field": problem.field, "message": catalog.format_problem(problem)}
            for problem in problems
        ]
    headers = {"Content-Language": catalog.language}
    return JSONResponse(content, status, headers=headers, media_type=PROBLEM_MEDIA_TYPE)


def _title(request: Request, status: HTTPStatus) -> str:
    return get_request_catalog(request).text(TITLES.get(status, "error.title.bad_request"))


def problem_message(status: HTTPStatus, request_headers: RawHeaders) -> tuple[RawHeaders, bytes]:
    """Return headers and body of the last response on a connection, in the client's language."""
    language = negotiate(dict(request_headers).get(b"accept-language", b"").decode("latin-1"))
    title = get_catalog(language).text(TITLES[status])
    content = {"type": "about:blank", "title": title, "status": status}
    body = json.dumps(content, ensure_ascii=False).encode()
    headers = {
        **PROBLEM_HEADERS,
        "Content-Type": PROBLEM_MEDIA_TYPE,
        "Content-Language": language,
        "Content-Length": str(len(body)),
        "Connection": "close",
    }
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()], body
