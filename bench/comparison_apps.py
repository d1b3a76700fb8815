"""Servers for comparison: two with a constant response, one that builds every feed anew."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from calsvc.clock import today_in_japan
from calsvc.feed import builder
from calsvc.i18n import catalogs
from calsvc.links.content import LinkedCard, Reminders
from calsvc.municipality import loader
from calsvc.parsing.card_fields import parse_card
from calsvc.rules.plan import assess
from calsvc.web.feeds.response import build_content_headers

OTARU = loader.load_municipality("012033")
CATALOG = catalogs.get_catalog("ja")
OPTIONS = builder.FeedOptions(OTARU, CATALOG, Reminders.STANDARD)
CONSTANT_BODY = b"x" * 11413
"""A body with the mean length of the requested feeds."""
RAW_HEADERS = [
    (b"etag", b'"0123456789abcdef0123456789abcdef"'),
    (b"content-length", b"%d" % len(CONSTANT_BODY)),
    *build_content_headers("ja", builder.REVISION),
]
"""The headers of a real feed."""
HEADERS = {name.decode(): value.decode() for name, value in RAW_HEADERS}


async def _constant(_request: Request) -> Response:
    return Response(CONSTANT_BODY, headers=HEADERS)


async def _built(request: Request) -> Response:
    card = parse_card(request.query_params, today_in_japan())
    content = builder.build_feed([LinkedCard(assess(card).plan)], OPTIONS)
    return Response(content, headers={**HEADERS, "content-length": str(len(content))})


async def bare_asgi(scope: Scope, _receive: Receive, send: Send) -> None:
    """Send the same response with the least that ASGI requires."""
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": RAW_HEADERS})
        await send({"type": "http.response.body", "body": CONSTANT_BODY})


starlette_constant = Starlette(routes=[Route("/calendar.ics", _constant)])
icalendar_each_time = Starlette(routes=[Route("/calendar.ics", _built)])
