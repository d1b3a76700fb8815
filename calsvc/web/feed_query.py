"""What a caller asks for in an address: a card, a language, with or without alarms."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from urllib.parse import parse_qsl

from calsvc.errors import InvalidDateError, InvalidInputError, Problem
from calsvc.i18n.languages import LANGUAGES
from calsvc.links.content import REMINDERS, Reminders
from calsvc.parsing.card_fields import DATE_FIELDS, DATE_NAMES, read_card
from calsvc.parsing.dates import parse_date
from calsvc.rules.card import Card

PARAMETER_NAME = re.compile(r"[A-Za-z_]{1,20}")
MAX_PARAMETERS = 20
"""More than all there are: what is sent back must not be far longer than what was sent."""
MUNICIPALITY = "municipality"
KNOWN = (*DATE_FIELDS, "lang", "alarms", MUNICIPALITY)
AS_OF = "as_of"
KNOWN_AS_OF = (*KNOWN, AS_OF)
STANDARD = "on"


def read_query(query: bytes, today: date) -> tuple[Card, str, Reminders]:
    """What the part of an address after ``?`` asks for: a card, a language or '', and alarms.

    Raises `InvalidInputError` with every faulty parameter. An unknown or repeated parameter is
    faulty too, because a typo in ``born`` must not be ignored.
    """
    return _read(_parameters(query, KNOWN), today, KNOWN)


def read_municipality(query: bytes) -> str:
    """Returns the code that the parameter ``municipality`` of a query gives, or ''."""
    if MUNICIPALITY.encode() not in query:
        return ""
    return dict(_parameters(query, KNOWN_AS_OF)).get(MUNICIPALITY, "").strip()


def read_query_as_of(query: bytes, today: date) -> tuple[Card, date]:
    """Returns the card of the part of an address after ``?``, and the day it is to be seen from.

    That day is ``as_of``, or ``today`` if it is not given. Raises as `read_query`.
    """
    items = _parameters(query, KNOWN_AS_OF)
    texts = [text for name, text in items if name == AS_OF]
    faults: list[Problem] = []
    as_of = today
    try:
        as_of = _read_as_of(texts, today)
    except InvalidInputError as error:
        faults += error.problems
    try:
        card, _, _ = _read([each for each in items if each[0] != AS_OF], today, KNOWN_AS_OF)
    except InvalidInputError as error:
        raise InvalidInputError([*faults, *error.problems]) from None
    if faults:
        raise InvalidInputError(faults)
    return card, as_of


def _read_as_of(texts: Sequence[str], today: date) -> date:
    if len(texts) > 1:
        raise InvalidInputError([Problem(AS_OF, "parameter.repeated")])
    text = "".join(texts).strip()
    try:
        return parse_date(text) if text else today
    except InvalidDateError as error:
        raise InvalidInputError([Problem(AS_OF, error.key, error.params)]) from None


def _parameters(query: bytes, known: Sequence[str]) -> list[tuple[str, str]]:
    if query.count(b"&") >= MAX_PARAMETERS:
        raise InvalidInputError([unknown_parameter("", known)])
    return parse_qsl(query.decode("latin-1"), keep_blank_values=True)


def _read(
    items: Sequence[tuple[str, str]], today: date, known: Sequence[str]
) -> tuple[Card, str, Reminders]:
    params = dict(items)
    if len(params) == len(items) and params.keys() <= DATE_NAMES:
        return read_card(params, today), "", Reminders.STANDARD
    faults = [
        *(unknown_parameter(name, known) for name in params if name not in known),
        *_repeated([name for name, _ in items]),
        *_faults_of_choices(params),
    ]
    try:
        card = read_card(params, today)
    except InvalidInputError as error:
        named = {each.field for each in faults}
        further = [each for each in error.problems if each.field not in named]
        raise InvalidInputError([*faults, *further]) from None
    if faults:
        raise InvalidInputError(faults)
    return card, params.get("lang", ""), REMINDERS[params.get("alarms") or STANDARD]


def _repeated(names: Sequence[str]) -> list[Problem]:
    repeated = [name for name in KNOWN if names.count(name) > 1]
    return [Problem(name, "parameter.repeated") for name in repeated]


def unknown_parameter(name: str, known: Sequence[str]) -> Problem:
    """The fault of a parameter that is none of ``known``.

    It is named only if no date or personal name can have been put in its place.
    """
    shown = name if PARAMETER_NAME.fullmatch(name) else "(unknown)"
    return Problem(shown, "parameter.unknown", {"known": ", ".join(known)})


def _faults_of_choices(params: Mapping[str, str]) -> list[Problem]:
    faults = []
    if params.get("lang", "") not in ("", *LANGUAGES):
        faults.append(Problem("lang", "lang.unknown", {"known": ", ".join(LANGUAGES)}))
    if (params.get("alarms") or STANDARD) not in REMINDERS:
        faults.append(Problem("alarms", "alarms.unknown"))
    return faults
