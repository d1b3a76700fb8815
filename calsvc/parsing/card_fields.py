"""Parses a card from fields of text, and reports the problems of all fields at once."""

import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any

from calsvc.errors import InvalidDateError, InvalidInputError, Problem
from calsvc.parsing.dates import parse_date
from calsvc.parsing.names import MAX_NAME_LENGTH, NamedCard, NameTooLongError, clean_name
from calsvc.rules.card import Card, Renewed
from calsvc.rules.validation import EARLIEST_BIRTH, check_card, find_range_problems

DATE_FIELDS = (
    "born",
    "issued",
    "card_expires",
    "applied",
    "cert_expires",
    "cert_renewed",
    "stay_until",
)
"""All fields of a card, in the order of the form. ``cert_renewed`` holds a date or an answer (see
`Answers`)."""
RENEWAL_FIELD = "cert_renewed"

Answers = Mapping[str, Renewed | None]
"""Words that ``cert_renewed`` may contain instead of a date, in NFKC and lower case. The value None
means: the certificate was not renewed."""
YES_ANSWERS: Answers = {"yes": Renewed.IN_WINDOW, "はい": Renewed.IN_WINDOW}
TABLE_ANSWERS: Answers = dict.fromkeys(
    ("済", "○", "〇", "◯", "はい", "1", "yes"), Renewed.SOMETIME
) | dict.fromkeys(("未", "×", "いいえ", "0", "no"))
"""Answers in tables. The day of the renewal is unknown. Three characters look like a circle."""
MAX_ANSWER_LENGTH = 10


def parse_card(fields: Mapping[str, str], today: date, answers: Answers = YES_ANSWERS) -> Card:
    """Return the card of ``fields``, the texts of `DATE_FIELDS`. A blank text counts as missing.

    ``answers``: words that ``cert_renewed`` may hold instead of a date. Raises `InvalidInputError`
    with all faulty fields.
    """
    dates, problems = _parse_dates(fields, answers)
    if "born" not in dates:
        if not any(each.field == "born" for each in problems):
            problems.append(Problem("born", "born.missing"))
        # This substitute causes no problem in another field.
        dates["born"] = EARLIEST_BIRTH
    card = Card(**dates)
    if problems:
        faulty = {each.field for each in problems}
        raise InvalidInputError(problems + _readable_field_problems(card, today, faulty))
    check_card(card, today)
    return card


def parse_named_card(fields: Mapping[str, str], today: date) -> NamedCard:
    """Return the card of ``fields`` with the text of the field ``name``, if there is one.

    Raises `InvalidInputError` with all faulty fields.
    """
    problems: list[Problem] = []
    name = ""
    try:
        name = parse_name(fields.get("name", ""))
    except InvalidInputError as error:
        problems += error.problems
    try:
        card = parse_card(fields, today)
    except InvalidInputError as error:
        raise InvalidInputError([*problems, *error.problems]) from None
    if problems:
        raise InvalidInputError(problems)
    return NamedCard(card, name)


def parse_name(text: str) -> str:
    """Return the short name in ``text``. Raises `InvalidInputError` if it is too long."""
    try:
        return clean_name(text)
    except NameTooLongError:
        raise InvalidInputError(
            [Problem("name", "name.too_long", {"most": MAX_NAME_LENGTH})]
        ) from None


def _parse_dates(
    fields: Mapping[str, str], answers: Answers
) -> tuple[dict[str, Any], list[Problem]]:
    values: dict[str, Any] = {}
    problems = []
    for field, text in fields.items():
        if field in DATE_FIELDS and (text := text.strip()):
            try:
                values[field] = (
                    _parse_renewal(text, answers) if field == RENEWAL_FIELD else parse_date(text)
                )
            except InvalidDateError as error:
                problems.append(Problem(field, error.key, error.params))
    problems.sort(key=_field_order)
    return values, problems


def _parse_renewal(text: str, answers: Answers) -> date | Renewed | None:
    """Return the day or the answer in ``text``. Raises `InvalidDateError`."""
    answer = unicodedata.normalize("NFKC", text[: MAX_ANSWER_LENGTH + 1]).casefold()
    if answer in answers:
        return answers[answer]
    try:
        return parse_date(text)
    except InvalidDateError as error:
        if error.key == "date.unreadable":
            raise InvalidDateError("cert_renewed.unreadable") from None
        raise


def _field_order(problem: Problem) -> int:
    """Return the position of the field of ``problem`` in the form."""
    return DATE_FIELDS.index(problem.field)


def _readable_field_problems(card: Card, today: date, faulty: set[str]) -> list[Problem]:
    """Return the problems of the readable fields that do not depend on a ``faulty`` one."""
    # An unreadable card_expires is no missing issue date, because either of the two is enough.
    excluded = faulty | {"issued"} if "card_expires" in faulty and card.issued is None else faulty
    return [each for each in find_range_problems(card, today) if each.field not in excluded]
