"""What ``POST /api/links`` is sent: a JSON object with cards, a language, alarms or none."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import NamedTuple

from starlette.requests import Request

from calsvc.errors import InvalidInputError, Problem
from calsvc.i18n.languages import LANGUAGES
from calsvc.links.content import REMINDERS, Reminders
from calsvc.parsing.card_fields import DATE_FIELDS, read_member
from calsvc.parsing.names import MAX_CARDS, Member
from calsvc.web.feed_query import unknown_parameter
from calsvc.web.request_body import content

BODY_FIELDS = ("cards", "lang", "alarms", "municipality")
MAX_UNKNOWN_NAMES = 3
CARD_FIELDS = (*DATE_FIELDS, "name")


async def json_body(request: Request) -> Mapping[str, object]:
    """The JSON object that was sent.

    Raises `InvalidInputError` if it is something else, `HTTPException` 415 or 413.
    """
    sent = await content(request, "application/json")
    try:
        body = json.loads(sent)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise InvalidInputError([Problem("body", "body.not_an_object")])
    return body


class LinkRequest(NamedTuple):
    """The cards of the link to be made, its language, and the holder's choice of alarms."""

    members: tuple[Member, ...]
    language: str
    reminders: Reminders


def read_link(body: Mapping[str, object], lang: str, today: date) -> LinkRequest:
    """Returns what ``body`` asks for, in ``lang`` unless it says otherwise.

    Raises `InvalidInputError` with every faulty field, such as ``cards[0].born``.
    """
    faults = list(_unknown(body, BODY_FIELDS))
    lang_asked, alarms = body.get("lang", lang), body.get("alarms", True)
    if lang_asked not in LANGUAGES:
        faults.append(Problem("lang", "lang.unknown", {"known": ", ".join(LANGUAGES)}))
    reminders = _read_alarms(alarms)
    if reminders is None:
        faults.append(Problem("alarms", "alarms.unknown"))
    members, further = _read_members(body.get("cards"), today)
    if faults or further or reminders is None:
        raise InvalidInputError([*faults, *further])
    return LinkRequest(tuple(members), str(lang_asked), reminders)


def _read_alarms(alarms: object) -> Reminders | None:
    if isinstance(alarms, bool):
        return Reminders.STANDARD if alarms else Reminders.OFF
    return REMINDERS.get(alarms) if isinstance(alarms, str) else None


def _read_members(cards: object, today: date) -> tuple[list[Member], list[Problem]]:
    if not isinstance(cards, list) or not 1 <= len(cards) <= MAX_CARDS:
        return [], [Problem("cards", "cards.number", {"most": MAX_CARDS})]
    members, faults = [], []
    for place, each in enumerate(cards):
        try:
            members.append(read_member(_texts(each), today))
        except InvalidInputError as error:
            faults += [
                Problem(f"cards[{place}].{fault.field}", fault.key, fault.params)
                for fault in error.problems
            ]
    return members, faults


def _texts(card: object) -> dict[str, str]:
    """The fields of one card, all of them texts. Raises `InvalidInputError`."""
    if not isinstance(card, dict):
        raise InvalidInputError([Problem("card", "body.not_an_object")])
    faults = list(_faults_of_form(card))
    if faults:
        raise InvalidInputError(faults)
    return card


def _faults_of_form(card: Mapping[str, object]) -> Iterator[Problem]:
    yield from _unknown(card, CARD_FIELDS)
    for name in CARD_FIELDS:
        if not isinstance(card.get(name, ""), str):
            yield Problem(name, "field.not_text")


def _unknown(given: Mapping[str, object], known: Sequence[str]) -> Iterator[Problem]:
    """The first few fields that are none of ``known``: an answer must not outgrow its question."""
    unknown = (name for name in given if name not in known)
    return (unknown_parameter(name, known) for name in islice(unknown, MAX_UNKNOWN_NAMES))
