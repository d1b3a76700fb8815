"""Parses the query of a feed's URL: a card, a language, reminders, a municipality."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from urllib.parse import parse_qsl

from calsvc.errors import InvalidDateError, InvalidInputError, Problem
from calsvc.i18n.languages import LANGUAGES
from calsvc.links.content import REMINDERS_BY_NAME, Reminders
from calsvc.parsing.card_fields import DATE_FIELDS, parse_card
from calsvc.parsing.dates import parse_date
from calsvc.rules.card import Card

PARAMETER_NAME_PATTERN = re.compile(r"[A-Za-z_]{1,20}")
MAX_PARAMETERS = 20
"""Maximum number of parameters, which limits the list of unknown ones in a response."""
MUNICIPALITY_PARAM = "municipality"
DATE_FIELD_NAMES = frozenset(DATE_FIELDS)
FEED_PARAMETERS = (*DATE_FIELDS, "lang", "alarms", MUNICIPALITY_PARAM)
AS_OF = "as_of"
MILESTONE_PARAMETERS = (*FEED_PARAMETERS, AS_OF)
DEFAULT_ALARMS = "on"


def parse_query(query: bytes, today: date) -> tuple[Card, str, Reminders]:
    """Return the card, the language or '', and the reminders of a query.

    Raises `InvalidInputError` with every faulty parameter. An unknown or repeated parameter is
    faulty too, because a typo in ``born`` must not be ignored.
    """
    return _parse_card(_parse_pairs(query, FEED_PARAMETERS), today, FEED_PARAMETERS)


def parse_municipality_code(query: bytes) -> str:
    """Return the value of the parameter ``municipality`` of a query, or ''."""
    if MUNICIPALITY_PARAM.encode() not in query:
        return ""
    return dict(_parse_pairs(query, MILESTONE_PARAMETERS)).get(MUNICIPALITY_PARAM, "").strip()


def parse_query_as_of(query: bytes, today: date) -> tuple[Card, date]:
    """Return the card of a query, and the day for which its states are computed.

    That day is the parameter ``as_of``, by default ``today``. Raises as `parse_query`.
    """
    pairs = _parse_pairs(query, MILESTONE_PARAMETERS)
    values = [value for name, value in pairs if name == AS_OF]
    problems: list[Problem] = []
    as_of = today
    try:
        as_of = _parse_as_of(values, today)
    except InvalidInputError as error:
        problems += error.problems
    try:
        card, _, _ = _parse_card(
            [pair for pair in pairs if pair[0] != AS_OF], today, MILESTONE_PARAMETERS
        )
    except InvalidInputError as error:
        raise InvalidInputError([*problems, *error.problems]) from None
    if problems:
        raise InvalidInputError(problems)
    return card, as_of


def _parse_as_of(values: Sequence[str], today: date) -> date:
    if len(values) > 1:
        raise InvalidInputError([Problem(AS_OF, "parameter.repeated")])
    value = "".join(values).strip()
    try:
        return parse_date(value) if value else today
    except InvalidDateError as error:
        raise InvalidInputError([Problem(AS_OF, error.key, error.params)]) from None


def _parse_pairs(query: bytes, known: Sequence[str]) -> list[tuple[str, str]]:
    if query.count(b"&") >= MAX_PARAMETERS:
        raise InvalidInputError([unknown_parameter("", known)])
    return parse_qsl(query.decode("latin-1"), keep_blank_values=True)


def _parse_card(
    pairs: Sequence[tuple[str, str]], today: date, known: Sequence[str]
) -> tuple[Card, str, Reminders]:
    params = dict(pairs)
    if len(params) == len(pairs) and params.keys() <= DATE_FIELD_NAMES:
        return parse_card(params, today), "", Reminders.STANDARD
    problems = [
        *(unknown_parameter(name, known) for name in params if name not in known),
        *_repeated_problems([name for name, _ in pairs]),
        *_choice_problems(params),
    ]
    try:
        card = parse_card(params, today)
    except InvalidInputError as error:
        named = {problem.field for problem in problems}
        further = [problem for problem in error.problems if problem.field not in named]
        raise InvalidInputError([*problems, *further]) from None
    if problems:
        raise InvalidInputError(problems)
    return card, params.get("lang", ""), REMINDERS_BY_NAME[params.get("alarms") or DEFAULT_ALARMS]


def _repeated_problems(names: Sequence[str]) -> list[Problem]:
    repeated = [name for name in FEED_PARAMETERS if names.count(name) > 1]
    return [Problem(name, "parameter.repeated") for name in repeated]


def unknown_parameter(name: str, known: Sequence[str]) -> Problem:
    """Return the problem of a parameter that is not in ``known``.

    Its name is shown only if it cannot be a date or a personal name.
    """
    shown = name if PARAMETER_NAME_PATTERN.fullmatch(name) else "(unknown)"
    return Problem(shown, "parameter.unknown", {"known": ", ".join(known)})


def _choice_problems(params: Mapping[str, str]) -> list[Problem]:
    problems = []
    if params.get("lang", "") not in ("", *LANGUAGES):
        problems.append(Problem("lang", "lang.unknown", {"known": ", ".join(LANGUAGES)}))
    if (params.get("alarms") or DEFAULT_ALARMS) not in REMINDERS_BY_NAME:
        problems.append(Problem("alarms", "alarms.unknown"))
    return problems
