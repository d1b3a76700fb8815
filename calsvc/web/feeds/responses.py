"""The feed's answers.

A request is answered from three things: what the address says, the stencils, and an ETag that is
known before the feed is, so that an answer of 304 builds nothing.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from calsvc.feed import templates
from calsvc.feed.builder import Holder
from calsvc.i18n.catalogs import catalog
from calsvc.i18n.languages import DEFAULT_LANGUAGE
from calsvc.links.sealing import Link
from calsvc.parsing.names import Member
from calsvc.rules.bounds import check
from calsvc.rules.plan import reckon
from calsvc.web.feed_query import read_query
from calsvc.web.language import negotiate
from calsvc.web.security_headers import EVERYWHERE, Headers
from calsvc.web.service import Service, base_address, service_of

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


class Asked(NamedTuple):
    """A GET for a feed; ``scheme`` and ``headers`` as in ASGI."""

    path: str
    query: bytes
    headers: Mapping[bytes, bytes]
    scheme: str


class FeedAnswer(NamedTuple):
    """What is answered where a feed is asked for.

    ``content`` is the feed in parts, and empty with a status of 304.
    """

    status: int
    tag: bytes
    lang: str
    content: Sequence[bytes]


async def calendar(request: Request) -> Response:
    """``GET /calendar.ics``: a card given by plain dates."""
    return _response(request)


async def sealed_calendar(request: Request) -> Response:
    """``GET /c/{token}.ics``: the cards of a sealed link."""
    return _response(request)


def _response(request: Request) -> Response:
    service, scope = service_of(request), request.scope
    headers = dict(scope["headers"])
    asked = Asked(scope["path"], scope["query_string"], headers, scope["scheme"])
    [answer] = answers(service, [asked], [link_for(service, asked, service.today())])
    content = b"" if scope["method"] == "HEAD" else b"".join(answer.content)
    response = Response(content, answer.status)
    response.raw_headers = [
        *own_headers(answer),
        *shared_headers(answer.status, answer.lang, service.last_modified),
    ]
    return response


def link_for(service: Service, asked: Asked, today: date) -> tuple[Link, str]:
    """The link of the feed that is asked for, and its token if that is known already, or ''.

    Raises `InvalidInput`; `BadLinkError` for a link that does not open.
    """
    if asked.path == PLAIN:
        card, lang, alarms = read_query(asked.query, today)
        return Link((Member(card),), lang or _language(asked), alarms), ""
    token = asked.path[len(SEALED_PREFIX) : -len(SEALED_SUFFIX)]
    link, current = service.keyring.open_current(token)
    for member in link.members:
        check(member.card, None)
    return link, current


def _language(asked: Asked) -> str:
    accepted = asked.headers.get(b"accept-language")
    return DEFAULT_LANGUAGE if accepted is None else negotiate(accepted.decode("latin-1"))


def answers(
    service: Service, asked: Sequence[Asked], links: Sequence[tuple[Link, str]]
) -> Iterator[FeedAnswer]:
    """What is answered to each, whose link `link_for` has found.

    Each step is taken for all before the next: a processor is faster at what it has just done. Only
    the feeds are made one by one.
    """
    edition, changed = service.edition, service.last_modified
    seal = service.keyring.seal
    tokens = [token or seal(link) for link, token in links]
    bases = [base_address(service, each.scheme, each.headers) for each in asked]
    tags = [etag(*each, edition) for each in zip(tokens, bases, strict=True)]
    holders = [
        [] if is_unchanged(each.headers, tag, changed) else _holders(service, link)
        for each, tag, (link, _) in zip(asked, tags, links, strict=True)
    ]
    at = zip(bases, tokens, strict=True)
    for (link, _), tag, each, where in zip(links, tags, holders, at, strict=True):
        content = _content(service, link, each, where) if each else ()
        yield FeedAnswer(200 if content else 304, tag, link.lang, content)


def _holders(service: Service, link: Link) -> list[Holder]:
    grace = service.city.grace
    return [Holder(reckon(card, grace), name) for card, name in link.members]


def _content(
    service: Service, link: Link, holders: Sequence[Holder], where: tuple[str, str]
) -> Sequence[bytes]:
    shared = templates.edition(service.city, catalog(link.lang), link.alarms)
    return templates.parts(holders, shared, where if where[0] else None)


def own_headers(answer: FeedAnswer) -> Headers:
    """The headers of ``answer`` that no other has."""
    tag = (b"etag", answer.tag)
    if answer.status == HTTPStatus.NOT_MODIFIED:
        return [tag]
    return [tag, (b"content-length", b"%d" % sum(map(len, answer.content)))]


def shared_headers(status: int, lang: str, changed: datetime) -> Headers:
    """The headers of all answers with that status in ``lang``.

    ``changed``: when the texts last changed.
    """
    return (
        _known_to_all(changed)
        if status == HTTPStatus.NOT_MODIFIED
        else content_headers(lang, changed)
    )


def etag(token: str, base: str, edition: bytes) -> bytes:
    """What stands for a feed's bytes: all that they depend on, none of it readable.

    ``edition``: what stands for the release, its texts and the city's facts.
    """
    digest = _digest_with(edition).copy()
    digest.update(f"{token} {base}".encode())
    return b'"%b"' % digest.hexdigest().encode()


@lru_cache
def _digest_with(edition: bytes) -> hashlib.blake2b:
    return hashlib.blake2b(key=edition, digest_size=16)


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
    since = headers.get(b"if-modified-since")
    return since is not None and _is_not_older(since.decode("latin-1"), changed)


def _is_not_older(since: str, changed: datetime) -> bool:
    try:
        return parsedate_to_datetime(since) >= changed
    except (OverflowError, TypeError, ValueError):
        return False
