"""The feed's answer: its headers, and 304 where the caller has it already."""

import hashlib
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from calsvc.addresses import LinkAddresses
from calsvc.feed import REVISION, Holder, feed
from calsvc.household import Member
from calsvc.links import Link
from calsvc.rules import plan
from calsvc.texts import catalog
from calsvc.web.queries import read_query
from calsvc.web.service import base_address, service_of, words_for

MAX_AGE = 3600
"""Seconds for which a caller may keep a feed without asking: less than any calendar's interval."""
LAST_MODIFIED = format_datetime(REVISION, usegmt=True)


async def calendar(request: Request) -> Response:
    """``GET /calendar.ics``: the feed of a card given by plain dates."""
    query = read_query(request.query_params, service_of(request).today())
    lang = query.lang or words_for(request).language
    return feed_response(request, Link((Member(query.card),), lang, query.alarms))


async def sealed_calendar(request: Request) -> Response:
    """``GET /c/{token}.ics``: the feed of a sealed link; 404 if it does not open."""
    link = service_of(request).keyring.open(request.path_params["token"])
    return feed_response(request, link)


def feed_response(request: Request, link: Link) -> Response:
    """200 with the calendar of ``link``, or 304 (RFC 9110, 13.2.2)."""
    service, words = service_of(request), catalog(link.lang)
    holders = [Holder(plan(each.card, service.city.grace), each.name) for each in link.members]
    base = base_address(request)
    addresses = LinkAddresses(base, service.keyring.seal(link)) if base else None
    content = feed(holders, service.city, words, alarms=link.alarms, addresses=addresses)
    headers = {
        "ETag": f'"{hashlib.sha256(content).hexdigest()[:32]}"',
        "Last-Modified": LAST_MODIFIED,
        "Cache-Control": f"private, max-age={MAX_AGE}",
        "Vary": "Accept-Language",
    }
    if is_unchanged(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    headers["Content-Type"] = "text/calendar; charset=utf-8"
    headers["Content-Language"] = link.lang
    headers["Content-Disposition"] = disposition(words.text("calendar.name"))
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
