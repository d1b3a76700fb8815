"""From fields of text, as people or files give them, to a card; all faults are found at once."""

from collections.abc import Mapping
from datetime import date

from calsvc.errors import InvalidInput, Problem, UnreadableDate
from calsvc.parsing.dates import parse_date
from calsvc.parsing.names import LONGEST_NAME, Member, NameTooLongError, clean_name
from calsvc.rules.bounds import EARLIEST_BIRTH, bounds, check
from calsvc.rules.card import Card

DATE_FIELDS = ("born", "issued", "card_expires", "applied", "cert_expires", "stay_until")
DATE_NAMES = frozenset(DATE_FIELDS)


def read_card(texts: Mapping[str, str], today: date) -> Card:
    """The card that ``texts`` describe: date texts by field, blank ones counting as not given.

    Raises `InvalidInput` with every faulty field.
    """
    dates, found = _read_dates(texts)
    if "born" not in dates:
        if not any(each.field == "born" for each in found):
            found.append(Problem("born", "born.missing"))
        dates["born"] = EARLIEST_BIRTH
    card = Card(**dates)
    if found:
        raise InvalidInput(found + _further_faults(card, today, {each.field for each in found}))
    check(card, today)
    return card


def read_member(texts: Mapping[str, str], today: date) -> Member:
    """The card that ``texts`` describe, with the name in the field ``name``, if any.

    Raises `InvalidInput` with every faulty field.
    """
    faults, name = [], ""
    try:
        name = clean_name(texts.get("name", ""))
    except NameTooLongError:
        faults.append(Problem("name", "name.too_long", {"most": LONGEST_NAME}))
    try:
        card = read_card(texts, today)
    except InvalidInput as error:
        raise InvalidInput([*faults, *error.problems]) from None
    if faults:
        raise InvalidInput(faults)
    return Member(card, name)


def _read_dates(texts: Mapping[str, str]) -> tuple[dict[str, date], list[Problem]]:
    dates, found = {}, []
    for field, text in texts.items():
        if field in DATE_NAMES and (text := text.strip()):
            try:
                dates[field] = parse_date(text)
            except UnreadableDate as error:
                found.append(Problem(field, error.key, error.facts))
    found.sort(key=_place)
    return dates, found


def _place(problem: Problem) -> int:
    """Where a person looks for the field of ``problem``."""
    return DATE_FIELDS.index(problem.field)


def _further_faults(card: Card, today: date, faulty: set[str]) -> list[Problem]:
    """What is wrong with the readable fields, as far as that can be said without the others."""
    settled = faulty | {"issued"} if "card_expires" in faulty and card.issued is None else faulty
    return [each for each in bounds(card, today) if each.field not in settled]
