"""The form of the front page: what was typed, kept as it was, and the cards that it describes.

A field is named after its card, its date and its part: ``c2-born-year`` is the year of birth on
the second card.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar

from calsvc.errors import InvalidInputError, Problem
from calsvc.links.content import REMINDERS
from calsvc.parsing.card_fields import DATE_FIELDS, RENEWED, read_member
from calsvc.parsing.names import MAX_CARDS, Member
from calsvc.web.card_form.typed_dates import PARTS, DateInput, with_era, without_unit

PRINTED, ISSUED, STAY_UNTIL = "card_expires", "issued", "stay_until"
ASKED = (PRINTED, "born", STAY_UNTIL, "cert_expires", RENEWED, ISSUED, "applied")
"""The dates that are asked for, in the order of the form."""
NUMBER_OF_CARDS, ACTION = "cards", "do"
YES, SAME = "yes", "same"
Read = TypeVar("Read")
ADD, REMOVE, STAY, IS_ISSUED = "add", "remove-", "stay-", "issued-"
MEND = re.compile(r"set-(?P<field>c[0-9]{1,2}-[a-z_]+)=" + "/".join(["([^/]*)"] * 4))
"""A button that replaces a date by the era, year, month and day that it carries."""
LANGUAGE = "language"
"""Asks for the same form in another language."""


@dataclass(frozen=True)
class CardInput:
    """A card as typed.

    ``is_renewed``: the box for a certificate that was renewed in its window. A day counts first.
    ``ends_with_stay``: the box for a card whose printed expiry is the end of the stay.
    """

    name: str = ""
    is_renewed: bool = False
    ends_with_stay: bool = False
    dates: Mapping[str, DateInput] = field(
        default_factory=lambda: dict.fromkeys(DATE_FIELDS, DateInput())
    )

    @property
    def texts(self) -> dict[str, str]:
        """Returns what was typed, a date in one piece."""
        texts = {each: self.dates[each].text for each in ASKED}
        if self.is_renewed and not texts[RENEWED]:
            texts[RENEWED] = YES
        if self.ends_with_stay and not texts[STAY_UNTIL]:
            texts[STAY_UNTIL] = texts[PRINTED]
        return {"name": self.name} | texts

    def has_dates_of(self, other: "CardInput") -> bool:
        """True if nothing was typed that ``other`` does not hold, apart from the name."""
        return self.texts == replace(other, name=self.name).texts

    def with_date(self, name: str, given: DateInput) -> "CardInput":
        """Returns the card with ``given`` in the field ``name``."""
        return replace(self, dates={**self.dates, name: given})


@dataclass(frozen=True)
class Form:
    """One to ten cards. ``fresh`` is the place of one that was just added, or 0.

    ``alarms``: a key of `calsvc.links.content.REMINDERS`, or '' if nothing was chosen.
    """

    cards: tuple[CardInput, ...] = (CardInput(),)
    fresh: int = 0
    alarms: str = ""

    def added(self) -> "Form":
        """With a further, empty card, if there is room."""
        cards = (*self.cards, CardInput())[:MAX_CARDS]
        return replace(self, cards=cards, fresh=len(cards))

    def removed(self, place: int) -> "Form":
        """Without the card at ``place``, counted from 1; one always stays."""
        cards = tuple(card for at, card in enumerate(self.cards, start=1) if at != place)
        return replace(self, cards=cards or self.cards, fresh=0)


def read_form(fields: Mapping[str, str], number: int | None = None) -> Form:
    """The form as it was sent. Fields that do not belong to it are passed over.

    ``number``: how many cards it has, if that is not for the sender to say.
    """
    if number is None:
        numbers = {str(each): each for each in range(1, MAX_CARDS + 1)}
        number = numbers.get(fields.get(NUMBER_OF_CARDS, ""), 1)
    alarms = fields.get("alarms", "")
    return Form(
        tuple(_read_card(fields, _prefix(place)) for place in range(1, number + 1)),
        alarms=alarms if alarms in REMINDERS else "",
    )


def _prefix(place: int) -> str:
    return f"c{place}-"


def _read_card(fields: Mapping[str, str], prefix: str) -> CardInput:
    return CardInput(
        name=fields.get(f"{prefix}name", ""),
        is_renewed=fields.get(f"{prefix}{RENEWED}", "") == YES,
        ends_with_stay=fields.get(f"{prefix}{STAY_UNTIL}", "") == SAME,
        dates={each: _read_date(fields, f"{prefix}{each}-") for each in DATE_FIELDS},
    )


def _read_date(fields: Mapping[str, str], prefix: str) -> DateInput:
    parts = {part: without_unit(part, fields.get(prefix + part, "")) for part in PARTS}
    return DateInput(era=fields.get(f"{prefix}era", "").strip(), **parts)


def rearranged(form: Form, fields: Mapping[str, str]) -> Form | None:
    """The form to show again, if the button adds or removes a card or changes the language."""
    action = fields.get(ACTION, "")
    if action == LANGUAGE:
        return form
    if action == ADD:
        return form.added()
    places = {f"{REMOVE}{place}": place for place in range(1, len(form.cards) + 1)}
    return form.removed(places[action]) if action in places else None


def answered(form: Form, fields: Mapping[str, str], today: date) -> Form:
    """Returns the form with what the pressed button says, and with eras where only one fits."""
    action = fields.get(ACTION, "")
    cards = tuple(
        _with_eras(_answered(card, place, action), today)
        for place, card in enumerate(form.cards, start=1)
    )
    return replace(form, cards=cards)


def _answered(card: CardInput, place: int, action: str) -> CardInput:
    """Returns ``card`` with the answer. A printed date that is no birthday raises the question."""
    printed = card.dates[PRINTED]
    if action == f"{STAY}{place}":  # rule 9
        return card.with_date(STAY_UNTIL, printed)
    if action == f"{IS_ISSUED}{place}":
        return card.with_date(ISSUED, printed).with_date(PRINTED, DateInput())
    if (mend := MEND.fullmatch(action)) and mend["field"].startswith(_prefix(place)):
        name = mend["field"].removeprefix(_prefix(place))
        return card.with_date(name, DateInput(*mend.groups()[1:])) if name in ASKED else card
    return card


def _with_eras(card: CardInput, today: date) -> CardInput:
    dates = {name: with_era(given, name, today) for name, given in card.dates.items()}
    return replace(card, dates=dates)


def read_members(form: Form, today: date) -> tuple[Member, ...]:
    """The cards that the form describes. Raises as `read_cards` does."""
    return read_cards(form, lambda _, card: read_member(card.texts, today))


def read_cards(form: Form, read: Callable[[int, CardInput], Read]) -> tuple[Read, ...]:
    """Returns what ``read`` makes of each card and its place, counted from 1.

    Raises `InvalidInputError` with every fault, its field named as in the form: ``c2-born``.
    """
    found: list[Read] = []
    faults: list[Problem] = []
    for place, card in enumerate(form.cards, start=1):
        try:
            found.append(read(place, card))
        except InvalidInputError as error:
            faults += _in_terms_of_the_form(error.problems, _prefix(place))
    if faults:
        raise InvalidInputError(faults)
    return tuple(found)


def _in_terms_of_the_form(problems: Sequence[Problem], prefix: str) -> Iterator[Problem]:
    for each in problems:
        if each.key == "issued.missing":
            yield Problem(f"{prefix}{PRINTED}", f"{PRINTED}.missing")
        else:
            yield Problem(f"{prefix}{each.field}", each.key, each.params)
