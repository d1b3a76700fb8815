"""Endpoints of the JSON API: links and health."""

from datetime import date

from starlette.requests import Request
from starlette.responses import JSONResponse

from calsvc.i18n.catalogs import get_catalog
from calsvc.i18n.languages import DEFAULT_LANGUAGE, LANGUAGES
from calsvc.i18n.place_texts import municipality_name
from calsvc.links.content import NO_NUMBER, Link, LinkedCard
from calsvc.links.urls import LinkUrls
from calsvc.rules.card import Card
from calsvc.rules.plan import assess
from calsvc.web.api.link_request import parse_link_request, read_json_body
from calsvc.web.api.milestones import NO_STORE_HEADERS
from calsvc.web.feed_query import MUNICIPALITY_PARAM
from calsvc.web.observability.metrics import LinkOrigin, count_links
from calsvc.web.service import (
    get_request_catalog,
    get_service,
    new_link,
    requested_municipality,
    require_base_url,
)

SAMPLE_PLAN = assess(Card(date(2000, 1, 1), date(2020, 1, 1))).plan
SAMPLE_LINK = Link(NO_NUMBER, (LinkedCard(SAMPLE_PLAN),), DEFAULT_LANGUAGE, "000000")
"""A link for the readiness probe. It tests that the keyring can seal and open."""


async def links(request: Request) -> JSONResponse:
    """``POST /api/links``: the URLs of a sealed link for one to ten cards."""
    body = await read_json_body(request)
    service, base_url = get_service(request), require_base_url(request)
    named_cards, language, reminders = parse_link_request(
        body, get_request_catalog(request).language, service.today()
    )
    municipality = requested_municipality(service, str(body.get(MUNICIPALITY_PARAM, "")))
    token = service.keyring.seal(new_link(service, named_cards, language, reminders, municipality))
    name = get_catalog(language).text("calendar.name")
    count_links(request, LinkOrigin.API)
    return JSONResponse(_link_urls(LinkUrls(base_url, token), name), headers=NO_STORE_HEADERS)


def _link_urls(urls: LinkUrls, name: str) -> dict[str, str]:
    return {
        "page": urls.page,
        "feed": urls.feed,
        "webcal": urls.webcal,
        "google": urls.google,
        "outlook": urls.outlook_com(name),
        "office": urls.microsoft_365(name),
    }


async def healthz(_request: Request) -> JSONResponse:
    """``GET /healthz``: the process is alive."""
    return JSONResponse({"status": "ok"}, headers=NO_STORE_HEADERS)


async def readyz(request: Request) -> JSONResponse:
    """``GET /readyz``: keys, municipality and texts are loaded."""
    service = get_service(request)
    service.keyring.open(service.keyring.seal(SAMPLE_LINK))
    for language in LANGUAGES:
        municipality_name(service.municipalities.default, get_catalog(language))
    return JSONResponse({"status": "ready"}, headers=NO_STORE_HEADERS)
