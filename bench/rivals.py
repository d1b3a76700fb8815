"""What the service is measured against: servers of a constant, and of a feed built each time."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from calsvc.clock import today_in_japan
from calsvc.feed import builder
from calsvc.i18n import catalogs
from calsvc.links.content import LinkedCard, Reminders
from calsvc.municipality import toml_reader
from calsvc.parsing.card_fields import read_card
from calsvc.rules.plan import assess
from calsvc.web.feeds.response import content_headers

CITY = toml_reader.load("012033")
WORDS = catalogs.get_catalog("ja")
OPTIONS = builder.FeedOptions(CITY, WORDS, Reminders.STANDARD)
CONSTANT = b"x" * 11413
"""As long as the feeds that are asked for, on the average."""
RAW_HEADERS = [
    (b"etag", b'"0123456789abcdef0123456789abcdef"'),
    (b"content-length", b"%d" % len(CONSTANT)),
    *content_headers("ja", builder.REVISION),
]
"""The headers of a feed."""
HEADERS = {name.decode(): value.decode() for name, value in RAW_HEADERS}


async def _constant(_request: Request) -> Response:
    return Response(CONSTANT, headers=HEADERS)


async def _built(request: Request) -> Response:
    card = read_card(request.query_params, today_in_japan())
    content = builder.build_feed([LinkedCard(assess(card).plan)], OPTIONS)
    return Response(content, headers={**HEADERS, "content-length": str(len(content))})


async def bare(scope: Scope, _receive: Receive, send: Send) -> None:
    """The least that ASGI allows."""
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": RAW_HEADERS})
        await send({"type": "http.response.body", "body": CONSTANT})


starlette_constant = Starlette(routes=[Route("/calendar.ics", _constant)])
icalendar_each_time = Starlette(routes=[Route("/calendar.ics", _built)])
