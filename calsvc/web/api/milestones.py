"""``GET /api/milestones``: the dates of a card, their states, and the rules behind them."""

from collections.abc import Iterator
from datetime import date

from starlette.requests import Request
from starlette.responses import JSONResponse

from calsvc.i18n.calendar_texts import CalendarText, build_calendar_texts
from calsvc.i18n.catalogs import Catalog
from calsvc.municipality.counters import Task
from calsvc.municipality.model import Municipality
from calsvc.rules.card import Caution, Subject, Term
from calsvc.rules.milestones import MilestoneKind, apply_by
from calsvc.rules.plan import Plan, assess
from calsvc.rules.reasons import Reason, build_reasons
from calsvc.rules.standings import Standing, compute_standings
from calsvc.web.feed_query import parse_municipality_code, parse_query_as_of
from calsvc.web.service import get_request_catalog, get_service, requested_municipality

NO_STORE_HEADERS = {"Cache-Control": "no-store"}
Json = dict[str, object]


async def milestones(request: Request) -> JSONResponse:
    """Return the events of the feed without alarms, states and reasons. Ends are inclusive."""
    service, catalog = get_service(request), get_request_catalog(request)
    query = request.scope["query_string"]
    card, as_of = parse_query_as_of(query, service.today())
    municipality = requested_municipality(service, parse_municipality_code(query))
    plan, cautions = assess(card, service.today())
    content = {
        "as_of": as_of.isoformat(),
        "card_expiry": plan.card_expiry.isoformat(),
        "certificate_expiry": plan.certificate_expiry.isoformat(),
        **_dates_json(plan, municipality, catalog, as_of),
        "cautions": [_caution_json(each, catalog) for each in cautions],
        "reasons": [_reason_json(each) for each in build_reasons(card, plan)],
    }
    return JSONResponse(content, headers={"Content-Language": catalog.language, **NO_STORE_HEADERS})


def _dates_json(plan: Plan, municipality: Municipality, catalog: Catalog, as_of: date) -> Json:
    texts = build_calendar_texts(plan, municipality, catalog)
    current = compute_standings(
        plan,
        today=as_of,
        grace=municipality.grace_rule,
        last_open_day=municipality.last_day_to_apply,
    )
    return {
        "apply_by": _apply_by(plan, municipality),
        "standings": [_standing_json(each) for each in current],
        "milestones": [
            dict(_milestone_items(each, municipality)) for each in texts if not _is_check(each)
        ],
        "checks": [_check_json(each) for each in texts if _is_check(each)],
    }


def _apply_by(plan: Plan, municipality: Municipality) -> str | None:
    """Return the last day to apply (rule 21). A card that ends with a stay is extended instead."""
    if plan.term is Term.STAY:
        return None
    return apply_by(plan.card_expiry, municipality.last_day_to_apply).isoformat()


def _is_check(event: CalendarText) -> bool:
    return event.milestone.kind is MilestoneKind.CHECK


def _standing_json(standing: Standing) -> Json:
    return {
        "subject": standing.subject,
        "state": standing.state,
        "expiry": standing.expiry.isoformat(),
        "until": _iso(standing.until),
    }


def _milestone_items(
    event: CalendarText, municipality: Municipality
) -> Iterator[tuple[str, object]]:
    yield "subject", event.milestone.subject
    yield "kind", event.milestone.kind
    yield "start", event.milestone.start.isoformat()
    yield "end", event.milestone.end.isoformat()
    if event.milestone.kind is MilestoneKind.WINDOW_OPENS:
        task = Task.CERTIFICATE if event.milestone.subject is Subject.CERTIFICATE else Task.APPLY
        yield "first_open_day", municipality.first_open_day(event.milestone.start, task).isoformat()
    yield "title", event.title
    yield "description", event.description


def _check_json(event: CalendarText) -> Json:
    return {
        "subject": event.milestone.subject,
        "day": event.milestone.start.isoformat(),
        "title": event.title,
        "description": event.description,
    }


def _caution_json(caution: Caution, catalog: Catalog) -> Json:
    return {
        "code": caution.code,
        "message": catalog.format_caution(caution),
        "subject": caution.subject,
        "other": _iso(caution.other),
    }


def _reason_json(reason: Reason) -> Json:
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
