"""The feed's answer: its headers, and 304 where the caller has it already."""

import hashlib
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from calsvc.feed import REVISION, Holder, feed
from calsvc.rules import plan
from calsvc.web.queries import read_query
from calsvc.web.service import service_of, words_for

MAX_AGE = 3600
"""Seconds for which a caller may keep a feed without asking: less than any calendar's interval."""
LAST_MODIFIED = format_datetime(REVISION, usegmt=True)


async def calendar(request: Request) -> Response:
    """``GET /calendar.ics``: the feed of a card given by plain dates."""
    service, words = service_of(request), words_for(request)
    query = read_query(request.query_params, service.today())
    holder = Holder(plan(query.card, service.city.grace))
    content = feed([holder], service.city, words, alarms=query.alarms)
    return feed_response(request, content, words.text("calendar.name"), words.language)


def feed_response(request: Request, content: bytes, name: str, language: str) -> Response:
    """200 with ``content``, or 304 (RFC 9110, 13.2.2)."""
    headers = {
        "ETag": f'"{hashlib.sha256(content).hexdigest()[:32]}"',
        "Last-Modified": LAST_MODIFIED,
        "Cache-Control": f"private, max-age={MAX_AGE}",
        "Vary": "Accept-Language",
    }
    if is_unchanged(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    headers["Content-Type"] = "text/calendar; charset=utf-8"
    headers["Content-Language"] = language
    headers["Content-Disposition"] = disposition(name)
    return Response(content, headers=headers)


def disposition(name: str) -> str:
    """How a browser shows and saves the feed: a plain name, and the real one after RFC 8187."""
    return f"inline; filename=\"my-number-card.ics\"; filename*=UTF-8''{quote(name, safe='')}.ics"


def is_unchanged(request: Request, etag: str) -> bool:
    """Whether the caller's copy is still right; If-None-Match counts before If-Modified-Since."""
    known = request.headers.get("if-none-match")
    if known is not None:
        tags = {tag.strip().removeprefix("W/") for tag in known.split(",")}
        return bool(tags & {"*", etag})
    return _is_not_older(request.headers.get("if-modified-since", ""))


def _is_not_older(since: str) -> bool:
    try:
        return parsedate_to_datetime(since) >= REVISION
    except (TypeError, ValueError):
        return False
