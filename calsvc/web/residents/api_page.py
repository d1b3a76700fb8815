"""``/api``: the OpenAPI document as a page."""

import re

from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import Response

from calsvc.i18n.languages import LANGUAGES
from calsvc.parsing.card_fields import DATE_FIELDS
from calsvc.web.api.description import operations
from calsvc.web.pages import PUBLIC, Page, base_path, languages_at, paragraphs
from calsvc.web.ruby import mark_japanese
from calsvc.web.service import base_of, get_request_catalog

BACKQUOTED_PATTERN = re.compile(r"`([^`]+)`")


async def api_page(request: Request) -> Response:
    """Handle ``GET /api``: every operation, with examples for curl."""
    catalog, base = get_request_catalog(request), base_of(request)
    urls = {each: f"{base_path(base)}/api?lang={each}" for each in LANGUAGES}
    context = {
        "lead": paragraphs(catalog.text("page.api.lead")),
        "operations": operations(),
        "base_url": base,
        "code": _format_code,
        "labels": {name: catalog.text(f"page.field.{name}") for name in DATE_FIELDS},
        "languages": languages_at(urls),
    }
    return Page(request, catalog, "api_page.html").answer(context, PUBLIC)


def _format_code(text: str) -> Markup:
    """Return English ``text`` as HTML, with backquoted parts as code."""
    html = mark_japanese(escape(text), "en")
    return Markup(BACKQUOTED_PATTERN.sub(r"<code>\1</code>", html))  # noqa: S704 - escaped here
