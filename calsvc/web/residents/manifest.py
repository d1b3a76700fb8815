"""Serves the manifest for the home screen of phones (W3C, Web App Manifest)."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from calsvc.web.pages import PUBLIC, root_path
from calsvc.web.ruby import without_readings
from calsvc.web.service import get_request_catalog
from calsvc.web.static_files import asset_path

MEDIA_TYPE = "application/manifest+json"
SIZES = (192, 512)
"""The widths in pixels of the icons that Android requires."""
COLOUR, GROUND = "#0a5470", "#f3f6f7"
"""The colour of the icon, and the background of a page."""


async def manifest(request: Request) -> Response:
    """``GET /manifest.webmanifest``: the name in the client's language, and the icons."""
    catalog, root = get_request_catalog(request), root_path(request)
    name = without_readings(catalog.text("page.service"), catalog)
    content = {
        "name": name,
        "short_name": name,
        "lang": catalog.head.html_lang,
        "dir": catalog.head.direction,
        "start_url": f"{root}/?lang={catalog.language}",
        "scope": f"{root}/",
        "display": "minimal-ui",
        "theme_color": COLOUR,
        "background_color": GROUND,
        "icons": [_icon(root, size) for size in SIZES],
    }
    return JSONResponse(content, headers=PUBLIC, media_type=MEDIA_TYPE)


def _icon(root: str, size: int) -> dict[str, str]:
    path = asset_path(f"icon-{size}.png")
    return {"src": f"{root}{path}", "sizes": f"{size}x{size}", "type": "image/png"}
