"""What programs may ask and what is answered, written down for them: OpenAPI 3.1."""

import json
from functools import cache
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response

from calsvc.i18n.languages import LANGUAGES
from calsvc.web.static_files import ASK_AGAIN

ALL_LANGUAGES = '"LANGUAGES"'
"""Stands in the file for the tags of all languages."""


async def openapi(_request: Request) -> Response:
    """``GET /openapi.json``: every public route. The file is data, and a test holds it to them."""
    return Response(document(), headers={"Cache-Control": ASK_AGAIN}, media_type="application/json")


@cache
def document() -> bytes:
    """The file as it is served, with the languages that there are."""
    text = (files("calsvc.web.api") / "openapi.json").read_text("utf-8")
    return text.replace(ALL_LANGUAGES, ", ".join(map(json.dumps, LANGUAGES))).encode()
