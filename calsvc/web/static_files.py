"""Serves the files that pages need. The URL of each changes with its content."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from importlib.resources import files
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

ICON, FAVICON = "icon.svg", "favicon.png"

MEDIA_TYPES: Mapping[str, str] = {
    "page.css": "text/css",
    "page.js": "text/javascript",
    "staff.js": "text/javascript",
    "icon-180.png": "image/png",
    "icon-192.png": "image/png",
    "icon-512.png": "image/png",
}
CACHE_IMMUTABLE = "public, max-age=31536000, immutable"
CACHE_REVALIDATE = "no-cache"


@dataclass(frozen=True)
class Asset:
    """A file. ``version``: a digest of its content."""

    content: bytes
    version: str
    media_type: str


@cache
def get_asset(name: str) -> Asset:
    """Return the file ``name``, one of `MEDIA_TYPES`."""
    content = _file(name)
    version = hashlib.blake2b(content, digest_size=6).hexdigest()
    return Asset(content, version, MEDIA_TYPES[name])


def asset_path(name: str) -> str:
    """Return the path of the file ``name``, below the root of the service."""
    return f"/static/{name}?v={get_asset(name).version}"


@cache
def icon_url() -> str:
    """Return the icon as a ``data:`` URL, which needs no request."""
    return f"data:image/svg+xml,{quote(_file(ICON).decode())}"


async def static(request: Request) -> Response:
    """``GET /static/{name}``. A URL with the current version may be cached for a year."""
    name = request.path_params["name"]
    if name not in MEDIA_TYPES:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    asset = get_asset(name)
    has_version = request.query_params.get("v") == asset.version
    headers = {"Cache-Control": CACHE_IMMUTABLE if has_version else CACHE_REVALIDATE}
    return Response(asset.content, headers=headers, media_type=asset.media_type)


async def favicon(_request: Request) -> Response:
    """``GET /favicon.ico``. Programs request it without reading a page."""
    return Response(
        _file(FAVICON), headers={"Cache-Control": "public, max-age=86400"}, media_type="image/png"
    )


async def robots(_request: Request) -> Response:
    """``GET /robots.txt``. It allows feeds, and personal pages carry ``noindex`` themselves."""
    return Response(_file("robots.txt"), media_type="text/plain")


def _file(name: str) -> bytes:
    return (files("calsvc.web") / "static" / name).read_bytes()
