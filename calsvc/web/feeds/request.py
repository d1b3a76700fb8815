"""Parses a request for a feed."""

from collections.abc import Mapping
from typing import NamedTuple

from starlette.types import Scope

from calsvc.i18n.languages import DEFAULT_LANGUAGE
from calsvc.links.content import NO_NUMBER, Link, LinkedCard
from calsvc.rules.plan import assess
from calsvc.web.feed_query import parse_municipality_code, parse_query
from calsvc.web.language import negotiate
from calsvc.web.service import Service, requested_municipality

PLAIN_FEED_PATH = "/calendar.ics"
LINK_FEED_PREFIX, LINK_FEED_SUFFIX = "/c/", ".ics"


class FeedRequest(NamedTuple):
    """A request for a feed. ``scheme`` and ``headers`` are as in the ASGI scope."""

    path: str
    query: bytes
    headers: Mapping[bytes, bytes]
    scheme: str

    @classmethod
    def from_scope(cls, scope: Scope) -> "FeedRequest":
        """Return the request in ``scope``. The last one of repeated headers counts."""
        return cls(scope["path"], scope["query_string"], dict(scope["headers"]), scope["scheme"])


def is_feed_path(path: str) -> bool:
    """Return True for the path of a feed, even if its token is invalid."""
    return path == PLAIN_FEED_PATH or (
        path.startswith(LINK_FEED_PREFIX) and path.endswith(LINK_FEED_SUFFIX)
    )


def resolve_link(service: Service, request: FeedRequest) -> tuple[Link, str]:
    """Return the link of the requested feed, and its token.

    For dates in the URL, it is a link without a number. Its token is in the SOURCE of the feed.
    Raises `InvalidInputError` for faulty parameters and `InvalidTokenError` for an invalid token.
    """
    if request.path == PLAIN_FEED_PATH:
        link = _link_from_dates(service, request)
        return link, service.keyring.seal(link)
    token = request.path[len(LINK_FEED_PREFIX) : -len(LINK_FEED_SUFFIX)]
    return service.keyring.open_and_reseal(token)


def _link_from_dates(service: Service, request: FeedRequest) -> Link:
    card, language, reminders = parse_query(request.query, service.today())
    return Link(
        number=NO_NUMBER,
        cards=(LinkedCard(assess(card).plan),),
        language=language or _accepted_language(request),
        municipality=requested_municipality(service, parse_municipality_code(request.query)).code,
        reminders=reminders,
    )


def _accepted_language(request: FeedRequest) -> str:
    header = request.headers.get(b"accept-language")
    return DEFAULT_LANGUAGE if header is None else negotiate(header.decode("latin-1"))
