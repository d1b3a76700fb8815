"""What the page of a sealed link shows: each card's events in words, and what comes next."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from typing import NamedTuple

from markupsafe import Markup

from calsvc.i18n.calendar_texts import CalendarText, topic_texts, with_holder
from calsvc.i18n.catalogs import Catalog
from calsvc.i18n.event_texts import EventText, Topic, events_of, topics
from calsvc.links.content import Link, LinkedCard, current_cards
from calsvc.links.urls import google_event
from calsvc.rules.card import Subject, Term
from calsvc.rules.plan import Plan
from calsvc.web.card_form.questions import Question
from calsvc.web.pages import unbroken, unbroken_day
from calsvc.web.residents.card_status import CardStatus, Days, card_status
from calsvc.web.residents.event_item import in_bytes, item
from calsvc.web.residents.event_status import Standing, State, standing
from calsvc.web.residents.questions import Telling, questions
from calsvc.web.residents.timeline import timeline
from calsvc.web.residents.timeline_picture import picture
from calsvc.web.ruby import as_typed


class Entry(NamedTuple):
    """An event on the page.

    ``item``: the event as the page shows it, in HTML. ``in_calendar`` and ``title``: as calendars
    have it.
    """

    event: EventText
    holder: str
    days: Markup
    standing: Standing
    item: bytes
    to_google: Callable[[], str]

    @property
    def google(self) -> str:
        """Where Google Calendar takes it. Only pages for Android ask, because it takes long."""
        return self.to_google()

    @property
    def passed(self) -> bool:
        """Whether its last day is over."""
        return self.standing.state is State.PASSED


class Whose(NamedTuple):
    """The name in a link, or '', and what the page calls its card where there are several."""

    name: str
    holder: str


class CardPreview(NamedTuple):
    """A card on the page; ``holder`` is '' where there is only one, without a name."""

    holder: str
    status: CardStatus
    entries: tuple[Entry, ...]
    questions: tuple[Question, ...]
    timeline: bytes

    @property
    def past(self) -> list[bytes]:
        """Returns the items of the events that are over."""
        return [each.item for each in self.entries if each.passed]

    @property
    def coming(self) -> list[bytes]:
        """Returns the items of the events that are not over."""
        return [each.item for each in self.entries if not each.passed]


class Preview(NamedTuple):
    """The whole page."""

    cards: tuple[CardPreview, ...]
    to_come: tuple[Entry, ...]


def preview(link: Link, telling: Telling) -> Preview:
    """Returns what to show of ``link``, whose language is that of ``telling``."""
    holders = _holders(link, telling.words)
    cards = tuple(
        _card(card, place, holder, telling)
        for place, (card, holder) in enumerate(
            zip(current_cards(link), holders, strict=True), start=1
        )
    )
    to_come = tuple(entry for card in cards for entry in card.entries if not entry.passed)
    return Preview(cards, to_come)


def _holders(link: Link, words: Catalog) -> list[str]:
    if len(link.cards) == 1:
        return [as_typed(link.cards[0].name, words)]
    return [
        as_typed(card.name, words) or words.text("page.card.number", {"number": number})
        for number, card in enumerate(link.cards, start=1)
    ]


def _card(card: LinkedCard, place: int, holder: str, telling: Telling) -> CardPreview:
    found, words = card.plan, telling.words
    line = timeline(found, telling.city.grace, telling.today)
    names = {each: _subject(found, each, words) for each in Subject}
    entries: list[Entry] = []
    days: dict[Subject, Days] = {}
    for topic in topics(found, telling.city):
        events = events_of(topic, telling.city, words)
        filled = in_bytes(events[0].days)  # all events of a topic share them
        days[topic.subject] = topic, filled
        entries += _entries(topic, events, filled, Whose(card.name, holder), telling)
    status = card_status(card, place, holder, days, telling)
    return CardPreview(
        holder=holder,
        status=status,
        entries=tuple(sorted(entries, key=lambda entry: entry.event.milestone.start)),
        questions=tuple(questions(card, place, holder, telling, is_unsure=status.asks_besides)),
        timeline=picture(line, place, names, words),
    )


def _entries(
    topic: Topic,
    events: Sequence[EventText],
    filled: Mapping[bytes, bytes],
    whose: Whose,
    telling: Telling,
) -> Iterator[Entry]:
    words, expiry = telling.words, topic.days.expiry
    texts = cache(lambda: [*topic_texts(topic, telling.city, words, telling.page)])
    for place, event in enumerate(events):
        stands, days = standing(event.milestone, expiry, telling.today), _days(event, words)
        html = item(event, filled, days, stands, words)
        to_google = partial(_to_google, texts, place, whose.name, words)
        yield Entry(event, whose.holder, days, stands, html, to_google)


def _to_google(
    texts: Callable[[], Sequence[CalendarText]], place: int, name: str, words: Catalog
) -> str:
    text = texts()[place]
    return google_event(text, with_holder(text.title, name, words))


def _subject(found: Plan, subject: Subject, words: Catalog) -> str:
    """What expires; a card that takes its certificate with it speaks for both."""
    both = found.expire_together and found.term is not Term.STAY
    return words.text("page.subject.both" if both else f"page.subject.{subject}")


def _days(event: EventText, words: Catalog) -> Markup:
    first, last = event.milestone.start, event.milestone.end
    if first == last:
        return unbroken_day(words.day(first))
    days = {"start": words.day(first), "end": words.day(last)}
    return unbroken(words.text("page.days", days), days.values())
