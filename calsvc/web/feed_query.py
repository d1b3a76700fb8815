"""What a caller asks for in an address: a card, a language, with or without alarms."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from urllib.parse import parse_qsl

from calsvc.errors import InvalidInput, Problem
from calsvc.i18n.languages import LANGUAGES
from calsvc.parsing.card_fields import DATE_FIELDS, DATE_NAMES, read_card
from calsvc.rules.card import Card

PARAMETER_NAME = re.compile(r"[A-Za-z_]{1,20}")
MOST_PARAMETERS = 20
"""More than all there are: what is sent back must not be far longer than what was sent."""
KNOWN = (*DATE_FIELDS, "lang", "alarms")
ON_OR_OFF = {"": True, "on": True, "off": False}


def read_query(query: bytes, today: date) -> tuple[Card, str, bool]:
    """What the part of an address after ``?`` asks for: a card, a language or '', and alarms.

    Raises `InvalidInput` with every faulty parameter; one that is unknown or comes twice is a fault
    too, for a misspelt ``born`` must not be passed over.
    """
    if query.count(b"&") >= MOST_PARAMETERS:
        raise InvalidInput([unknown_parameter("", KNOWN)])
    items = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    params = dict(items)
    if len(params) == len(items) and params.keys() <= DATE_NAMES:
        return read_card(params, today), "", True
    faults = [
        *_unknown(params),
        *_repeated([name for name, _ in items]),
        *_faults_of_choices(params),
    ]
    try:
        card = read_card(params, today)
    except InvalidInput as error:
        named = {each.field for each in faults}
        further = [each for each in error.problems if each.field not in named]
        raise InvalidInput([*faults, *further]) from None
    if faults:
        raise InvalidInput(faults)
    return card, params.get("lang", ""), ON_OR_OFF[params.get("alarms", "")]


def _unknown(params: Mapping[str, str]) -> list[Problem]:
    return [unknown_parameter(name, KNOWN) for name in params if name not in KNOWN]


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
    if params.get("alarms", "") not in ON_OR_OFF:
        faults.append(Problem("alarms", "alarms.unknown"))
    return faults
