"""Builds the response to a request for a feed: the feed, or 304 where the client has it."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import quote

from calsvc.feed.ended import build_ended_feed
from calsvc.feed.templates import feed_options, render_feed
from calsvc.i18n.catalogs import get_catalog
from calsvc.links.content import Link, current_cards
from calsvc.links.urls import LinkUrls
from calsvc.web.feeds.request import FeedRequest, resolve_link
from calsvc.web.security_headers import COMMON_SECURITY_HEADERS, RawHeaders
from calsvc.web.service import Service, find_base_url

MAX_AGE_SECONDS = 3600
"""A client may use a feed for this long without asking: less than any calendar's interval."""
NEVER = datetime.max.replace(tzinfo=UTC)
COMMON_HEADERS: RawHeaders = [
    (b"cache-control", b"private, max-age=%d" % MAX_AGE_SECONDS),
    (b"vary", b"Accept-Language"),
    *COMMON_SECURITY_HEADERS,
    (b"x-robots-tag", b"noindex"),
]


class FeedResponse(NamedTuple):
    """The response to a GET. ``body`` is empty with status 304."""

    status: HTTPStatus
    headers: RawHeaders
    body: bytes


def respond(service: Service, request: FeedRequest) -> FeedResponse:
    """Returns the response to ``request``.

    The ETag is computed from the link, not from the feed, so a 304 response builds no feed. Raises
    the errors of `resolve_link`.
    """
    link, token = resolve_link(service, request)
    base = find_base_url(service, request.scheme, request.headers)
    if link.number in service.ended.numbers:
        return _respond_ended(service, request, link, LinkUrls(base, token))
    tag = (b"etag", etag(service.etag_key, token, base))
    if is_not_modified(request.headers, tag[1], service.last_modified):
        return FeedResponse(
            HTTPStatus.NOT_MODIFIED, [tag, *_common_headers(service.last_modified)], b""
        )
    municipality = service.municipalities.for_link(link.municipality)
    options = feed_options(municipality, get_catalog(link.language), link.reminders)
    addresses = LinkUrls(base, token) if base else None
    body = render_feed(current_cards(link), options, link.number, addresses)
    headers = [
        tag,
        (b"content-length", b"%d" % len(body)),
        *content_headers(link.language, service.last_modified),
    ]
    return FeedResponse(HTTPStatus.OK, headers, body)


def _respond_ended(
    service: Service, request: FeedRequest, link: Link, addresses: LinkUrls
) -> FeedResponse:
    """Returns the feed that replaces that of ``link``.

    It has no Last-Modified, because the day on which the link was ended is not known. So a copy
    from before is never current.
    """
    tag = (b"etag", etag(service.etag_key, addresses.token, f"{addresses.base_url} ended"))
    if is_not_modified(request.headers, tag[1], NEVER):
        return FeedResponse(HTTPStatus.NOT_MODIFIED, [tag, *COMMON_HEADERS], b"")
    municipality = service.municipalities.for_link(link.municipality)
    options = feed_options(municipality, get_catalog(link.language), link.reminders)
    body = build_ended_feed(link.number, options, addresses if addresses.base_url else None)
    common = content_headers(link.language, service.last_modified)
    headers = [each for each in common if each[0] != b"last-modified"]
    length = (b"content-length", b"%d" % len(body))
    return FeedResponse(HTTPStatus.OK, [tag, length, *headers], body)


def etag(key: bytes, token: str, base: str) -> bytes:
    """Returns the entity tag of a feed: a keyed digest of all that its bytes depend on.

    ``key`` is secret, because a digest of a token could be searched for otherwise. It also stands
    for the release, its texts and the municipality's facts.
    """
    digest = hashlib.blake2b(f"{token} {base}".encode(), key=key, digest_size=16)
    return b'"%b"' % digest.hexdigest().encode()


@lru_cache
def _common_headers(modified: datetime) -> RawHeaders:
    return [(b"last-modified", format_datetime(modified, usegmt=True).encode()), *COMMON_HEADERS]


@lru_cache
def content_headers(language: str, modified: datetime) -> RawHeaders:
    """Returns the headers of every feed in ``language``: its type, its file name (RFC 8187).

    ``modified``: when the texts last changed.
    """
    name = quote(get_catalog(language).text("calendar.name"), safe="")
    disposition = f"inline; filename=\"my-number-card.ics\"; filename*=UTF-8''{name}.ics"
    return [
        (b"content-type", b"text/calendar; charset=utf-8"),
        (b"content-language", language.encode()),
        (b"content-disposition", disposition.encode()),
        *_common_headers(modified),
    ]


def is_not_modified(headers: Mapping[bytes, bytes], tag: bytes, modified: datetime) -> bool:
    """True if the client's copy is current; If-None-Match counts first (RFC 9110, 13.2.2)."""
    known = headers.get(b"if-none-match")
    if known is not None:
        tags = {each.strip().removeprefix(b"W/") for each in known.split(b",")}
        return bool(tags & {b"*", tag})
    since = headers.get(b"if-modified-since")
    return since is not None and _is_current(since.decode("latin-1"), modified)


def _is_current(since: str, modified: datetime) -> bool:
    try:
        return parsedate_to_datetime(since) >= modified
    except (OverflowError, TypeError, ValueError):
        return False
