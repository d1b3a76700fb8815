"""The feed's answers. Calendar servers ask by the million, so this speaks ASGI itself.

A request is answered from three things: what the address says, the stencils, and an ETag that is
known before the feed is, so that an answer of 304 builds nothing.
"""

import hashlib
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from calsvc import stencils
from calsvc.addresses import LinkAddresses
from calsvc.feed import Holder
from calsvc.household import Member
from calsvc.links import Link
from calsvc.rules import check, reckon
from calsvc.texts import catalog
from calsvc.web.access_log import answered
from calsvc.web.language import negotiate
from calsvc.web.queries import read_query
from calsvc.web.security import EVERYWHERE, Headers
from calsvc.web.service import Service, base_address, service_of

PLAIN = "/calendar.ics"
METHODS = ("GET", "HEAD")
SEALED_PREFIX, SEALED_SUFFIX = "/c/", ".ics"
MAX_AGE = 3600
"""Seconds for which a caller may keep a feed without asking: less than any calendar's interval."""
KNOWN_TO_ALL: Headers = [
    (b"cache-control", b"private, max-age=%d" % MAX_AGE),
    (b"vary", b"Accept-Language"),
    *EVERYWHERE,
    (b"x-robots-tag", b"noindex"),
]


Endpoint = Callable[[Request], Awaitable[Response]]
FeedAnswer = tuple[int, Headers, bytes]
"""Status, headers and body."""


class Feeds:
    """Answers for feeds before anything wraps the request; hands everything else on.

    A feed that cannot be given is handed on too: the application says what is wrong with it.
    """

    def __init__(self, app: ASGIApp, service: Service) -> None:
        """``app``: what answers everything else."""
        self.app = app
        self.service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        start = time.perf_counter()
        found = self._answer(scope) if scope["type"] == "http" else None
        if found is None:
            await self.app(scope, receive, send)
            return
        status, headers, content = found
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})
        answered(scope, status, start)

    def _answer(self, scope: Scope) -> FeedAnswer | None:
        endpoint = _endpoint(scope["path"])
        if endpoint is None or scope["method"] not in METHODS:
            return None
        scope["endpoint"] = endpoint
        try:
            return feed_answer(self.service, scope)
        except Exception:  # the application meets it again, and answers for it
            return None


async def calendar(request: Request) -> Response:
    """``GET /calendar.ics``: a card given by plain dates."""
    return _response(request)


async def sealed_calendar(request: Request) -> Response:
    """``GET /c/{token}.ics``: the cards of a sealed link."""
    return _response(request)


def _response(request: Request) -> Response:
    status, headers, content = feed_answer(service_of(request), request.scope)
    response = Response(content, status)
    response.raw_headers = headers
    return response


def _endpoint(path: str) -> Endpoint | None:
    if path == PLAIN:
        return calendar
    sealed = path.startswith(SEALED_PREFIX) and path.endswith(SEALED_SUFFIX)
    return sealed_calendar if sealed else None


def feed_answer(service: Service, scope: Scope) -> FeedAnswer:
    """What is answered where a feed is asked for.

    Raises `InvalidInput`; `BadLinkError` for a link that does not open.
    """
    headers = dict(scope["headers"])
    path: str = scope["path"]
    if path == PLAIN:
        link = _asked_for(service, scope, headers)
        token = service.keyring.seal(link)
    else:
        link, token = _opened(service, path[len(SEALED_PREFIX) : -len(SEALED_SUFFIX)])
    base = base_address(service, scope, headers)
    tag = etag(token, base, service.edition)
    if is_unchanged(headers, tag, service.last_modified):
        return 304, [(b"etag", tag), *_known_to_all(service.last_modified)], b""
    content = _content(service, link, LinkAddresses(base, token))
    answer = [
        (b"etag", tag),
        (b"content-length", b"%d" % len(content)),
        *content_headers(link.lang, service.last_modified),
    ]
    return 200, answer, b"" if scope["method"] == "HEAD" else content


def _asked_for(service: Service, scope: Scope, headers: Mapping[bytes, bytes]) -> Link:
    query = read_query(scope["query_string"], service.today())
    lang = query.lang or negotiate(headers.get(b"accept-language", b"").decode("latin-1"))
    return Link((Member(query.card),), lang, query.alarms)


def _opened(service: Service, token: str) -> tuple[Link, str]:
    """The link that ``token`` opens, and its token under the key that seals today."""
    link, current = service.keyring.open_current(token)
    for member in link.members:
        check(member.card, None)
    return link, current


def _content(service: Service, link: Link, addresses: LinkAddresses) -> bytes:
    city = service.city
    return stencils.feed(
        [Holder(reckon(each.card, city.grace), each.name) for each in link.members],
        city,
        catalog(link.lang),
        alarms=link.alarms,
        addresses=addresses if addresses.base else None,
    )


def etag(token: str, base: str, edition: bytes) -> bytes:
    """What stands for a feed's bytes: all that they depend on, none of it readable.

    ``edition``: what stands for the release, its texts and the city's facts.
    """
    digest = hashlib.blake2b(f"{token} {base}".encode(), key=edition, digest_size=16)
    return b'"%b"' % digest.hexdigest().encode()


@lru_cache
def _known_to_all(changed: datetime) -> Headers:
    return [(b"last-modified", format_datetime(changed, usegmt=True).encode()), *KNOWN_TO_ALL]


@lru_cache
def content_headers(lang: str, changed: datetime) -> Headers:
    """What goes with every feed in ``lang``: its type, and a file name after RFC 8187.

    ``changed``: when the texts last changed.
    """
    name = quote(catalog(lang).text("calendar.name"), safe="")
    disposition = f"inline; filename=\"my-number-card.ics\"; filename*=UTF-8''{name}.ics"
    return [
        (b"content-type", b"text/calendar; charset=utf-8"),
        (b"content-language", lang.encode()),
        (b"content-disposition", disposition.encode()),
        *_known_to_all(changed),
    ]


def is_unchanged(headers: Mapping[bytes, bytes], tag: bytes, changed: datetime) -> bool:
    """Whether the caller's copy is still right; If-None-Match counts first (RFC 9110, 13.2.2)."""
    known = headers.get(b"if-none-match")
    if known is not None:
        tags = {each.strip().removeprefix(b"W/") for each in known.split(b",")}
        return bool(tags & {b"*", tag})
    return _is_not_older(headers.get(b"if-modified-since", b"").decode("latin-1"), changed)


def _is_not_older(since: str, changed: datetime) -> bool:
    if not since:
        return False
    try:
        return parsedate_to_datetime(since) >= changed
    except (OverflowError, TypeError, ValueError):
        return False
