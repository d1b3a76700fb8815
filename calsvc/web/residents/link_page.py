"""What the page of a sealed link shows: each card's events in words, and what comes next."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from markupsafe import Markup

from calsvc.i18n.calendar_texts import topic_texts, with_holder
from calsvc.i18n.catalogs import Catalog, catalog
from calsvc.i18n.event_texts import EventText, Topic, events_of, topics
from calsvc.links.content import Link, LinkedCard, current_cards
from calsvc.links.urls import google_event
from calsvc.municipality.model import Municipality
from calsvc.rules.card import Subject, Term
from calsvc.rules.plan import Plan
from calsvc.web.card_form.questions import Question
from calsvc.web.pages import unbroken, unbroken_day
from calsvc.web.residents.event_item import in_bytes, item
from calsvc.web.residents.event_status import Standing, State, standing, until
from calsvc.web.residents.questions import Telling, of_holder, questions
from calsvc.web.residents.timeline import timeline
from calsvc.web.residents.timeline_picture import picture
from calsvc.web.ruby import as_typed


class Entry(NamedTuple):
    """An event on the page. ``subject`` and ``expiry``: what it speaks of, and when that ends.

    ``item``: the event as the page shows it, in HTML. ``google``: where Google Calendar takes it.
    """

    event: EventText
    holder: str
    subject: str
    expiry: date
    days: Markup
    standing: Standing
    item: bytes
    google: str

    @property
    def passed(self) -> bool:
        """Whether its last day is over."""
        return self.standing.state is State.PASSED


class CardPreview(NamedTuple):
    """A card on the page; ``holder`` is '' where there is only one, without a name."""

    holder: str
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


class NextStep(NamedTuple):
    """What to do or to expect next, in words."""

    label: str
    title: str
    days: Markup
    standing: str


class Preview(NamedTuple):
    """The whole page. ``next_step`` is none once everything has passed."""

    cards: tuple[CardPreview, ...]
    to_come: tuple[Entry, ...]
    next_step: NextStep | None


def preview(link: Link, city: Municipality, today: date, page: str = "") -> Preview:
    """Returns what to show of ``link`` on the day ``today``. ``page``: its address, if known."""
    telling, linked = Telling(city, catalog(link.language), today, page), current_cards(link)
    cards = tuple(
        _card(card, place, holder, telling)
        for place, (card, holder) in enumerate(
            zip(linked, _holders(link, telling.words), strict=True), start=1
        )
    )
    to_come = tuple(entry for card in cards for entry in card.entries if not entry.passed)
    return Preview(cards, to_come, next_step(to_come, telling))


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
    entries = [
        entry
        for topic in topics(found, telling.city)
        for entry in _entries(topic, card, holder, telling)
    ]
    return CardPreview(
        holder=holder,
        entries=tuple(sorted(entries, key=lambda entry: entry.event.milestone.start)),
        questions=tuple(questions(card, place, holder, telling)),
        timeline=picture(line, place, names, words),
    )


def _entries(topic: Topic, card: LinkedCard, holder: str, telling: Telling) -> Iterator[Entry]:
    words, expiry = telling.words, topic.days.expiry
    subject = _subject(card.plan, topic.subject, words)
    events = events_of(topic, telling.city, words)
    in_calendar = topic_texts(topic, telling.city, words, telling.page)
    filled = in_bytes(events[0].days)  # all events of a topic share them
    for event, text in zip(events, in_calendar, strict=True):
        stands, days = standing(event.milestone, expiry, telling.today), _days(event, words)
        html = item(event, filled, days, stands, words)
        google = google_event(text, with_holder(text.title, card.name, words))
        yield Entry(event, holder, subject, expiry, days, stands, html, google)


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


def next_step(to_come: Sequence[Entry], telling: Telling) -> NextStep | None:
    """A renewal that can be made now comes first, then whatever is nearest."""
    if not to_come:
        return None
    first = min(
        to_come,
        key=lambda each: (each.standing.state is not State.OPEN, each.event.milestone.start),
    )
    if first.standing.state is State.OPEN:
        return _renewal(first, telling)
    return NextStep(
        label=telling.words.text("page.next"),
        title=of_holder(first.event.title, first.holder, telling.words),
        days=first.days,
        standing=first.standing.said(telling.words),
    )


def _renewal(entry: Entry, telling: Telling) -> NextStep:
    words = telling.words
    expiry = words.day(entry.expiry)
    return NextStep(
        label=words.text("page.now"),
        title=of_holder(
            words.text("page.now.renew", {"subject": entry.subject}), entry.holder, words
        ),
        days=unbroken(words.text("page.now.until", {"expiry": entry.expiry}), [expiry]),
        standing=until(entry.expiry, telling.today).said(words),
    )
