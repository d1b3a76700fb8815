"""Reads the body of a request. Other media types and large bodies are rejected."""

from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

MAX_BODY_BYTES = 64 * 1024
MAX_FIELDS = 400
"""A form of ten cards has some 270."""


async def read_body(request: Request, media_type: str) -> bytes:
    """Return the body, at most `MAX_BODY_BYTES` bytes. Raises `HTTPException` 415 or 413."""
    sent_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if sent_type != media_type:
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return body


async def read_form_fields(request: Request) -> Mapping[str, str]:
    """Return the fields of an HTML form. Raises `HTTPException` 415 or 413."""
    body = await read_body(request, "application/x-www-form-urlencoded")
    try:
        pairs = parse_qsl(
            body.decode(errors="replace"),
            keep_blank_values=True,
            errors="replace",
            max_num_fields=MAX_FIELDS,
        )
    except ValueError:
        raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE) from None
    return dict(pairs)
