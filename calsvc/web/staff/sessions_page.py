"""Shows managers the sessions, and lets them end one."""

from datetime import datetime

from starlette.endpoints import HTTPEndpoint
from starlette.requests import Request
from starlette.responses import Response

from calsvc.clock import JAPAN
from calsvc.people.audit import Action
from calsvc.people.session_files import SessionFile, compute_public_id
from calsvc.web.staff.access import (
    get_staff_state,
    read_form_with_csrf_token,
    redirect_to,
    require_manager,
    session_of,
    unavailable_on_error,
    write_audit,
)
from calsvc.web.staff.staff_page import StaffPage
from calsvc.web.staff.threads import in_thread

PAGE_PATH = "/sessions"


class WhoIsHere(HTTPEndpoint):
    """``/staff/sessions``: the list of sessions, for managers."""

    async def get(self, request: Request) -> Response:
        """Return the list of sessions. Raises `HTTPException` 403, 503."""
        await require_manager(request)
        with unavailable_on_error():
            sessions = await in_thread(get_staff_state(request).authenticator.sessions.all)
        own = compute_public_id(session_of(request))
        page = StaffPage(request, "staff_sessions.html", session_of(request))
        return page.render(
            {"sessions": [_session_context(each, own) for each in sessions]}, path=PAGE_PATH
        )

    async def post(self, request: Request) -> Response:
        """End a session and remove its tables. Raises `HTTPException` 403, 503."""
        await require_manager(request)
        fields, staff = await read_form_with_csrf_token(request), get_staff_state(request)
        with unavailable_on_error():
            ended = await in_thread(staff.authenticator.sessions.end, fields.get("session", ""))
        if ended:
            with unavailable_on_error():
                await in_thread(staff.jobs.end, ended.id)
            await write_audit(request, Action.SESSION_ENDED, context={"of": ended.name})
        return redirect_to(request, PAGE_PATH)


def _session_context(session: SessionFile, own: str) -> dict[str, str | bool]:
    return {
        "id": session.id,
        "name": session.name,
        "network": session.network,
        "begun": f"{datetime.fromtimestamp(session.begun, JAPAN):%H:%M}",
        "used": f"{datetime.fromtimestamp(session.used, JAPAN):%H:%M}",
        "is_own": session.id == own,
    }
