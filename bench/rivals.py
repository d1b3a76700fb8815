"""What the service is measured against: servers of a constant, and of a feed built each time."""

import os

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from calsvc import feed, municipality, texts
from calsvc.fields import read_card, today_in_japan
from calsvc.rules import reckon

CITY = municipality.load("otaru")
WORDS = texts.catalog("ja")
CONSTANT = b"x" * int(os.environ.get("BENCH_SIZE", "19700"))
MEDIA_TYPE = "text/calendar"
HEADERS = {
    "ETag": '"0123456789abcdef0123456789abcdef"',
    "Last-Modified": "Tue, 24 Nov 2026 00:00:00 GMT",
    "Cache-Control": "private, max-age=3600",
    "Vary": "Accept-Language",
    "Content-Language": "ja",
    "Content-Disposition": 'inline; filename="my-number-card.ics"',
}
RAW_HEADERS = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()] + [
    (b"content-type", b"text/calendar; charset=utf-8"),
    (b"content-length", b"%d" % len(CONSTANT)),
]


async def _constant(_request: Request) -> Response:
    return Response(CONSTANT, media_type=MEDIA_TYPE, headers=HEADERS)


async def _built(request: Request) -> Response:
    card = read_card(request.query_params, today_in_japan())
    holder = feed.Holder(reckon(card, CITY.grace))
    return Response(feed.feed([holder], CITY, WORDS), media_type=MEDIA_TYPE, headers=HEADERS)


async def bare(scope: Scope, _receive: Receive, send: Send) -> None:
    """The least that ASGI allows."""
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": RAW_HEADERS})
        await send({"type": "http.response.body", "body": CONSTANT})


starlette_constant = Starlette(routes=[Route("/calendar.ics", _constant)])
icalendar_each_time = Starlette(routes=[Route("/calendar.ics", _built)])
