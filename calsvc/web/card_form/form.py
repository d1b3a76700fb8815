"""The form of the front page: its input unchanged, and the cards that it describes.

A field is named after its card, its date and its part. So ``c2-born-year`` is the birth year on
the second card.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar

from calsvc.errors import InvalidInputError, Problem
from calsvc.links.content import REMINDERS_BY_NAME
from calsvc.parsing.card_fields import DATE_FIELDS, RENEWAL_FIELD, parse_named_card
from calsvc.parsing.names import MAX_CARDS, NamedCard
from calsvc.web.card_form.typed_dates import (
    PARTS,
    DateInput,
    complete_era,
    split_digits,
    strip_unit,
)

PRINTED, ISSUED, STAY_UNTIL = "card_expires", "issued", "stay_until"
FORM_FIELDS = (PRINTED, "born", STAY_UNTIL, "cert_expires", RENEWAL_FIELD, ISSUED, "applied")
"""The date fields, in the order of the form."""
NUMBER_OF_CARDS, ACTION = "cards", "do"
YES, SAME = "yes", "same"
Result = TypeVar("Result")
ADD, REMOVE, STAY, IS_ISSUED = "add", "remove-", "stay-", "issued-"
CORRECTION_PATTERN = re.compile(r"set-(?P<field>c[0-9]{1,2}-[a-z_]+)=" + "/".join(["([^/]*)"] * 4))
"""The value of a button that replaces a date: field, era, year, month and day."""
LANGUAGE = "language"
"""The button that shows the same form in another language."""


@dataclass(frozen=True)
class CardInput:
    """A card as typed.

    ``is_renewed``: the checkbox "renewed in its window". A typed date takes precedence.
    ``ends_with_stay``: the checkbox "the printed expiry is the end of the stay".
    """

    name: str = ""
    is_renewed: bool = False
    ends_with_stay: bool = False
    dates: Mapping[str, DateInput] = field(
        default_factory=lambda: dict.fromkeys(DATE_FIELDS, DateInput())
    )

    @property
    def fields(self) -> dict[str, str]:
        """The input for `calsvc.parsing.card_fields`, with each date as one text."""
        fields = {each: self.dates[each].text for each in FORM_FIELDS}
        if self.is_renewed and not fields[RENEWAL_FIELD]:
            fields[RENEWAL_FIELD] = YES
        if self.ends_with_stay and not fields[STAY_UNTIL]:
            fields[STAY_UNTIL] = fields[PRINTED]
        return {"name": self.name} | fields

    def has_same_input_as(self, other: "CardInput") -> bool:
        """Return True if ``other`` has the same input, apart from the name."""
        return self.fields == replace(other, name=self.name).fields

    def with_date(self, name: str, typed: DateInput) -> "CardInput":
        """Return the card with ``typed`` in the field ``name``."""
        return replace(self, dates={**self.dates, name: typed})


@dataclass(frozen=True)
class Form:
    """One to ten cards. ``added_position``: that of a card just added, from 1, or 0.

    ``alarms``: a key of `calsvc.links.content.REMINDERS_BY_NAME`, or '' if nothing was chosen.
    """

    cards: tuple[CardInput, ...] = (CardInput(),)
    added_position: int = 0
    alarms: str = ""

    def with_added_card(self) -> "Form":
        """Return the form with one more, empty card, if the maximum allows it."""
        cards = (*self.cards, CardInput())[:MAX_CARDS]
        return replace(self, cards=cards, added_position=len(cards))

    def without_card(self, position: int) -> "Form":
        """Return the form without the card at ``position``, from 1. The last card stays."""
        cards = tuple(card for number, card in enumerate(self.cards, start=1) if number != position)
        return replace(self, cards=cards or self.cards, added_position=0)


def parse_form(fields: Mapping[str, str], number: int | None = None) -> Form:
    """Parse the fields of a form. Unknown fields are ignored.

    ``number``: the number of cards, if the client may not choose it.
    """
    if number is None:
        numbers = {str(each): each for each in range(1, MAX_CARDS + 1)}
        number = numbers.get(fields.get(NUMBER_OF_CARDS, ""), 1)
    alarms = fields.get("alarms", "")
    return Form(
        tuple(_parse_card(fields, _prefix(position)) for position in range(1, number + 1)),
        alarms=alarms if alarms in REMINDERS_BY_NAME else "",
    )


def _prefix(position: int) -> str:
    return f"c{position}-"


def _parse_card(fields: Mapping[str, str], prefix: str) -> CardInput:
    return CardInput(
        name=fields.get(f"{prefix}name", ""),
        is_renewed=fields.get(f"{prefix}{RENEWAL_FIELD}", "") == YES,
        ends_with_stay=fields.get(f"{prefix}{STAY_UNTIL}", "") == SAME,
        dates={each: _parse_date(fields, f"{prefix}{each}-") for each in DATE_FIELDS},
    )


def _parse_date(fields: Mapping[str, str], prefix: str) -> DateInput:
    parts = {part: strip_unit(part, fields.get(prefix + part, "")) for part in PARTS}
    typed = DateInput(era=fields.get(f"{prefix}era", "").strip(), **parts)
    return split_digits(typed) or typed


def apply_card_action(form: Form, fields: Mapping[str, str]) -> Form | None:
    """Return the form to show again, if the button changes cards or the language, else None."""
    action = fields.get(ACTION, "")
    if action == LANGUAGE:
        return form
    if action == ADD:
        return form.with_added_card()
    positions = {f"{REMOVE}{position}": position for position in range(1, len(form.cards) + 1)}
    return form.without_card(positions[action]) if action in positions else None


def apply_answers(form: Form, fields: Mapping[str, str], today: date) -> Form:
    """Return the form with the date of the pressed button, and with each era that is certain."""
    action = fields.get(ACTION, "")
    cards = tuple(
        _with_eras(_apply_answer(card, position, action), today)
        for position, card in enumerate(form.cards, start=1)
    )
    return replace(form, cards=cards)


def _apply_answer(card: CardInput, position: int, action: str) -> CardInput:
    """Return ``card`` with the date of the pressed button, if it is for this card."""
    printed = card.dates[PRINTED]
    if action == f"{STAY}{position}":  # rule 9
        return card.with_date(STAY_UNTIL, printed)
    if action == f"{IS_ISSUED}{position}":
        return card.with_date(ISSUED, printed).with_date(PRINTED, DateInput())
    match, prefix = CORRECTION_PATTERN.fullmatch(action), _prefix(position)
    name = match["field"].removeprefix(prefix) if match else ""
    if match and match["field"].startswith(prefix) and name in FORM_FIELDS:
        return card.with_date(name, DateInput(*match.groups()[1:]))
    return card


def _with_eras(card: CardInput, today: date) -> CardInput:
    dates = {name: complete_era(typed, name, today) for name, typed in card.dates.items()}
    return replace(card, dates=dates)


def parse_named_cards(form: Form, today: date) -> tuple[NamedCard, ...]:
    """Parse the cards of the form. Raises as `convert_cards`."""
    return convert_cards(form, lambda _, card: parse_named_card(card.fields, today))


def convert_cards(form: Form, convert: Callable[[int, CardInput], Result]) -> tuple[Result, ...]:
    """Call ``convert`` with the position of each card, from 1, and the card. Return the results.

    Raises `InvalidInputError` with every problem. Its fields are named as in the form: ``c2-born``.
    """
    results: list[Result] = []
    problems: list[Problem] = []
    for position, card in enumerate(form.cards, start=1):
        try:
            results.append(convert(position, card))
        except InvalidInputError as error:
            problems += _form_problems(error.problems, _prefix(position))
    if problems:
        raise InvalidInputError(problems)
    return tuple(results)


def _form_problems(problems: Sequence[Problem], prefix: str) -> Iterator[Problem]:
    for problem in problems:
        if problem.key == "issued.missing":
            yield Problem(f"{prefix}{PRINTED}", f"{PRINTED}.missing")
        else:
            yield Problem(f"{prefix}{problem.field}", problem.key, problem.params)
