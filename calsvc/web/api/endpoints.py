"""The answers for programs, in JSON."""

from datetime import date

from starlette.requests import Request
from starlette.responses import JSONResponse

from calsvc.i18n.catalogs import Catalog, catalog
from calsvc.i18n.event_texts import EventText, events
from calsvc.i18n.languages import DEFAULT_LANGUAGE, LANGUAGES
from calsvc.links.sealing import Link
from calsvc.links.urls import LinkAddresses
from calsvc.parsing.names import Member
from calsvc.rules.card import Card, Caution
from calsvc.rules.plan import reckon
from calsvc.web.api.link_request import json_body, read_link
from calsvc.web.feed_query import read_query
from calsvc.web.service import link_addresses, service_of, words_for

NOT_STORED = {"Cache-Control": "no-store"}
PROBE = Link((Member(Card(date(2000, 1, 1), date(2020, 1, 1))),), DEFAULT_LANGUAGE)
"""A link of nobody's: what opens it again has its keys."""


async def milestones(request: Request) -> JSONResponse:
    """``GET /api/milestones``: what the feed says, without alarms. Ends are inclusive."""
    service, words = service_of(request), words_for(request)
    card, _, _ = read_query(request.scope["query_string"], service.today())
    found = reckon(card, service.city.grace)
    content = {
        "card_expiry": found.card_expiry.isoformat(),
        "certificate_expiry": found.certificate_expiry.isoformat(),
        "milestones": [_milestone(each) for each in events(found, service.city, words)],
        "cautions": [_caution(each, words) for each in found.cautions],
    }
    return JSONResponse(content, headers={"Content-Language": words.language, **NOT_STORED})


def _caution(caution: Caution, words: Catalog) -> dict[str, str]:
    return {"code": caution.code, "message": words.caution(caution)}


def _milestone(event: EventText) -> dict[str, str]:
    return {
        "subject": event.milestone.subject,
        "kind": event.milestone.kind,
        "start": event.milestone.start.isoformat(),
        "end": event.milestone.end.isoformat(),
        "title": event.title,
        "description": event.description,
    }


async def links(request: Request) -> JSONResponse:
    """``POST /api/links``: the addresses of a sealed link for one to ten cards."""
    body = await json_body(request)
    link = read_link(body, words_for(request).language, service_of(request).today())
    name = catalog(link.lang).text("calendar.name")
    return JSONResponse(_addresses(link_addresses(request, link), name), headers=NOT_STORED)


def _addresses(addresses: LinkAddresses, name: str) -> dict[str, str]:
    return {
        "page": addresses.page,
        "feed": addresses.feed,
        "webcal": addresses.webcal,
        "google": addresses.google,
        "outlook": addresses.outlook(name),
        "office": addresses.office(name),
    }


async def healthz(_request: Request) -> JSONResponse:
    """``GET /healthz``: the process is alive."""
    return JSONResponse({"status": "ok"}, headers=NOT_STORED)


async def readyz(request: Request) -> JSONResponse:
    """``GET /readyz``: keys, municipality and texts are loaded, so that all can be answered."""
    service = service_of(request)
    service.keyring.open(service.keyring.seal(PROBE))
    for language in LANGUAGES:
        service.city.text(language)
        catalog(language)
    return JSONResponse({"status": "ready"}, headers=NOT_STORED)
