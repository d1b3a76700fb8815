"""Serves the OpenAPI 3.1 description of the public routes."""

import json
from functools import cache
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response

from calsvc.i18n.languages import LANGUAGES
from calsvc.web.static_files import CACHE_REVALIDATE

ALL_LANGUAGES = '"LANGUAGES"'
"""The placeholder of all language tags in the file."""


async def openapi(_request: Request) -> Response:
    """``GET /openapi.json``. A test compares the file with the routes."""
    return Response(
        document(), headers={"Cache-Control": CACHE_REVALIDATE}, media_type="application/json"
    )


@cache
def document() -> bytes:
    """Return the file with the tags of all languages."""
    text = (files("calsvc.web.api") / "openapi.json").read_text("utf-8")
    return text.replace(ALL_LANGUAGES, ", ".join(map(json.dumps, LANGUAGES))).encode()
