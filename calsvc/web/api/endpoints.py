"""The answers for programs, in JSON: links and health."""

from datetime import date

from starlette.requests import Request
from starlette.responses import JSONResponse

from calsvc.i18n.catalogs import get_catalog
from calsvc.i18n.languages import DEFAULT_LANGUAGE, LANGUAGES
from calsvc.i18n.place_texts import city_name
from calsvc.links.content import NO_NUMBER, Link, LinkedCard
from calsvc.links.urls import LinkAddresses
from calsvc.rules.card import Card
from calsvc.rules.plan import assess
from calsvc.web.api.link_request import json_body, read_link
from calsvc.web.api.milestones import NOT_STORED
from calsvc.web.feed_query import MUNICIPALITY
from calsvc.web.observability.metrics import Way, count_links
from calsvc.web.service import asked_city, base_of, get_request_catalog, new_link, service_of

SAMPLE_PLAN = assess(Card(date(2000, 1, 1), date(2020, 1, 1))).plan
SAMPLE_LINK = Link(NO_NUMBER, (LinkedCard(SAMPLE_PLAN),), DEFAULT_LANGUAGE, "000000")
"""A link that nobody was given. A keyring that opens it has its keys."""


async def links(request: Request) -> JSONResponse:
    """``POST /api/links``: the addresses of a sealed link for one to ten cards."""
    body = await json_body(request)
    service, base = service_of(request), base_of(request)
    members, language, reminders = read_link(
        body, get_request_catalog(request).language, service.today()
    )
    city = asked_city(service, str(body.get(MUNICIPALITY, "")))
    token = service.keyring.seal(new_link(service, members, language, reminders, city))
    name = get_catalog(language).text("calendar.name")
    count_links(request, Way.API)
    return JSONResponse(_addresses(LinkAddresses(base, token), name), headers=NOT_STORED)


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
    service.keyring.open(service.keyring.seal(SAMPLE_LINK))
    for language in LANGUAGES:
        city_name(service.cities.default, get_catalog(language))
    return JSONResponse({"status": "ready"}, headers=NOT_STORED)
