"""Errors as RFC 9457 problem details, in the caller's language. What was sent is never repeated."""

from collections.abc import Sequence
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from calsvc.errors import InvalidInput, Problem
from calsvc.texts import catalog
from calsvc.web.language import choose

MEDIA_TYPE = "application/problem+json"
TITLES = {
    HTTPStatus.BAD_REQUEST: "error.title.bad_request",
    HTTPStatus.NOT_FOUND: "error.title.not_found",
    HTTPStatus.METHOD_NOT_ALLOWED: "error.title.method_not_allowed",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "error.title.too_large",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "error.title.unsupported_media_type",
    HTTPStatus.MISDIRECTED_REQUEST: "error.title.misdirected",
}


async def invalid_input(request: Request, error: Exception) -> JSONResponse:
    """400 with every faulty field."""
    problems = error.problems if isinstance(error, InvalidInput) else ()
    return problem_response(request, HTTPStatus.BAD_REQUEST, problems)


async def bad_link(request: Request, _error: Exception) -> JSONResponse:
    """404 for a link that does not open; it says nothing more."""
    return problem_response(request, HTTPStatus.NOT_FOUND)


async def http_error(request: Request, error: Exception) -> JSONResponse:
    """404, 405 and the like, in the same form."""
    if not isinstance(error, HTTPException):
        raise error
    response = problem_response(request, HTTPStatus(error.status_code))
    response.headers.update(error.headers or {})
    return response


def problem_response(
    request: Request, status: HTTPStatus, problems: Sequence[Problem] = ()
) -> JSONResponse:
    """The answer that says what is wrong."""
    words = catalog(choose(request.query_params, request.headers.get("accept-language", "")))
    content: dict[str, object] = {
        "type": "about:blank",
        "title": words.text(TITLES.get(status, "error.title.bad_request")),
        "status": status.value,
    }
    if problems:
        content["errors"] = [
            {"field": each.field, "message": words.problem(each)} for each in problems
        ]
    headers = {"Content-Language": words.language, "Cache-Control": "no-store"}
    return JSONResponse(content, status, headers=headers, media_type=MEDIA_TYPE)
