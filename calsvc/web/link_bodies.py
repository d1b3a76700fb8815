"""What ``POST /api/links`` is sent: a JSON object with cards, a language, alarms or none."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request

from calsvc.errors import InvalidInput, Problem
from calsvc.fields import DATE_FIELDS, read_member
from calsvc.household import MOST_MEMBERS, Member
from calsvc.links import Link
from calsvc.texts import LANGUAGES
from calsvc.web.queries import unknown_parameter

LONGEST_BODY = 64 * 1024
BODY_FIELDS = ("cards", "lang", "alarms")
CARD_FIELDS = (*DATE_FIELDS, "name")


async def json_body(request: Request) -> Mapping[str, object]:
    """The JSON object that was sent.

    Raises `InvalidInput` if it is something else, `HTTPException` 415 or 413.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    try:
        body = json.loads(await _content(request))
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise InvalidInput([Problem("body", "body.not_an_object")])
    return body


async def _content(request: Request) -> bytes:
    content = b""
    async for chunk in request.stream():
        content += chunk
        if len(content) > LONGEST_BODY:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return content


def read_link(body: Mapping[str, object], lang: str, today: date) -> Link:
    """The link that ``body`` asks for, in ``lang`` unless it says otherwise.

    Raises `InvalidInput` with every faulty field, such as ``cards[0].born``.
    """
    faults = [unknown_parameter(name, BODY_FIELDS) for name in body if name not in BODY_FIELDS]
    lang_asked, alarms = body.get("lang", lang), body.get("alarms", True)
    if lang_asked not in LANGUAGES:
        faults.append(Problem("lang", "lang.unknown", {"known": ", ".join(LANGUAGES)}))
    if not isinstance(alarms, bool):
        faults.append(Problem("alarms", "alarms.not_boolean"))
    members, further = _read_members(body.get("cards"), today)
    if faults or further:
        raise InvalidInput([*faults, *further])
    return Link(tuple(members), str(lang_asked), bool(alarms))


def _read_members(cards: object, today: date) -> tuple[list[Member], list[Problem]]:
    if not isinstance(cards, list) or not 1 <= len(cards) <= MOST_MEMBERS:
        return [], [Problem("cards", "cards.number", {"most": MOST_MEMBERS})]
    members, faults = [], []
    for place, each in enumerate(cards):
        try:
            members.append(read_member(_texts(each), today))
        except InvalidInput as error:
            faults += [
                Problem(f"cards[{place}].{fault.field}", fault.key, fault.facts)
                for fault in error.problems
            ]
    return members, faults


def _texts(card: object) -> dict[str, str]:
    """The fields of one card, all of them texts. Raises `InvalidInput`."""
    if not isinstance(card, dict):
        raise InvalidInput([Problem("card", "body.not_an_object")])
    faults = list(_faults_of_form(card))
    if faults:
        raise InvalidInput(faults)
    return card


def _faults_of_form(card: Mapping[str, object]) -> Iterator[Problem]:
    for name, value in card.items():
        if name not in CARD_FIELDS:
            yield unknown_parameter(name, CARD_FIELDS)
        elif not isinstance(value, str):
            yield Problem(name, "field.not_text")
