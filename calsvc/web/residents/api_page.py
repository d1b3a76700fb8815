"""``/api``: the OpenAPI document as a page."""

import re

from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import Response

from calsvc.i18n.languages import LANGUAGES
from calsvc.parsing.card_fields import DATE_FIELDS
from calsvc.web.api.description import operations
from calsvc.web.pages import PUBLIC, Page, base_path, language_links, paragraphs
from calsvc.web.ruby import mark_japanese
from calsvc.web.service import get_request_catalog, require_base_url

BACKQUOTED_PATTERN = re.compile(r"`([^`]+)`")


async def api_page(request: Request) -> Response:
    """Handle ``GET /api``: every operation, with examples for curl."""
    catalog, base_url = get_request_catalog(request), require_base_url(request)
    urls = {tag: f"{base_path(base_url)}/api?lang={tag}" for tag in LANGUAGES}
    context = {
        "lead": paragraphs(catalog.text("page.api.lead")),
        "operations": operations(),
        "base_url": base_url,
        "code": _format_code,
        "labels": {name: catalog.text(f"page.field.{name}") for name in DATE_FIELDS},
        "languages": language_links(urls),
    }
    return Page(request, catalog, "api_page.html").render(context, PUBLIC)


def _format_code(text: str) -> Markup:
    """Return English ``text`` as HTML, with backquoted parts as code."""
    html = mark_japanese(escape(text), "en")
    return Markup(BACKQUOTED_PATTERN.sub(r"<code>\1</code>", html))  # noqa: S704 - escaped here
