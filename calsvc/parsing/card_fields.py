"""From fields of text, as people or files give them, to a card; all faults are found at once."""

import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any

from calsvc.errors import InvalidDateError, InvalidInputError, Problem
from calsvc.parsing.dates import parse_date
from calsvc.parsing.names import MAX_NAME_LENGTH, Member, NameTooLongError, clean_name
from calsvc.rules.bounds import EARLIEST_BIRTH, bounds, check
from calsvc.rules.card import Card, Renewed

DATE_FIELDS = (
    "born",
    "issued",
    "card_expires",
    "applied",
    "cert_expires",
    "cert_renewed",
    "stay_until",
)
"""All fields of a card. ``cert_renewed`` holds a date or an answer (see `Answers`)."""
DATE_NAMES = frozenset(DATE_FIELDS)
RENEWED = "cert_renewed"

Answers = Mapping[str, Renewed | None]
"""Words that ``cert_renewed`` may hold instead of a date, NFKC and in lower case."""
YES_ANSWERS: Answers = {"yes": Renewed.IN_WINDOW, "はい": Renewed.IN_WINDOW}
TABLE_ANSWERS: Answers = dict.fromkeys(
    ("済", "○", "〇", "◯", "はい", "1", "yes"), Renewed.SOMETIME
) | dict.fromkeys(("未", "×", "いいえ", "0", "no"))
"""A table says that a certificate was renewed, and not since when. The circles look alike."""
MAX_ANSWER_LENGTH = 10


def read_card(texts: Mapping[str, str], today: date, answers: Answers = YES_ANSWERS) -> Card:
    """Returns the card that ``texts`` describe: date texts by field, blank ones as not given.

    ``answers``: what ``cert_renewed`` may hold besides a date. Raises `InvalidInputError` with each
    faulty field.
    """
    dates, found = _read_dates(texts, answers)
    if "born" not in dates:
        if not any(each.field == "born" for each in found):
            found.append(Problem("born", "born.missing"))
        dates["born"] = EARLIEST_BIRTH
    card = Card(**dates)
    if found:
        raise InvalidInputError(
            found + _further_faults(card, today, {each.field for each in found})
        )
    check(card, today)
    return card


def read_member(texts: Mapping[str, str], today: date) -> Member:
    """The card that ``texts`` describe, with the name in the field ``name``, if any.

    Raises `InvalidInputError` with every faulty field.
    """
    faults: list[Problem] = []
    name = ""
    try:
        name = read_name(texts.get("name", ""))
    except InvalidInputError as error:
        faults += error.problems
    try:
        card = read_card(texts, today)
    except InvalidInputError as error:
        raise InvalidInputError([*faults, *error.problems]) from None
    if faults:
        raise InvalidInputError(faults)
    return Member(card, name)


def read_name(text: str) -> str:
    """Returns the short name that ``text`` holds. Raises `InvalidInputError` if it is too long."""
    try:
        return clean_name(text)
    except NameTooLongError:
        raise InvalidInputError(
            [Problem("name", "name.too_long", {"most": MAX_NAME_LENGTH})]
        ) from None


def _read_dates(texts: Mapping[str, str], answers: Answers) -> tuple[dict[str, Any], list[Problem]]:
    values: dict[str, Any] = {}
    found = []
    for field, text in texts.items():
        if field in DATE_NAMES and (text := text.strip()):
            try:
                values[field] = (
                    _read_renewal(text, answers) if field == RENEWED else parse_date(text)
                )
            except InvalidDateError as error:
                found.append(Problem(field, error.key, error.params))
    found.sort(key=_place)
    return values, found


def _read_renewal(text: str, answers: Answers) -> date | Renewed | None:
    """Returns the day or the answer in ``text``. Raises `InvalidDateError`."""
    answer = unicodedata.normalize("NFKC", text[: MAX_ANSWER_LENGTH + 1]).casefold()
    if answer in answers:
        return answers[answer]
    try:
        return parse_date(text)
    except InvalidDateError as error:
        if error.key == "date.unreadable":
            raise InvalidDateError("cert_renewed.unreadable") from None
        raise


def _place(problem: Problem) -> int:
    """Where a person looks for the field of ``problem``."""
    return DATE_FIELDS.index(problem.field)


def _further_faults(card: Card, today: date, faulty: set[str]) -> list[Problem]:
    """What is wrong with the readable fields, as far as that can be said without the others."""
    settled = faulty | {"issued"} if "card_expires" in faulty and card.issued is None else faulty
    return [each for each in bounds(card, today) if each.field not in settled]
