"""Builds the content of the link page: the state and the events of each card, in words."""

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
from calsvc.web.pages import no_wrap, no_wrap_day
from calsvc.web.residents.card_status import CardStatus, Days, card_status
from calsvc.web.residents.event_item import holder_label, in_bytes, item
from calsvc.web.residents.event_status import Standing, State, standing
from calsvc.web.residents.questions import PageContext, of_holder, questions
from calsvc.web.residents.timeline import household_timeline, timeline
from calsvc.web.residents.timeline_picture import picture
from calsvc.web.ruby import protect_brackets


class Entry(NamedTuple):
    """An event on the page.

    ``item``: its HTML. ``days``: its dates in HTML. ``to_google``: see `google`.
    """

    event: EventText
    holder: str
    days: Markup
    standing: Standing
    item: bytes
    to_google: Callable[[], str]

    @property
    def google(self) -> str:
        """The URL that adds the event to Google Calendar.

        It is built on demand, because it takes long and only pages for Android show it.
        """
        return self.to_google()

    @property
    def passed(self) -> bool:
        """True if its last day is over."""
        return self.standing.state is State.PASSED


class Whose(NamedTuple):
    """The name in a link or '', and the label of its card if there are several."""

    name: str
    holder: str


class CardPreview(NamedTuple):
    """A card on the page. ``holder``: '' if it is the only one and has no name."""

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
        """The holder of the only card, or '' for a household."""
        return self.cards[0].holder if len(self.cards) == 1 else ""

    @property
    def to_come(self) -> tuple[Entry, ...]:
        """The events that are not over."""
        return tuple(each for each in self.entries if not each.passed)

    @property
    def past(self) -> list[bytes]:
        """The items of the events that are over."""
        return [each.item for each in self.entries if each.passed]

    @property
    def coming(self) -> list[bytes]:
        """The items of the events that are not over."""
        return [each.item for each in self.entries if not each.passed]


def preview(link: Link, page_context: PageContext) -> Preview:
    """Build the content of the page of ``link``, whose language is that of ``page_context``."""
    holders, current = _holders(link, page_context.catalog), [*current_cards(link)]
    cards = tuple(
        _card(card, position, holder, page_context, is_one_of_many=len(holders) > 1)
        for position, (card, holder) in enumerate(zip(current, holders, strict=True), start=1)
    )
    entries = [entry for card in cards for entry in card.entries]
    return Preview(
        cards=cards,
        entries=tuple(sorted(entries, key=lambda entry: entry.event.milestone.start)),
        timeline=_timeline([card.plan for card in current], holders, page_context),
    )


def _timeline(plans: Sequence[Plan], holders: Sequence[str], page_context: PageContext) -> bytes:
    """Return the picture: the expiries of one card, or a row for each of several cards."""
    catalog, grace, today = (
        page_context.catalog,
        page_context.municipality.grace,
        page_context.today,
    )
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
        return [protect_brackets(link.cards[0].name, catalog)]
    return [
        protect_brackets(card.name, catalog) or catalog.text("page.card.number", {"number": number})
        for number, card in enumerate(link.cards, start=1)
    ]


def _card(
    card: LinkedCard, position: int, holder: str, page_context: PageContext, *, is_one_of_many: bool
) -> CardPreview:
    found, catalog = card.plan, page_context.catalog
    label = {b"holder": holder_label(holder, catalog)} if is_one_of_many else {}
    entries: list[Entry] = []
    days: dict[Subject, Days] = {}
    for topic in topics(found, page_context.municipality):
        events = events_of(topic, page_context.municipality, catalog)
        filled = in_bytes(events[0].days) | label  # all events of a topic have the same days
        days[topic.subject] = topic, filled
        entries += _entries(topic, events, filled, Whose(card.name, holder), page_context)
    status = card_status(card, position, holder, days, page_context)
    return CardPreview(
        holder=holder,
        status=status,
        entries=tuple(entries),
        questions=tuple(
            questions(card, position, holder, page_context, is_unsure=status.asks_besides)
        ),
    )


def _entries(
    topic: Topic,
    events: Sequence[EventText],
    filled: Mapping[bytes, bytes],
    whose: Whose,
    page_context: PageContext,
) -> Iterator[Entry]:
    catalog, expiry = page_context.catalog, topic.days.expiry
    texts = cache(
        lambda: [*topic_texts(topic, page_context.municipality, catalog, page_context.page)]
    )
    for position, event in enumerate(events):
        stands, days = standing(event.milestone, expiry, page_context.today), _days(event, catalog)
        html = item(event, filled, days, stands, catalog)
        to_google = partial(_to_google, texts, position, whose.name, catalog)
        yield Entry(event, whose.holder, days, stands, html, to_google)


def _to_google(
    texts: Callable[[], Sequence[CalendarText]], position: int, name: str, catalog: Catalog
) -> str:
    text = texts()[position]
    return google_event(text, with_holder(text.title, name, catalog))


def _subject(found: Plan, subject: Subject, catalog: Catalog) -> str:
    """Return the name of a row. One row speaks for both if card and certificate end together."""
    both = found.expire_together and found.term is not Term.STAY
    return catalog.text("page.subject.both" if both else f"page.subject.{subject}")


def _days(event: EventText, catalog: Catalog) -> Markup:
    first, last = event.milestone.start, event.milestone.end
    if first == last:
        return no_wrap_day(catalog.day(first))
    days = {"start": catalog.day(first), "end": catalog.day(last)}
    return no_wrap(catalog.text("page.days", days), days.values())
