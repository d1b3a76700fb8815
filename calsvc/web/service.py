"""What every request needs: the city, the clock, the keys, and where the service is reached."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request

from calsvc import keys, municipality
from calsvc.addresses import LinkAddresses
from calsvc.links import Keyring, Link
from calsvc.municipality import Municipality
from calsvc.settings import Settings
from calsvc.texts import Catalog, catalog
from calsvc.web.language import choose

HOST_AND_PORT = re.compile(r"([a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?")


@dataclass(frozen=True)
class Service:
    """One running copy. ``today`` tells what day it is in Japan."""

    settings: Settings
    city: Municipality
    keyring: Keyring
    today: Callable[[], date]


def start(settings: Settings, today: Callable[[], date]) -> Service:
    """The service with its files read.

    Raises `calsvc.errors.InvalidFile` for a faulty municipality, `calsvc.keys.BadKeysError`.
    """
    return Service(
        settings=settings,
        city=municipality.load(settings.municipality),
        keyring=Keyring(keys.load_keys(settings.keys, settings.key_file)),
        today=today,
    )


def service_of(request: Request) -> Service:
    """The service that answers ``request``."""
    service: Service = request.app.state.service
    return service


def words_for(request: Request) -> Catalog:
    """The catalog of the caller's language."""
    return catalog(choose(request.query_params, request.headers.get("accept-language", "")))


def base_address(request: Request) -> str:
    """Where the caller reaches the service, without a slash at the end, or '' if that is unsure.

    A Host header is believed only if it is allowed: else a stranger could make links to his own.
    """
    settings = service_of(request).settings
    if settings.public_url:
        return settings.public_url
    host = HOST_AND_PORT.fullmatch(request.headers.get("host", "").lower())
    if host is None or host[1] not in settings.allowed_hosts:
        return ""
    return f"{request.url.scheme}://{host[0]}"


def link_addresses(request: Request, link: Link) -> LinkAddresses:
    """The addresses of ``link``. Raises `HTTPException` 421 where the host is not allowed."""
    base = base_address(request)
    if not base:
        raise HTTPException(HTTPStatus.MISDIRECTED_REQUEST)
    return LinkAddresses(base, service_of(request).keyring.seal(link))
