"""Builds the content of the link page: the state and the events of each card, in words."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from typing import NamedTuple

from markupsafe import Markup

from calsvc.i18n.calendar_texts import CalendarText, add_holder_name, build_group_calendar_texts
from calsvc.i18n.catalogs import Catalog
from calsvc.i18n.event_texts import (
    EventGroup,
    EventText,
    build_event_groups,
    build_group_event_texts,
)
from calsvc.links.content import Link, LinkedCard, current_cards
from calsvc.links.urls import google_event_url
from calsvc.rules.card import Subject, Term
from calsvc.rules.plan import Plan
from calsvc.web.card_form.questions import Question
from calsvc.web.pages import no_wrap, no_wrap_day
from calsvc.web.residents.card_status import CardStatus, Days, build_card_status
from calsvc.web.residents.event_item import encode_days, holder_label, render_item
from calsvc.web.residents.event_status import EventState, EventStatus, event_status
from calsvc.web.residents.questions import PageContext, find_questions, with_holder_name
from calsvc.web.residents.timeline import build_household_timeline, build_timeline
from calsvc.web.residents.timeline_picture import render_timeline
from calsvc.web.ruby import protect_brackets


class EventEntry(NamedTuple):
    """An event on the page.

    ``item``: its HTML. ``days``: its dates in HTML. ``build_google_url``: see `google_url`.
    """

    event: EventText
    holder: str
    days: Markup
    status: EventStatus
    item: bytes
    build_google_url: Callable[[], str]

    @property
    def google_url(self) -> str:
        """The URL that adds the event to Google Calendar.

        It is built on demand, because it takes long and only pages for Android show it.
        """
        return self.build_google_url()

    @property
    def is_past(self) -> bool:
        """True if its last day is over."""
        return self.status.state is EventState.PASSED


class HolderNames(NamedTuple):
    """``name``: in the link, or ''. ``label``: the name, or the number of the card."""

    name: str
    label: str


class CardPreview(NamedTuple):
    """A card on the page. ``holder``: '' if it is the only one and has no name."""

    holder: str
    status: CardStatus
    entries: tuple[EventEntry, ...]
    questions: tuple[Question, ...]


class Preview(NamedTuple):
    """The whole page. ``entries``: those of all cards in the order of days."""

    cards: tuple[CardPreview, ...]
    entries: tuple[EventEntry, ...]
    timeline: bytes

    @property
    def holder(self) -> str:
        """The holder of the only card, or '' for a household."""
        return self.cards[0].holder if len(self.cards) == 1 else ""

    @property
    def upcoming(self) -> tuple[EventEntry, ...]:
        """The events that are not over."""
        return tuple(each for each in self.entries if not each.is_past)

    @property
    def past_items(self) -> list[bytes]:
        """The items of the events that are over."""
        return [each.item for each in self.entries if each.is_past]

    @property
    def upcoming_items(self) -> list[bytes]:
        """The items of the events that are not over."""
        return [each.item for each in self.entries if not each.is_past]


def build_preview(link: Link, context: PageContext) -> Preview:
    """Build the content of the page of ``link``, in the language of ``context``."""
    holders, current = _holders(link, context.catalog), [*current_cards(link)]
    cards = tuple(
        _build_card(card, position, holder, context, is_one_of_many=len(holders) > 1)
        for position, (card, holder) in enumerate(zip(current, holders, strict=True), start=1)
    )
    entries = [entry for card in cards for entry in card.entries]
    return Preview(
        cards=cards,
        entries=tuple(sorted(entries, key=lambda entry: entry.event.milestone.start)),
        timeline=_timeline([card.plan for card in current], holders, context),
    )


def _timeline(plans: Sequence[Plan], holders: Sequence[str], context: PageContext) -> bytes:
    """Return the picture: the expiries of one card, or a row for each of several cards."""
    catalog, today = context.catalog, context.today
    grace = context.municipality.grace_rule
    if len(plans) == 1:
        timeline = build_timeline(plans[0], grace, today)
        names = [_row_name(plans[0], row.subject, catalog) for row in timeline.rows]
        return render_timeline(timeline, names, catalog)
    timeline = build_household_timeline(plans, grace, today)
    subjects = [
        _row_name(plan, row.subject, catalog)
        for plan, row in zip(plans, timeline.rows, strict=True)
    ]
    names = [with_holder_name(*each, catalog) for each in zip(subjects, holders, strict=True)]
    return render_timeline(timeline, names, catalog)


def _holders(link: Link, catalog: Catalog) -> list[str]:
    if len(link.cards) == 1:
        return [protect_brackets(link.cards[0].name, catalog)]
    return [
        protect_brackets(card.name, catalog) or catalog.text("page.card.number", {"number": number})
        for number, card in enumerate(link.cards, start=1)
    ]


def _build_card(
    card: LinkedCard, position: int, holder: str, context: PageContext, *, is_one_of_many: bool
) -> CardPreview:
    plan, catalog = card.plan, context.catalog
    holder_param = {b"holder": holder_label(holder, catalog)} if is_one_of_many else {}
    entries: list[EventEntry] = []
    days: dict[Subject, Days] = {}
    for group in build_event_groups(plan, context.municipality):
        events = build_group_event_texts(group, context.municipality, catalog)
        encoded_days = encode_days(events[0].days) | holder_param  # a group's events share them
        days[group.subject] = group, encoded_days
        entries += _entries(group, events, encoded_days, HolderNames(card.name, holder), context)
    status = build_card_status(card, position, holder, days, context)
    return CardPreview(
        holder=holder,
        status=status,
        entries=tuple(entries),
        questions=tuple(
            find_questions(card, position, holder, context, is_unsure=status.may_be_renewed)
        ),
    )


def _entries(
    group: EventGroup,
    events: Sequence[EventText],
    encoded_days: Mapping[bytes, bytes],
    holder_names: HolderNames,
    context: PageContext,
) -> Iterator[EventEntry]:
    catalog, expiry = context.catalog, group.days.expiry
    texts = cache(
        lambda: [*build_group_calendar_texts(group, context.municipality, catalog, context.page)]
    )
    for position, event in enumerate(events):
        status = event_status(event.milestone, expiry, context.today)
        days = _days(event, catalog)
        html = render_item(event, encoded_days, days, status, catalog)
        build_google_url = partial(_build_google_url, texts, position, holder_names.name, catalog)
        yield EventEntry(event, holder_names.label, days, status, html, build_google_url)


def _build_google_url(
    texts: Callable[[], Sequence[CalendarText]], position: int, name: str, catalog: Catalog
) -> str:
    text = texts()[position]
    return google_event_url(text, add_holder_name(text.title, name, catalog))


def _row_name(plan: Plan, subject: Subject, catalog: Catalog) -> str:
    """Return the name of a row. If card and certificate end together, they share a row."""
    both = plan.expire_together and plan.term is not Term.STAY
    return catalog.text("page.subject.both" if both else f"page.subject.{subject}")


def _days(event: EventText, catalog: Catalog) -> Markup:
    first, last = event.milestone.start, event.milestone.end
    if first == last:
        return no_wrap_day(catalog.format_date(first))
    days = {"start": catalog.format_date(first), "end": catalog.format_date(last)}
    return no_wrap(catalog.text("page.days", days), days.values())
