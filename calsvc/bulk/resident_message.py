"""What a letter or an e-mail tells a resident, in the resident's language."""

from collections.abc import Iterator
from dataclasses import dataclass

from calsvc.i18n.catalogs import Catalog
from calsvc.i18n.contact_texts import contact
from calsvc.i18n.event_texts import Topic, topics
from calsvc.i18n.place_texts import city_facts, city_name, local_key
from calsvc.municipality.model import Municipality
from calsvc.rules.plan import Plan


@dataclass(frozen=True)
class Invitation:
    """The parts of a letter, each of one paragraph. ``deadlines``: what, and when."""

    city: str
    addressee: str
    heading: str
    opening: str
    deadlines: tuple[tuple[str, str], ...]
    places: tuple[str, ...]
    printed: str
    contact: str


def invitation(name: str, plan: Plan, city: Municipality, words: Catalog) -> Invitation:
    """What there is to tell the resident ``name`` (or '') of ``plan``."""
    found = topics(plan, city)
    unnamed = "letter.addressee" if name else "letter.addressee.unnamed"
    return Invitation(
        city=city_name(city, words),
        addressee=words.text(unnamed, {"name": name}),
        heading=words.text("letter.heading"),
        opening=words.text("letter.opening"),
        deadlines=tuple(each for topic in found for each in _deadlines(topic, city, words)),
        places=tuple(_place(topic, city, words) for topic in found),
        printed=words.text("letter.printed"),
        contact=contact(city, words).partition("\n")[0],
    )


def _place(topic: Topic, city: Municipality, words: Catalog) -> str:
    return words.text(f"letter.place.{topic.variant}", city_facts(city, topic.variant, words))


def _deadlines(topic: Topic, city: Municipality, words: Catalog) -> Iterator[tuple[str, str]]:
    yield words.text(f"letter.expiry.{topic.variant}"), words.day(topic.days.expiry)
    if topic.variant != "stay":
        facts = {"opens": topic.days.window.start, "expiry": topic.days.window.end}
        yield words.text("letter.window"), words.text("letter.window.days", facts)
    yield words.text(local_key("letter.last_open_day", city)), words.day(topic.last_open_day)
