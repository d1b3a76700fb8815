"""What the page of a sealed link shows: each card's events in words, and what comes next."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from calsvc.i18n.calendar_texts import CalendarText, calendar_texts, with_holder
from calsvc.i18n.catalogs import Catalog, catalog
from calsvc.i18n.event_texts import EventText, events
from calsvc.links.content import Link, LinkedCard, current_cards
from calsvc.links.urls import google_event
from calsvc.municipality.model import Municipality
from calsvc.rules.card import Subject, Term
from calsvc.rules.milestones import Milestone
from calsvc.rules.plan import Plan
from calsvc.web.card_form.questions import Question
from calsvc.web.residents.event_status import Standing, State, standing, until
from calsvc.web.residents.questions import Telling, of_holder, questions
from calsvc.web.residents.timeline import Timeline, timeline


@dataclass(frozen=True)
class Entry:
    """An event on the page. ``subject`` and ``expiry``: what it speaks of, and when that ends."""

    event: EventText
    holder: str
    subject: str
    expiry: date
    days: str
    standing: Standing
    google: str

    @property
    def dates(self) -> tuple[date, date]:
        """Its first and last day."""
        return self.event.milestone.start, self.event.milestone.end

    @property
    def passed(self) -> bool:
        """Whether its last day is over."""
        return self.standing.state is State.PASSED


@dataclass(frozen=True)
class CardPreview:
    """A card on the page; ``holder`` is '' where there is only one, without a name."""

    holder: str
    entries: tuple[Entry, ...]
    questions: tuple[Question, ...]
    timeline: Timeline
    subjects: dict[Subject, str]


@dataclass(frozen=True)
class NextStep:
    """What to do or to expect next, in words."""

    label: str
    title: str
    days: str
    dates: tuple[date, ...]
    standing: str


@dataclass(frozen=True)
class Preview:
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
        return [link.cards[0].name]
    return [
        card.name or words.text("page.card.number", {"number": number})
        for number, card in enumerate(link.cards, start=1)
    ]


def _card(card: LinkedCard, place: int, holder: str, telling: Telling) -> CardPreview:
    found, words = card.plan, telling.words
    in_order = sorted(_texts(found, telling), key=lambda pair: pair[0].milestone.start)
    return CardPreview(
        holder=holder,
        entries=tuple(_entry(texts, card, holder, telling) for texts in in_order),
        questions=tuple(questions(card, place, holder, telling)),
        timeline=timeline(found, telling.city.grace, telling.today),
        subjects={each: _subject(found, each, words) for each in Subject},
    )


def _texts(found: Plan, telling: Telling) -> Iterator[tuple[EventText, CalendarText]]:
    """Yields the words of each event on the page and in a calendar."""
    city, words = telling.city, telling.words
    of_calendar = calendar_texts(found, city, words, telling.page)
    return zip(events(found, city, words), of_calendar, strict=True)


def _entry(
    texts: tuple[EventText, CalendarText], card: LinkedCard, holder: str, telling: Telling
) -> Entry:
    (event, of_calendar), found = texts, card.plan
    milestone = event.milestone
    expiry = found.expiry_of(milestone.subject)
    return Entry(
        event=event,
        holder=holder,
        subject=_subject(found, milestone.subject, telling.words),
        expiry=expiry,
        days=_days(milestone, telling.words),
        standing=standing(milestone, expiry, telling.today),
        google=google_event(of_calendar, with_holder(of_calendar.title, card.name, telling.words)),
    )


def _subject(found: Plan, subject: Subject, words: Catalog) -> str:
    """What expires; a card that takes its certificate with it speaks for both."""
    both = found.expire_together and found.term is not Term.STAY
    return words.text("page.subject.both" if both else f"page.subject.{subject}")


def _days(milestone: Milestone, words: Catalog) -> str:
    if milestone.start == milestone.end:
        return words.day(milestone.start)
    return words.text("page.days", {"start": milestone.start, "end": milestone.end})


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
        dates=first.dates,
        standing=first.standing.said(telling.words),
    )


def _renewal(entry: Entry, telling: Telling) -> NextStep:
    words = telling.words
    return NextStep(
        label=words.text("page.now"),
        title=of_holder(
            words.text("page.now.renew", {"subject": entry.subject}), entry.holder, words
        ),
        days=words.text("page.now.until", {"expiry": entry.expiry}),
        dates=(entry.expiry,),
        standing=until(entry.expiry, telling.today).said(words),
    )
