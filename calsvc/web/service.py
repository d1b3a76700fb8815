"""What every request needs: the city, the clock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from starlette.requests import Request

from calsvc.municipality import Municipality
from calsvc.texts import Catalog, catalog
from calsvc.web.language import choose


@dataclass(frozen=True)
class Service:
    """One running copy. ``today`` tells what day it is in Japan."""

    city: Municipality
    today: Callable[[], date]


def service_of(request: Request) -> Service:
    """The service that answers ``request``."""
    service: Service = request.app.state.service
    return service


def words_for(request: Request) -> Catalog:
    """The catalog of the caller's language."""
    return catalog(choose(request.query_params, request.headers.get("accept-language", "")))
