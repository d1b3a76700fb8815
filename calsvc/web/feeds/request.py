"""Reads which feed a request asks for."""

from collections.abc import Mapping
from typing import NamedTuple

from starlette.types import Scope

from calsvc.i18n.languages import DEFAULT_LANGUAGE
from calsvc.links.content import NO_NUMBER, Link, LinkedCard
from calsvc.rules.plan import assess
from calsvc.web.feed_query import parse_municipality_code, parse_query
from calsvc.web.language import negotiate
from calsvc.web.service import Service, requested_municipality

PLAIN_PATH = "/calendar.ics"
LINK_PREFIX, LINK_SUFFIX = "/c/", ".ics"


class FeedRequest(NamedTuple):
    """A request for a feed. ``scheme`` and ``headers`` are those of ASGI."""

    path: str
    query: bytes
    headers: Mapping[bytes, bytes]
    scheme: str

    @classmethod
    def from_scope(cls, scope: Scope) -> "FeedRequest":
        """Returns the request of ``scope``. Of a repeated header, the last one counts."""
        return cls(scope["path"], scope["query_string"], dict(scope["headers"]), scope["scheme"])


def is_feed_path(path: str) -> bool:
    """True for the path of a feed. Whether a token opens is not known yet."""
    return path == PLAIN_PATH or (path.startswith(LINK_PREFIX) and path.endswith(LINK_SUFFIX))


def resolve_link(service: Service, request: FeedRequest) -> tuple[Link, str]:
    """Returns the link of the feed that ``request`` asks for, and its token.

    A card from plain dates makes a link without a number, whose token is the feed's SOURCE.
    Raises `InvalidInputError` for faulty parameters and `InvalidTokenError` for an invalid token.
    """
    if request.path == PLAIN_PATH:
        link = _plain_link(service, request)
        return link, service.keyring.seal(link)
    token = request.path[len(LINK_PREFIX) : -len(LINK_SUFFIX)]
    return service.keyring.open_and_reseal(token)


def _plain_link(service: Service, request: FeedRequest) -> Link:
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
