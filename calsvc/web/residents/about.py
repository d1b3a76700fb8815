"""The pages around the form: privacy, accessibility, and lines for the site of a municipality."""

from datetime import date

from starlette.requests import Request
from starlette.responses import Response

from calsvc.i18n.languages import LANGUAGES
from calsvc.web.pages import PUBLIC, Page, base_path, front_path, languages_at, paragraphs
from calsvc.web.service import base_of, get_request_catalog, service_of

TESTED = date(2026, 11, 26)
"""The day on which all tests of accessibility ran last, large ones included."""


async def privacy(request: Request) -> Response:
    """``GET /privacy``: what becomes of dates."""
    return _about(request, "privacy")


async def accessibility(request: Request) -> Response:
    """``GET /accessibility``: the goal, how it was tested, the results, and what was not tested."""
    return _about(request, "accessibility")


async def embed(request: Request) -> Response:
    """``GET /embed``: HTML to paste."""
    return _about(request, "embed")


def _about(request: Request, topic: str) -> Response:
    service, catalog, base = service_of(request), get_request_catalog(request), base_of(request)
    code = request.query_params.get("municipality", "")
    city = service.cities.find(code) or service.cities.default
    context = {
        "topic": topic,
        "body": paragraphs(catalog.text(f"page.about.{topic}.text", {"tested": TESTED})),
        "form_url": f"{base}{front_path(service, city)}?lang={catalog.language}",
        "languages": languages_at(
            {
                each: f"{base_path(base)}/{topic}?lang={each}&municipality={city.code}"
                for each in LANGUAGES
            }
        ),
    }
    return Page(request, catalog, "about.html", city).answer(context, PUBLIC)
