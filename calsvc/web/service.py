"""Holds the objects that every request needs: municipalities, clock, keys and base URL."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request

from calsvc.errors import InvalidInputError, Problem
from calsvc.feed.builder import REVISION
from calsvc.i18n import catalogs
from calsvc.i18n.catalogs import Catalog, get_catalog
from calsvc.links.content import Link, LinkedCard, Reminders, generate_link_number
from calsvc.links.ended import EndedLinks
from calsvc.links.keys import load_keys
from calsvc.links.sealing import Keyring
from calsvc.municipality.model import Municipality
from calsvc.municipality.served import Municipalities
from calsvc.parsing.names import NamedCard
from calsvc.rules.plan import assess
from calsvc.settings import Settings
from calsvc.web.language import select_language

HOST_AND_PORT_PATTERN = re.compile(r"([a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?")


@dataclass(frozen=True)
class Service:
    """The objects of one process, which are read at the start.

    ``today`` returns the date in Japan. ``etag_key`` is a secret digest of the release, its texts
    and the municipalities, because feeds depend on them. ``last_modified`` is the time of their
    last change. ``ended`` is read again after its file has changed.
    """

    settings: Settings
    municipalities: Municipalities
    keys: tuple[bytes, ...] = field(repr=False)
    keyring: Keyring
    ended: EndedLinks
    today: Callable[[], date]
    etag_key: bytes = field(repr=False)
    last_modified: datetime


def create_service(settings: Settings, today: Callable[[], date]) -> Service:
    """Create the service, and read its files.

    Raises `calsvc.errors.MunicipalityFileError` for a faulty municipality,
    `calsvc.links.keys.InvalidKeysError`,
    `calsvc.links.ended.EndedLinksFileError`.
    """
    municipalities = Municipalities(settings.municipalities)
    keys = load_keys(settings.keys, settings.key_file)
    return Service(
        settings=settings,
        municipalities=municipalities,
        keys=keys,
        keyring=Keyring(keys),
        ended=EndedLinks(settings.ended_links_file),
        today=today,
        last_modified=max(REVISION, municipalities.modified_at),
        etag_key=_etag_key(keys, municipalities),
    )


def reread_keys(service: Service) -> Service:
    """Return ``service`` with the keys that the key file holds now.

    Raises `calsvc.links.keys.InvalidKeysError`.
    """
    keys = load_keys(service.settings.keys, service.settings.key_file)
    etag_key = _etag_key(keys, service.municipalities)
    return replace(service, keys=keys, keyring=Keyring(keys), etag_key=etag_key)


def _etag_key(keys: tuple[bytes, ...], municipalities: Municipalities) -> bytes:
    content = b"".join(
        (REVISION.isoformat().encode(), municipalities.digest, catalogs.compute_catalogs_digest())
    )
    secret = Keyring(keys).derive_key(b"calsvc etag")
    return hashlib.blake2b(content, key=secret, digest_size=32).digest()


def requested_municipality(service: Service, code: str) -> Municipality:
    """Return the municipality with ``code``, or the default of the service if it is ''.

    Raises `InvalidInputError`.
    """
    municipality = service.municipalities.find(code) if code else service.municipalities.default
    if municipality is None:
        raise InvalidInputError([Problem("municipality", "municipality.unknown")])
    return municipality


def get_service(request: Request) -> Service:
    """Return the service of the application that handles ``request``."""
    service: Service = request.app.state.service
    return service


def get_request_catalog(request: Request) -> Catalog:
    """Return the catalog of the client's language."""
    return get_catalog(
        select_language(request.query_params, request.headers.get("accept-language", ""))
    )


def find_base_url(service: Service, scheme: str, headers: Mapping[bytes, bytes]) -> str:
    """Return the URL of the service without a slash at the end, or '' if it is unknown.

    ``scheme``: that of the request. A Host header counts only if it is allowed. Otherwise an
    attacker could make the service produce links to another host.
    """
    if service.settings.public_url:
        return service.settings.public_url
    host = HOST_AND_PORT_PATTERN.fullmatch(headers.get(b"host", b"").decode("latin-1").lower())
    if host is None or host[1] not in service.settings.allowed_hosts:
        return ""
    return f"{scheme}://{host[0]}"


def require_base_url(request: Request) -> str:
    """Return the base URL of links. Raises `HTTPException` 421 if it is unknown."""
    base_url = trusted_base_url(request)
    if not base_url:
        raise HTTPException(HTTPStatus.MISDIRECTED_REQUEST)
    return base_url


def trusted_base_url(request: Request) -> str:
    """Return `find_base_url` for ``request``."""
    return find_base_url(get_service(request), request.scope["scheme"], dict(request.headers.raw))


def new_link(
    service: Service,
    named_cards: Sequence[NamedCard],
    language: str,
    reminders: Reminders = Reminders.STANDARD,
    municipality: Municipality | None = None,
) -> Link:
    """Return a link with a new random number for the cards of ``named_cards``.

    ``municipality``: None for the default of the service.
    """
    cards = tuple(
        LinkedCard(assess(named_card.card).plan, named_card.name, slot)
        for slot, named_card in enumerate(named_cards)
    )
    code = (municipality or service.municipalities.default).code
    return Link(generate_link_number(), cards, language, code, reminders)
