"""The answers for programs, in JSON."""

from starlette.requests import Request
from starlette.responses import JSONResponse

from calsvc.rules import plan
from calsvc.texts import EventText, events
from calsvc.web.queries import read_query
from calsvc.web.service import service_of, words_for


async def milestones(request: Request) -> JSONResponse:
    """``GET /api/milestones``: what the feed says, without alarms. Ends are inclusive."""
    service, words = service_of(request), words_for(request)
    query = read_query(request.query_params, service.today())
    found = plan(query.card, service.city.grace)
    content = {
        "card_expiry": found.card_expiry.isoformat(),
        "certificate_expiry": found.certificate_expiry.isoformat(),
        "milestones": [_milestone(each) for each in events(found, service.city, words)],
        "cautions": [
            {"code": each.code, "message": words.caution(each)} for each in found.cautions
        ],
    }
    headers = {"Content-Language": words.language, "Cache-Control": "no-store"}
    return JSONResponse(content, headers=headers)


def _milestone(event: EventText) -> dict[str, str]:
    return {
        "subject": event.milestone.subject,
        "kind": event.milestone.kind,
        "start": event.milestone.start.isoformat(),
        "end": event.milestone.end.isoformat(),
        "title": event.title,
        "description": event.description,
    }


async def healthz(_request: Request) -> JSONResponse:
    """``GET /healthz``: the process is alive."""
    return JSONResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})
