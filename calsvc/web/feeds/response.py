"""Builds the response to a request for a feed: the feed, or 304 if the client's copy is current."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import quote

from calsvc.feed.ended import build_ended_feed
from calsvc.feed.templates import get_feed_options, render_feed
from calsvc.i18n.catalogs import get_catalog
from calsvc.links.content import Link, current_cards
from calsvc.links.urls import LinkUrls
from calsvc.web.feeds.request import FeedRequest, resolve_link
from calsvc.web.security_headers import COMMON_SECURITY_HEADERS, RawHeaders
from calsvc.web.service import Service, find_base_url

MAX_AGE_SECONDS = 3600
"""The time for which a client may cache a feed. It is shorter than any calendar's interval."""
NO_LAST_MODIFIED = datetime.max.replace(tzinfo=UTC)
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
    """Return the response to ``request``.

    The ETag is computed from the link, not from the feed, so a 304 response builds no feed. Raises
    the errors of `resolve_link`.
    """
    link, token = resolve_link(service, request)
    base_url = find_base_url(service, request.scheme, request.headers)
    if link.number in service.ended.numbers:
        return _respond_ended(service, request, link, LinkUrls(base_url, token))
    etag_header = (b"etag", compute_etag(service.etag_key, token, base_url))
    if is_not_modified(request.headers, etag_header[1], service.last_modified):
        return FeedResponse(
            HTTPStatus.NOT_MODIFIED, [etag_header, *_common_headers(service.last_modified)], b""
        )
    municipality = service.municipalities.for_link(link.municipality)
    options = get_feed_options(municipality, get_catalog(link.language), link.reminders)
    urls = LinkUrls(base_url, token) if base_url else None
    body = render_feed(current_cards(link), options, link.number, urls)
    headers = [
        etag_header,
        (b"content-length", b"%d" % len(body)),
        *build_content_headers(link.language, service.last_modified),
    ]
    return FeedResponse(HTTPStatus.OK, headers, body)


def _respond_ended(
    service: Service, request: FeedRequest, link: Link, urls: LinkUrls
) -> FeedResponse:
    """Return the response with the feed of an ended link.

    It has no Last-Modified, because the day on which the link was ended is unknown. So an older
    copy is never current.
    """
    etag_header = (b"etag", compute_etag(service.etag_key, urls.token, f"{urls.base_url} ended"))
    if is_not_modified(request.headers, etag_header[1], NO_LAST_MODIFIED):
        return FeedResponse(HTTPStatus.NOT_MODIFIED, [etag_header, *COMMON_HEADERS], b"")
    municipality = service.municipalities.for_link(link.municipality)
    options = get_feed_options(municipality, get_catalog(link.language), link.reminders)
    body = build_ended_feed(link.number, options, urls if urls.base_url else None)
    common = build_content_headers(link.language, service.last_modified)
    headers = [each for each in common if each[0] != b"last-modified"]
    length = (b"content-length", b"%d" % len(body))
    return FeedResponse(HTTPStatus.OK, [etag_header, length, *headers], body)


def compute_etag(key: bytes, token: str, base_url: str) -> bytes:
    """Return the ETag of a feed: a keyed digest of the values that its bytes depend on.

    ``key`` is secret, because otherwise a known ETag would identify a token. The key itself depends
    on the release, its texts and the municipality's facts.
    """
    digest = hashlib.blake2b(f"{token} {base_url}".encode(), key=key, digest_size=16)
    return b'"%b"' % digest.hexdigest().encode()


@lru_cache
def _common_headers(modified: datetime) -> RawHeaders:
    return [(b"last-modified", format_datetime(modified, usegmt=True).encode()), *COMMON_HEADERS]


@lru_cache
def build_content_headers(language: str, modified: datetime) -> RawHeaders:
    """Return the headers of a feed in ``language``, among them its type and file name (RFC 8187).

    ``modified``: the time of the last change of its texts.
    """
    name = quote(get_catalog(language).text("calendar.name"), safe="")
    disposition = f"inline; filename=\"my-number-card.ics\"; filename*=UTF-8''{name}.ics"
    return [
        (b"content-type", b"text/calendar; charset=utf-8"),
        (b"content-language", language.encode()),
        (b"content-disposition", disposition.encode()),
        *_common_headers(modified),
    ]


def is_not_modified(headers: Mapping[bytes, bytes], etag: bytes, modified: datetime) -> bool:
    """Return True if the client's copy is current.

    If-None-Match takes precedence over If-Modified-Since (RFC 9110, section 13.2.2).
    """
    known = headers.get(b"if-none-match")
    if known is not None:
        tags = {each.strip().removeprefix(b"W/") for each in known.split(b",")}
        return bool(tags & {b"*", etag})
    since = headers.get(b"if-modified-since")
    return since is not None and _is_current(since.decode("latin-1"), modified)


def _is_current(since: str, modified: datetime) -> bool:
    try:
        return parsedate_to_datetime(since) >= modified
    except (OverflowError, TypeError, ValueError):
        return False
