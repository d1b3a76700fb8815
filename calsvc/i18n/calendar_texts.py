"""Says in each language what an event of a calendar says: shorter than a page, and on one day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from calsvc.i18n.catalogs import Catalog
from calsvc.i18n.event_texts import Topic, events_of, topic_milestones, topics
from calsvc.municipality.model import Municipality
from calsvc.rules.milestones import Kind, Milestone
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


def calendar_texts(plan: Plan, city: Municipality, words: Catalog) -> list[CalendarText]:
    """Returns the events of ``plan``, in the plan's order."""
    return [text for topic in topics(plan, city) for text in topic_texts(topic, city, words)]


def topic_texts(topic: Topic, city: Municipality, words: Catalog) -> Iterator[CalendarText]:
    """Yields the events of ``topic``."""
    for event in events_of(topic, city, words):
        kind = event.milestone.kind
        location, url = _place(topic.variant, kind, city, words.language)
        title = words.text(title_key(topic, kind))
        yield CalendarText(event.milestone, title, event.description, location, url)


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


def _place(variant: str, kind: Kind, city: Municipality, language: str) -> tuple[str, str]:
    """Where to go, and the page to read; nowhere while waiting for a letter."""
    if kind in (Kind.NOTICE, Kind.CHECK):
        return "", city.links.certificate
    if variant == "certificate":
        return city.text(language).certificate_counters, city.links.certificate
    if variant == "stay":
        return city.text(language).card_counter, city.links.foreign_residents
    return city.text(language).card_counter, city.links.apply_at_counter
