"""Serves the pages on privacy, on accessibility, and on embedding in a municipality's site."""

from datetime import date

from starlette.requests import Request
from starlette.responses import Response

from calsvc.i18n.languages import LANGUAGES
from calsvc.web.pages import PUBLIC, Page, base_path, form_path, language_links, paragraphs
from calsvc.web.service import get_request_catalog, get_service, require_base_url

ACCESSIBILITY_TESTED_ON = date(2026, 11, 26)
"""The last day on which all tests of accessibility ran, large ones included."""


async def privacy(request: Request) -> Response:
    """``GET /privacy``: the use of dates."""
    return _about(request, "privacy")


async def accessibility(request: Request) -> Response:
    """``GET /accessibility``: the goal, the tests with their results, and their limits."""
    return _about(request, "accessibility")


async def embed(request: Request) -> Response:
    """``GET /embed``: HTML to paste."""
    return _about(request, "embed")


def _about(request: Request, topic: str) -> Response:
    service, catalog, base_url = (
        get_service(request),
        get_request_catalog(request),
        require_base_url(request),
    )
    code = request.query_params.get("municipality", "")
    municipality = service.municipalities.find(code) or service.municipalities.default
    context = {
        "topic": topic,
        "body": paragraphs(
            catalog.text(f"page.about.{topic}.text", {"tested": ACCESSIBILITY_TESTED_ON})
        ),
        "form_url": f"{base_url}{form_path(service, municipality)}?lang={catalog.language}",
        "languages": language_links(
            {
                each: f"{base_path(base_url)}/{topic}?lang={each}&municipality={municipality.code}"
                for each in LANGUAGES
            }
        ),
    }
    return Page(request, catalog, "about.html", municipality).render(context, PUBLIC)
