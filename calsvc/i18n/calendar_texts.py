"""Says in each language what an event of a calendar says: shorter than a page, and on one day."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from calsvc.i18n.catalogs import Catalog
from calsvc.i18n.event_texts import Topic, doubt_key, topic_facts, topic_milestones, topics
from calsvc.i18n.visits import phone_line, place_of, visit_lines
from calsvc.municipality.model import Municipality
from calsvc.rules.milestones import GraceRule, Kind, Milestone
from calsvc.rules.plan import Plan


@dataclass(frozen=True)
class CalendarText:
    """An event in words. It takes the whole of ``day``, the first day of its milestone.

    ``location`` is empty where there is no place to go. ``url``: an official page.
    """

    milestone: Milestone
    title: str
    description: str
    location: str
    url: str

    @property
    def day(self) -> date:
        """The day of the event. A notice is expected for a month, but no month is blocked."""
        return self.milestone.start


def calendar_texts(
    plan: Plan, city: Municipality, words: Catalog, page: str = ""
) -> list[CalendarText]:
    """Returns the events of ``plan``, in the plan's order.

    ``page``: the address of the holder's own page, with which each description ends, or ''.
    """
    return [text for topic in topics(plan, city) for text in topic_texts(topic, city, words, page)]


def topic_texts(
    topic: Topic, city: Municipality, words: Catalog, page: str = ""
) -> Iterator[CalendarText]:
    """Yields the events of ``topic``. ``page``: see `calendar_texts`."""
    for milestone in topic_milestones(topic):
        kind = milestone.kind
        yield CalendarText(
            milestone,
            words.text(title_key(topic, kind)),
            "\n".join(_description(topic, kind, city, words, page)),
            *place_of(errand(topic), kind, city, words.language),
        )


# --- titles -------------------------------------------------------------------------------------


def title_key(topic: Topic, kind: Kind) -> str:
    """Returns the key of the title of an event of ``topic``."""
    variant = topic.subject if kind is Kind.CHECK else topic.variant
    return f"event.{variant}.{kind}.title"


def titles(topic: Topic, words: Catalog) -> tuple[str, ...]:
    """Returns each title of the events of ``topic`` once."""
    found = (words.text(title_key(topic, each.kind)) for each in topic_milestones(topic))
    return tuple(dict.fromkeys(found))


def with_holder(title: str, name: str, words: Catalog) -> str:
    """Returns ``title`` with the name of the card's holder behind it, where there is one."""
    return words.text("event.title.of", {"title": title, "name": name}) if name else title


# --- descriptions -------------------------------------------------------------------------------

RENEWING = (Kind.WINDOW_OPENS, Kind.EXPIRY)
"""The kinds of event that ask the holder to go to the counter."""
REMARKS: Mapping[tuple[str, Kind], tuple[str, ...]] = {
    ("certificate", Kind.WINDOW_OPENS): (),
    ("certificate", Kind.NOTICE): (),
    ("certificate", Kind.EXPIRY): ("certificate.lapse",),
    ("certificate", Kind.GRACE_ENDS): ("grace.insurer", "grace.eligibility"),
    ("card", Kind.WINDOW_OPENS): ("card.renews_certificate", "card.in_time", "card.ways"),
    ("card", Kind.NOTICE): ("card.in_time",),
    ("card", Kind.EXPIRY): ("card.lapse", "card.in_time", "card.ways"),
    ("card", Kind.GRACE_ENDS): ("grace.insurer", "grace.eligibility"),
    ("stay", Kind.EXPIRY): ("stay.pending", "stay.residence_card", "stay.no_notice"),
    ("stay", Kind.GRACE_ENDS): ("grace.insurer", "grace.eligibility"),
}
"""What ends on the day, what bridges the gap, and the ways to apply."""


def max_columns(words: Catalog) -> int:
    """Returns how many columns a description may take, without the address of a page."""
    return int(words.messages["event.max_columns"])


def columns(text: str) -> int:
    """Returns the width of ``text``: two for a full-width character, one for any other."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def fitting(lines: Iterable[str], most: int) -> list[str]:
    """Returns ``lines`` in their order without those for which no room is left."""
    found = []
    for line in lines:
        if columns(line) <= most:
            found.append(line)
            most -= columns(line)
    return found


def _description(
    topic: Topic, kind: Kind, city: Municipality, words: Catalog, page: str
) -> Iterator[str]:
    """Yields the lines for which there is room, the phone, and the address of the page."""
    phone = phone_line(city, words)
    last = columns(phone + words.text("event.page", {"page": ""}))
    yield from fitting(_lines(topic, kind, city, words), max_columns(words) - last)
    yield phone
    if page:
        yield words.text("event.page", {"page": page})


def errand(topic: Topic) -> str:
    """Returns what the holder goes to the counter for; the certificate is renewed with the card."""
    return "card" if topic.variant == "both" else topic.variant


def _lines(topic: Topic, kind: Kind, city: Municipality, words: Catalog) -> Iterator[str]:
    """Yields what to do and by when, the open days, the doubts, and then what is of less use."""
    facts = topic_facts(topic, city, words.language)
    for key in _first_keys(topic, kind):
        yield words.text(key, facts)
    for doubt in topic.doubts:
        other = {} if doubt.other is None else {"other": doubt.other}
        yield words.text(f"event.{doubt_key(doubt, topic.term)}", other)
    if kind is not Kind.CHECK:
        for key in (*_cases(topic, kind, city.grace), *REMARKS[errand(topic), kind]):
            yield words.text(f"event.{key}", facts)
    yield from visit_lines(errand(topic), kind, city, words)


def _first_keys(topic: Topic, kind: Kind) -> Iterator[str]:
    if kind is Kind.CHECK:
        yield f"check.{topic.subject}.text"
        return
    yield f"event.{errand(topic)}.{kind}.text"
    if kind is Kind.EXPIRY and topic.variant == "both":
        yield "event.card.with_certificate"
    if kind is Kind.WINDOW_OPENS and topic.opens_on_closed_day:
        yield "event.first_open_day"
    if kind in RENEWING:
        yield "event.last_open_day"


def _cases(topic: Topic, kind: Kind, grace: GraceRule) -> Iterator[str]:
    """Yields what only some holders must know: rules 5, 8 and 18."""
    if topic.card_ends_in_grace and kind in (Kind.EXPIRY, Kind.GRACE_ENDS):
        yield "grace.card_ends_first"
    if kind is Kind.GRACE_ENDS and grace is GraceRule.ANNIVERSARY:
        yield "grace.month_end"
    if topic.leap_day_birth and errand(topic) != "stay":
        yield "leap_day"
    if topic.ends_under_next_rules and kind in RENEWING:
        yield "next_card"
