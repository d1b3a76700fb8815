"""``GET /api/milestones``: the dates of a card, where they stand, and the rules behind them."""

from collections.abc import Iterator
from datetime import date

from starlette.requests import Request
from starlette.responses import JSONResponse

from calsvc.i18n.calendar_texts import CalendarText, calendar_texts
from calsvc.i18n.catalogs import Catalog
from calsvc.municipality.counters import Task
from calsvc.municipality.model import Municipality
from calsvc.rules.card import Caution, Subject, Term
from calsvc.rules.milestones import Kind, apply_by
from calsvc.rules.plan import Plan, assess
from calsvc.rules.reasons import Reason, reasons
from calsvc.rules.standings import Standing, standings
from calsvc.web.feed_query import read_municipality, read_query_as_of
from calsvc.web.service import asked_city, get_request_catalog, service_of

NOT_STORED = {"Cache-Control": "no-store"}
Json = dict[str, object]


async def milestones(request: Request) -> JSONResponse:
    """Answers with what the feed says, without alarms, and more. Ends are inclusive."""
    service, catalog = service_of(request), get_request_catalog(request)
    query = request.scope["query_string"]
    card, as_of = read_query_as_of(query, service.today())
    city = asked_city(service, read_municipality(query))
    plan, cautions = assess(card, service.today())
    content = {
        "as_of": as_of.isoformat(),
        "card_expiry": plan.card_expiry.isoformat(),
        "certificate_expiry": plan.certificate_expiry.isoformat(),
        **_dates(plan, city, catalog, as_of),
        "cautions": [_caution(each, catalog) for each in cautions],
        "reasons": [_reason(each) for each in reasons(card, plan)],
    }
    return JSONResponse(content, headers={"Content-Language": catalog.language, **NOT_STORED})


def _dates(plan: Plan, city: Municipality, catalog: Catalog, as_of: date) -> Json:
    texts = calendar_texts(plan, city, catalog)
    found = standings(plan, today=as_of, grace=city.grace, last_open_day=city.last_day_to_apply)
    return {
        "apply_by": _apply_by(plan, city),
        "standings": [_standing(each) for each in found],
        "milestones": [dict(_milestone(each, city)) for each in texts if not _is_check(each)],
        "checks": [_check(each) for each in texts if _is_check(each)],
    }


def _apply_by(plan: Plan, city: Municipality) -> str | None:
    """Rule 21. A card that ends with a stay is extended, so nothing is applied for."""
    if plan.term is Term.STAY:
        return None
    return apply_by(plan.card_expiry, city.last_day_to_apply).isoformat()


def _is_check(event: CalendarText) -> bool:
    return event.milestone.kind is Kind.CHECK


def _standing(standing: Standing) -> Json:
    return {
        "subject": standing.subject,
        "state": standing.state,
        "expiry": standing.expiry.isoformat(),
        "until": _iso(standing.until),
    }


def _milestone(event: CalendarText, city: Municipality) -> Iterator[tuple[str, object]]:
    yield "subject", event.milestone.subject
    yield "kind", event.milestone.kind
    yield "start", event.milestone.start.isoformat()
    yield "end", event.milestone.end.isoformat()
    if event.milestone.kind is Kind.WINDOW_OPENS:
        task = Task.CERTIFICATE if event.milestone.subject is Subject.CERTIFICATE else Task.APPLY
        yield "first_open_day", city.first_open_day(event.milestone.start, task).isoformat()
    yield "title", event.title
    yield "description", event.description


def _check(event: CalendarText) -> Json:
    return {
        "subject": event.milestone.subject,
        "day": event.milestone.start.isoformat(),
        "title": event.title,
        "description": event.description,
    }


def _caution(caution: Caution, catalog: Catalog) -> Json:
    return {
        "code": caution.code,
        "message": catalog.caution(caution),
        "subject": caution.subject,
        "other": _iso(caution.other),
    }


def _reason(reason: Reason) -> Json:
    return {
        "subject": reason.subject,
        "expiry": reason.expiry.isoformat(),
        "rule": reason.rule,
        "after": _iso(reason.after),
        "birthdays": [each.isoformat() for each in reason.birthdays],
        "source": reason.source,
    }


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
