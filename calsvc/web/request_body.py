"""What is sent in a body: of one media type, and never more than a little of it."""

from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

MAX_BODY_BYTES = 64 * 1024
MAX_FIELDS = 400
"""A form of ten cards has some 270."""


async def content(request: Request, media_type: str) -> bytes:
    """The body, at most `MAX_BODY_BYTES` bytes. Raises `HTTPException` 415 or 413."""
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given != media_type:
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    found = b""
    async for chunk in request.stream():
        found += chunk
        if len(found) > MAX_BODY_BYTES:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return found


async def form_fields(request: Request) -> Mapping[str, str]:
    """The fields of a form, as browsers send them. Raises `HTTPException` 415 or 413."""
    body = await content(request, "application/x-www-form-urlencoded")
    try:
        fields = parse_qsl(
            body.decode(errors="replace"),
            keep_blank_values=True,
            errors="replace",
            max_num_fields=MAX_FIELDS,
        )
    except ValueError:
        raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE) from None
    return dict(fields)
