"""Parses the JSON body of ``POST /api/links``: cards, language, reminders."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import NamedTuple

from starlette.requests import Request

from calsvc.errors import InvalidInputError, Problem
from calsvc.i18n.languages import LANGUAGES
from calsvc.links.content import REMINDERS_BY_NAME, Reminders
from calsvc.parsing.card_fields import DATE_FIELDS, parse_named_card
from calsvc.parsing.names import MAX_CARDS, NamedCard
from calsvc.web.feed_query import unknown_parameter
from calsvc.web.request_body import read_body

BODY_FIELDS = ("cards", "lang", "alarms", "municipality")
MAX_UNKNOWN_NAMES = 3
CARD_FIELDS = (*DATE_FIELDS, "name")


async def read_json_body(request: Request) -> Mapping[str, object]:
    """Return the JSON object in the body of ``request``.

    Raises `InvalidInputError` if it is something else, `HTTPException` 415 or 413.
    """
    content = await read_body(request, "application/json")
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise InvalidInputError([Problem("body", "body.not_an_object")])
    return body


class LinkRequest(NamedTuple):
    """The cards of the requested link, its language, and its reminders."""

    named_cards: tuple[NamedCard, ...]
    language: str
    reminders: Reminders


def parse_link_request(
    body: Mapping[str, object], default_language: str, today: date
) -> LinkRequest:
    """Parse ``body``. ``default_language``: the language if it names none.

    Raises `InvalidInputError` with every faulty field, such as ``cards[0].born``.
    """
    problems = list(_unknown_fields(body, BODY_FIELDS))
    language, alarms = body.get("lang", default_language), body.get("alarms", True)
    if language not in LANGUAGES:
        problems.append(Problem("lang", "lang.unknown", {"known": ", ".join(LANGUAGES)}))
    reminders = _parse_alarms(alarms)
    if reminders is None:
        problems.append(Problem("alarms", "alarms.unknown"))
    named_cards, card_problems = _parse_named_cards(body.get("cards"), today)
    if problems or card_problems or reminders is None:
        raise InvalidInputError([*problems, *card_problems])
    return LinkRequest(tuple(named_cards), str(language), reminders)


def _parse_alarms(alarms: object) -> Reminders | None:
    if isinstance(alarms, bool):
        return Reminders.STANDARD if alarms else Reminders.OFF
    return REMINDERS_BY_NAME.get(alarms) if isinstance(alarms, str) else None


def _parse_named_cards(cards: object, today: date) -> tuple[list[NamedCard], list[Problem]]:
    if not isinstance(cards, list) or not 1 <= len(cards) <= MAX_CARDS:
        return [], [Problem("cards", "cards.number", {"most": MAX_CARDS})]
    named_cards, problems = [], []
    for index, card in enumerate(cards):
        try:
            named_cards.append(parse_named_card(_text_fields(card), today))
        except InvalidInputError as error:
            problems += [
                Problem(f"cards[{index}].{problem.field}", problem.key, problem.params)
                for problem in error.problems
            ]
    return named_cards, problems


def _text_fields(card: object) -> dict[str, str]:
    """Return the fields of one card, all of them texts. Raises `InvalidInputError`."""
    if not isinstance(card, dict):
        raise InvalidInputError([Problem("card", "body.not_an_object")])
    problems = list(_field_problems(card))
    if problems:
        raise InvalidInputError(problems)
    return card


def _field_problems(card: Mapping[str, object]) -> Iterator[Problem]:
    yield from _unknown_fields(card, CARD_FIELDS)
    for name in CARD_FIELDS:
        if not isinstance(card.get(name, ""), str):
            yield Problem(name, "field.not_text")


def _unknown_fields(fields: Mapping[str, object], known: Sequence[str]) -> Iterator[Problem]:
    """Yield the first few fields that are not in ``known``."""
    # A few, because a response must not become much larger than its request.
    unknown = (name for name in fields if name not in known)
    return (unknown_parameter(name, known) for name in islice(unknown, MAX_UNKNOWN_NAMES))
