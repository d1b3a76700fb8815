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
from calsvc.web.residents.event_item import holder_label, in_bytes, item
from calsvc.web.residents.event_status import Standing, State, standing
from calsvc.web.residents.questions import Telling, of_holder, questions
from calsvc.web.residents.timeline import household_timeline, timeline
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


class Preview(NamedTuple):
    """The whole page. ``entries``: those of all cards in the order of days."""

    cards: tuple[CardPreview, ...]
    entries: tuple[Entry, ...]
    timeline: bytes

    @property
    def holder(self) -> str:
        """Returns the holder of the only card, or '' for a household."""
        return self.cards[0].holder if len(self.cards) == 1 else ""

    @property
    def to_come(self) -> tuple[Entry, ...]:
        """Returns the events that are not over."""
        return tuple(each for each in self.entries if not each.passed)

    @property
    def past(self) -> list[bytes]:
        """Returns the items of the events that are over."""
        return [each.item for each in self.entries if each.passed]

    @property
    def coming(self) -> list[bytes]:
        """Returns the items of the events that are not over."""
        return [each.item for each in self.entries if not each.passed]


def preview(link: Link, telling: Telling) -> Preview:
    """Returns what to show of ``link``, whose language is that of ``telling``."""
    holders, current = _holders(link, telling.catalog), [*current_cards(link)]
    cards = tuple(
        _card(card, place, holder, telling, is_one_of_many=len(holders) > 1)
        for place, (card, holder) in enumerate(zip(current, holders, strict=True), start=1)
    )
    entries = [entry for card in cards for entry in card.entries]
    return Preview(
        cards=cards,
        entries=tuple(sorted(entries, key=lambda entry: entry.event.milestone.start)),
        timeline=_timeline([card.plan for card in current], holders, telling),
    )


def _timeline(plans: Sequence[Plan], holders: Sequence[str], telling: Telling) -> bytes:
    """Returns the picture: what expires of one card, or a row for each card of several."""
    catalog, grace, today = telling.catalog, telling.city.grace, telling.today
    if len(plans) == 1:
        line = timeline(plans[0], grace, today)
        names = [_subject(plans[0], row.subject, catalog) for row in line.rows]
        return picture(line, names, catalog)
    line = household_timeline(plans, grace, today)
    subjects = [
        _subject(plan, row.subject, catalog) for plan, row in zip(plans, line.rows, strict=True)
    ]
    names = [of_holder(*each, catalog) for each in zip(subjects, holders, strict=True)]
    return picture(line, names, catalog)


def _holders(link: Link, catalog: Catalog) -> list[str]:
    if len(link.cards) == 1:
        return [as_typed(link.cards[0].name, catalog)]
    return [
        as_typed(card.name, catalog) or catalog.text("page.card.number", {"number": number})
        for number, card in enumerate(link.cards, start=1)
    ]


def _card(
    card: LinkedCard, place: int, holder: str, telling: Telling, *, is_one_of_many: bool
) -> CardPreview:
    found, catalog = card.plan, telling.catalog
    label = {b"holder": holder_label(holder, catalog)} if is_one_of_many else {}
    entries: list[Entry] = []
    days: dict[Subject, Days] = {}
    for topic in topics(found, telling.city):
        events = events_of(topic, telling.city, catalog)
        filled = in_bytes(events[0].days) | label  # all events of a topic share them
        days[topic.subject] = topic, filled
        entries += _entries(topic, events, filled, Whose(card.name, holder), telling)
    status = card_status(card, place, holder, days, telling)
    return CardPreview(
        holder=holder,
        status=status,
        entries=tuple(entries),
        questions=tuple(questions(card, place, holder, telling, is_unsure=status.asks_besides)),
    )


def _entries(
    topic: Topic,
    events: Sequence[EventText],
    filled: Mapping[bytes, bytes],
    whose: Whose,
    telling: Telling,
) -> Iterator[Entry]:
    catalog, expiry = telling.catalog, topic.days.expiry
    texts = cache(lambda: [*topic_texts(topic, telling.city, catalog, telling.page)])
    for place, event in enumerate(events):
        stands, days = standing(event.milestone, expiry, telling.today), _days(event, catalog)
        html = item(event, filled, days, stands, catalog)
        to_google = partial(_to_google, texts, place, whose.name, catalog)
        yield Entry(event, whose.holder, days, stands, html, to_google)


def _to_google(
    texts: Callable[[], Sequence[CalendarText]], place: int, name: str, catalog: Catalog
) -> str:
    text = texts()[place]
    return google_event(text, with_holder(text.title, name, catalog))


def _subject(found: Plan, subject: Subject, catalog: Catalog) -> str:
    """What expires; a card that takes its certificate with it speaks for both."""
    both = found.expire_together and found.term is not Term.STAY
    return catalog.text("page.subject.both" if both else f"page.subject.{subject}")


def _days(event: EventText, catalog: Catalog) -> Markup:
    first, last = event.milestone.start, event.milestone.end
    if first == last:
        return unbroken_day(catalog.day(first))
    days = {"start": catalog.day(first), "end": catalog.day(last)}
    return unbroken(catalog.text("page.days", days), days.values())
