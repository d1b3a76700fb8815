"""The form of the front page: what was typed, kept as it was, and the cards that it describes.

A field is named after its card, its date and its part: ``c2-born-year`` is the year of birth on
the second card.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar

from calsvc.errors import InvalidInput, Problem
from calsvc.links.content import REMINDERS
from calsvc.parsing.card_fields import DATE_FIELDS, RENEWED, read_member
from calsvc.parsing.names import MOST_MEMBERS, Member

PRINTED, ISSUED, STAY_UNTIL = "card_expires", "issued", "stay_until"
ASKED: Mapping[str, tuple[str, ...]] = {
    PRINTED: ("card_expires", "born", "stay_until", "cert_expires", "cert_renewed"),
    ISSUED: ("issued", "born", "stay_until", "cert_expires", "cert_renewed", "applied"),
}
"""What is asked for, by what a person has at hand: the card itself, or its issue date."""
UNITS = {"year": "年", "month": "月", "day": "日"}
NUMBER_OF_CARDS, ACTION = "cards", "do"
YES = "yes"
Read = TypeVar("Read")
ADD, REMOVE, STAY = "add", "remove-", "stay-"
LANGUAGE = "language"
"""Asks for the same form in another language."""


@dataclass(frozen=True)
class DateInput:
    """A date as typed; ``era`` is '' for a Western year."""

    era: str = ""
    year: str = ""
    month: str = ""
    day: str = ""

    @property
    def text(self) -> str:
        """The date in one piece, or '' if nothing was typed; the era alone does not count."""
        if not (self.year or self.month or self.day):
            return ""
        return f"{self.era}{self.year}年{self.month}月{self.day}日"


@dataclass(frozen=True)
class CardInput:
    """A card as typed. ``at_hand`` is one of `ASKED`.

    ``is_renewed``: the box for a certificate that was renewed in its window. A day counts first.
    """

    at_hand: str = PRINTED
    name: str = ""
    is_renewed: bool = False
    dates: Mapping[str, DateInput] = field(
        default_factory=lambda: dict.fromkeys(DATE_FIELDS, DateInput())
    )

    @property
    def texts(self) -> dict[str, str]:
        """What was typed into the fields that are asked for."""
        texts = {each: self.dates[each].text for each in ASKED[self.at_hand]}
        if self.is_renewed and not texts[RENEWED]:
            texts[RENEWED] = YES
        return {"name": self.name} | texts

    def has_dates_of(self, other: "CardInput") -> bool:
        """True if nothing was typed that ``other`` does not hold, apart from the name."""
        return self.texts == replace(other, at_hand=self.at_hand, name=self.name).texts


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
        cards = (*self.cards, CardInput())[:MOST_MEMBERS]
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
        numbers = {str(each): each for each in range(1, MOST_MEMBERS + 1)}
        number = numbers.get(fields.get(NUMBER_OF_CARDS, ""), 1)
    alarms = fields.get("alarms", "")
    return Form(
        tuple(_read_card(fields, _prefix(place)) for place in range(1, number + 1)),
        alarms=alarms if alarms in REMINDERS else "",
    )


def _prefix(place: int) -> str:
    return f"c{place}-"


def _read_card(fields: Mapping[str, str], prefix: str) -> CardInput:
    at_hand = fields.get(f"{prefix}have", PRINTED)
    return CardInput(
        at_hand=at_hand if at_hand in ASKED else PRINTED,
        name=fields.get(f"{prefix}name", ""),
        is_renewed=fields.get(f"{prefix}{RENEWED}", "") == YES,
        dates={each: _read_date(fields, f"{prefix}{each}-") for each in DATE_FIELDS},
    )


def _read_date(fields: Mapping[str, str], prefix: str) -> DateInput:
    parts = {part: _without(unit, fields.get(prefix + part, "")) for part, unit in UNITS.items()}
    return DateInput(era=fields.get(f"{prefix}era", "").strip(), **parts)


def _without(unit: str, text: str) -> str:
    return text.strip().removesuffix(unit).rstrip()


def rearranged(form: Form, fields: Mapping[str, str]) -> Form | None:
    """The form to show again, if the button adds or removes a card or changes the language."""
    action = fields.get(ACTION, "")
    if action == LANGUAGE:
        return form
    if action == ADD:
        return form.added()
    places = {f"{REMOVE}{place}": place for place in range(1, len(form.cards) + 1)}
    return form.removed(places[action]) if action in places else None


def answered(form: Form, fields: Mapping[str, str]) -> Form:
    """Returns the form in which a printed expiry is the stay's end too, if that button was pressed.

    A printed date that is no birthday raises the question (rule 9).
    """
    action = fields.get(ACTION, "")
    cards = tuple(
        _ending_with_stay(card) if action == f"{STAY}{place}" else card
        for place, card in enumerate(form.cards, start=1)
    )
    return replace(form, cards=cards)


def _ending_with_stay(card: CardInput) -> CardInput:
    return replace(card, dates={**card.dates, STAY_UNTIL: card.dates[PRINTED]})


def read_members(form: Form, today: date) -> tuple[Member, ...]:
    """The cards that the form describes. Raises as `read_cards` does."""
    return read_cards(form, lambda _, card: read_member(card.texts, today))


def read_cards(form: Form, read: Callable[[int, CardInput], Read]) -> tuple[Read, ...]:
    """Returns what ``read`` makes of each card and its place, counted from 1.

    Raises `InvalidInput` with every fault, its field named as in the form: ``c2-born``.
    """
    found: list[Read] = []
    faults: list[Problem] = []
    for place, card in enumerate(form.cards, start=1):
        try:
            found.append(read(place, card))
        except InvalidInput as error:
            faults += _in_terms_of_the_form(error.problems, card, _prefix(place))
    if faults:
        raise InvalidInput(faults)
    return tuple(found)


def _in_terms_of_the_form(
    problems: Sequence[Problem], card: CardInput, prefix: str
) -> Iterator[Problem]:
    for each in problems:
        if each.key == "issued.missing":
            yield Problem(f"{prefix}{card.at_hand}", f"{card.at_hand}.missing")
        else:
            yield Problem(f"{prefix}{each.field}", each.key, each.facts)
