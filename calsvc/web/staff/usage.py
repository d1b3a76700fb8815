"""Shows managers the usage of the service: counts without persons."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from calsvc.people.audit_counts import count_by_month
from calsvc.web.observability.client_families import ClientFamily
from calsvc.web.observability.metrics import FEEDS, LINKS, LinkOrigin, get_metrics
from calsvc.web.staff.access import (
    get_staff_state,
    require_manager,
    session_of,
    unavailable_on_error,
)
from calsvc.web.staff.staff_page import StaffPage
from calsvc.web.staff.threads import in_thread

PAGE_PATH = "/counts"


async def usage_counts(request: Request) -> Response:
    """``GET /staff/counts``, for managers. Raises `HTTPException` 403, 503."""
    await require_manager(request)
    with unavailable_on_error():
        months = await in_thread(count_by_month, get_staff_state(request).authenticator.folder)
        since_start = await in_thread(_since_start, request)
    page = StaffPage(request, "staff_usage.html", session_of(request))
    return page.render({"months": months, "since_start": since_start}, path=PAGE_PATH)


def _since_start(request: Request) -> Mapping[str, Mapping[str, int]]:
    """Return links by way and feeds by client, or nothing if metrics are off."""
    metrics = get_metrics(request)
    if metrics is None:
        return {}
    links, feeds = metrics.totals(LINKS), metrics.totals(FEEDS)
    return {
        "way": {way: links.get(way, 0) for way in LinkOrigin},
        "client": {family: feeds.get(family, 0) for family in ClientFamily},
    }
