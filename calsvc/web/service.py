"""What every request needs: municipalities, clock, keys, and where the service is reached."""

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
from calsvc.links.content import Link, LinkedCard, Reminders, new_number
from calsvc.links.ended import EndedLinks
from calsvc.links.keys import load_keys
from calsvc.links.sealing import Keyring
from calsvc.municipality.model import Municipality
from calsvc.municipality.served import Municipalities
from calsvc.parsing.names import Member
from calsvc.rules.plan import assess
from calsvc.settings import Settings
from calsvc.web.language import choose

HOST_AND_PORT = re.compile(r"([a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?")


@dataclass(frozen=True)
class Service:
    """One running copy.

    ``today`` returns the day that it is in Japan. ``etag_key`` is secret and stands for all that a
    feed's bytes depend on besides its link: the release, its texts, the municipality's facts.
    ``last_modified`` is when any of them last changed. ``ended`` follows its file.
    """

    settings: Settings
    cities: Municipalities
    keys: tuple[bytes, ...] = field(repr=False)
    keyring: Keyring
    ended: EndedLinks
    today: Callable[[], date]
    etag_key: bytes = field(repr=False)
    last_modified: datetime


def start(settings: Settings, today: Callable[[], date]) -> Service:
    """The service with its files read.

    Raises `calsvc.errors.MunicipalityFileError` for a faulty municipality,
    `calsvc.links.keys.BadKeysError`,
    `calsvc.links.ended.EndedFileError`.
    """
    cities = Municipalities(settings.municipalities)
    keys = load_keys(settings.keys, settings.key_file)
    return Service(
        settings=settings,
        cities=cities,
        keys=keys,
        keyring=Keyring(keys),
        ended=EndedLinks(settings.ended_links_file),
        today=today,
        last_modified=max(REVISION, cities.changed),
        etag_key=_etag_key(keys, cities),
    )


def reread_keys(service: Service) -> Service:
    """Returns ``service`` with the keys that the key file holds now.

    Raises `calsvc.links.keys.BadKeysError`.
    """
    keys = load_keys(service.settings.keys, service.settings.key_file)
    etag_key = _etag_key(keys, service.cities)
    return replace(service, keys=keys, keyring=Keyring(keys), etag_key=etag_key)


def _etag_key(keys: tuple[bytes, ...], cities: Municipalities) -> bytes:
    content = b"".join((REVISION.isoformat().encode(), cities.digest, catalogs.digest()))
    secret = Keyring(keys).derive_key(b"calsvc etag")
    return hashlib.blake2b(content, key=secret, digest_size=32).digest()


def asked_city(service: Service, code: str) -> Municipality:
    """Returns the municipality that a parameter names, or that the service speaks for if it is ''.

    Raises `InvalidInputError`.
    """
    city = service.cities.find(code) if code else service.cities.default
    if city is None:
        raise InvalidInputError([Problem("municipality", "municipality.unknown")])
    return city


def service_of(request: Request) -> Service:
    """The service that answers ``request``."""
    service: Service = request.app.state.service
    return service


def get_request_catalog(request: Request) -> Catalog:
    """The catalog of the caller's language."""
    return get_catalog(choose(request.query_params, request.headers.get("accept-language", "")))


def base_address(service: Service, scheme: str, headers: Mapping[bytes, bytes]) -> str:
    """Where the caller reaches the service, without a slash at the end, or '' if that is unsure.

    ``scheme``: how the caller has asked. A Host header is believed only if it is allowed: else a
    stranger could make links to his own.
    """
    if service.settings.public_url:
        return service.settings.public_url
    host = HOST_AND_PORT.fullmatch(headers.get(b"host", b"").decode("latin-1").lower())
    if host is None or host[1] not in service.settings.allowed_hosts:
        return ""
    return f"{scheme}://{host[0]}"


def base_of(request: Request) -> str:
    """Where links lead. Raises `HTTPException` 421 where that is unsure."""
    base = believed_base(request)
    if not base:
        raise HTTPException(HTTPStatus.MISDIRECTED_REQUEST)
    return base


def believed_base(request: Request) -> str:
    """`base_address` for whoever sent ``request``."""
    return base_address(service_of(request), request.scope["scheme"], dict(request.headers.raw))


def new_link(
    service: Service,
    members: Sequence[Member],
    language: str,
    reminders: Reminders = Reminders.STANDARD,
    city: Municipality | None = None,
) -> Link:
    """Returns a link with a new random number for cards that were entered.

    ``city``: none for the municipality that the service speaks for.
    """
    cards = tuple(
        LinkedCard(assess(member.card).plan, member.name, slot)
        for slot, member in enumerate(members)
    )
    code = (city or service.cities.default).code
    return Link(new_number(), cards, language, code, reminders)
