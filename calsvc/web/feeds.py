"""The feed's answers. Calendar servers ask by the million, so this speaks ASGI itself.

A request is answered from three things: what the address says, the stencils, and an ETag that is
known before the feed is, so that an answer of 304 builds nothing.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache
from http import HTTPStatus
from urllib.parse import quote

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from calsvc import stencils
from calsvc.addresses import LinkAddresses
from calsvc.errors import InvalidInput
from calsvc.feed import Holder
from calsvc.household import Member
from calsvc.links import BadLinkError, Link
from calsvc.rules import check, reckon
from calsvc.texts import catalog
from calsvc.web.language import negotiate
from calsvc.web.problems import problem_response
from calsvc.web.queries import read_query
from calsvc.web.security import EVERYWHERE, Headers
from calsvc.web.service import Service, base_address

PLAIN = "/calendar.ics"
SEALED_PREFIX, SEALED_SUFFIX = "/c/", ".ics"
MAX_AGE = 3600
"""Seconds for which a caller may keep a feed without asking: less than any calendar's interval."""
KNOWN_TO_ALL: Headers = [
    (b"cache-control", b"private, max-age=%d" % MAX_AGE),
    (b"vary", b"Accept-Language"),
    *EVERYWHERE,
    (b"x-robots-tag", b"noindex"),
]


class Feeds:
    """Answers for feeds, and hands everything else on."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        """``app``: what answers everything else."""
        self.app = app
        self.service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http":
            path: str = scope["path"]
            if path == PLAIN:
                scope["endpoint"] = self.calendar
            elif path.startswith(SEALED_PREFIX) and path.endswith(SEALED_SUFFIX):
                scope["endpoint"] = self.sealed_calendar
        if "endpoint" in scope:
            await self._answer(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in ("GET", "HEAD"):
            response = problem_response(Request(scope), HTTPStatus.METHOD_NOT_ALLOWED)
            response.headers["Allow"] = "GET, HEAD"
            return await response(scope, receive, send)
        headers = dict(scope["headers"])
        try:
            link = scope["endpoint"](scope, headers)
            await self._send_feed(link, scope, headers, send)
        except InvalidInput as error:
            problem = problem_response(Request(scope), HTTPStatus.BAD_REQUEST, error.problems)
            await problem(scope, receive, send)
        except BadLinkError:
            await problem_response(Request(scope), HTTPStatus.NOT_FOUND)(scope, receive, send)

    def calendar(self, scope: Scope, headers: Mapping[bytes, bytes]) -> Link:
        """``/calendar.ics``: a card given by plain dates."""
        query = read_query(scope["query_string"], self.service.today())
        lang = query.lang or negotiate(headers.get(b"accept-language", b"").decode("latin-1"))
        return Link((Member(query.card),), lang, query.alarms)

    def sealed_calendar(self, scope: Scope, _headers: Mapping[bytes, bytes]) -> Link:
        """``/c/{token}.ics``: the cards of a sealed link."""
        link = self.service.keyring.open(scope["path"][len(SEALED_PREFIX) : -len(SEALED_SUFFIX)])
        for member in link.members:
            check(member.card, None)
        return link

    async def _send_feed(
        self, link: Link, scope: Scope, headers: Mapping[bytes, bytes], send: Send
    ) -> None:
        base = base_address(self.service, scope, headers)
        token = self.service.keyring.seal(link)
        tag = etag(token, base, self.service.edition)
        changed = self.service.last_modified
        answer = [(b"etag", tag), (b"last-modified", _http_date(changed)), *KNOWN_TO_ALL]
        status, content = 304, b""
        if not is_unchanged(headers, tag, changed):
            status, content = 200, self._content(link, LinkAddresses(base, token))
            answer += [*content_headers(link.lang), (b"content-length", b"%d" % len(content))]
        await send({"type": "http.response.start", "status": status, "headers": answer})
        body = b"" if scope["method"] == "HEAD" else content
        await send({"type": "http.response.body", "body": body})

    def _content(self, link: Link, addresses: LinkAddresses) -> bytes:
        city = self.service.city
        holders = [Holder(reckon(each.card, city.grace), each.name) for each in link.members]
        return stencils.feed(
            holders,
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
def _http_date(moment: datetime) -> bytes:
    return format_datetime(moment, usegmt=True).encode()


@lru_cache
def content_headers(lang: str) -> Headers:
    """What describes a feed in ``lang``: its type, and a file name after RFC 8187."""
    name = quote(catalog(lang).text("calendar.name"), safe="")
    disposition = f"inline; filename=\"my-number-card.ics\"; filename*=UTF-8''{name}.ics"
    return [
        (b"content-type", b"text/calendar; charset=utf-8"),
        (b"content-language", lang.encode()),
        (b"content-disposition", disposition.encode()),
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
