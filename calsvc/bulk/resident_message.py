"""Says in a letter or an e-mail what a resident must do, in the resident's language."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from calsvc.errors import ParamValue
from calsvc.i18n.catalogs import Catalog
from calsvc.i18n.contact_texts import contact
from calsvc.i18n.event_texts import Topic, topics
from calsvc.i18n.place_texts import city_facts, city_name, local_key
from calsvc.municipality.model import Municipality
from calsvc.rules.dates import is_more_months_after
from calsvc.rules.plan import Plan
from calsvc.rules.standings import Standing, State, standings

SOON_MONTHS = 3
"""A window that opens within it is announced; one that opens later asks for nothing."""
PAST = {State.IN_GRACE, State.LAPSED, State.LAST_DAY, State.UNSURE}
"""States in which no window is offered, and no day is asked to be kept."""
KEYS = {
    State.APPLY_NOW: "apply_now",
    State.EXTEND_NOW: "extend_now",
    State.LAST_DAY: "ends",
    State.IN_GRACE: "lapsed",
    State.LAPSED: "lapsed",
    State.UNSURE: "unsure",
}
SUBJECTS = {
    "certificate": ("certificate",),
    "card": ("card",),
    "stay": ("card",),
    "both": ("certificate", "card"),
}
"""What each variant of a topic is about."""
OF_STAY = {"far", "ends", "lapsed"}
"""Texts that have another wording where the card ends with the stay."""


@dataclass(frozen=True)
class Invitation:
    """The parts of a letter, each of one paragraph. ``deadlines``: what, and when.

    ``states``: where the certificate and the card stand, and what is to be done. ``next_expiry``:
    the date that a short message names, led by what expires. ``windows`` and ``last_open_days``:
    by `Subject`, where they are offered.
    """

    city: str
    addressee: str
    heading: str
    opening: str
    states: tuple[str, ...]
    deadlines: tuple[tuple[str, str], ...]
    places: tuple[str, ...]
    printed: str
    contact: str
    next_expiry: tuple[str, date]
    windows: Mapping[str, str]
    last_open_days: Mapping[str, str]

    @property
    def params(self) -> dict[str, Sequence[str]]:
        """Returns the paragraphs that a city's own text may name, but the name."""
        return {
            "city": [self.city],
            "contact": [self.contact],
            "opening": [self.opening],
            "places": self.places,
            "printed": [self.printed],
            "states": self.states,
        }


@dataclass(frozen=True)
class Matter:
    """A topic of a letter that is dated ``today``."""

    topic: Topic
    standing: Standing
    today: date

    @property
    def offers_window(self) -> bool:
        """Returns whether it can be renewed before it expires."""
        return self.topic.variant != "stay" and self.standing.state not in PAST

    @property
    def has_open_day(self) -> bool:
        """Returns whether a counter is open before it expires."""
        return self.standing.state not in PAST and self.topic.last_open_day >= self.today


def invitation(
    name: str, plan: Plan, city: Municipality, catalog: Catalog, today: date
) -> Invitation:
    """Returns what the resident ``name`` (or '') is told of ``plan`` on ``today``."""
    found = matters(plan, city, today)
    unnamed = "letter.addressee" if name else "letter.addressee.unnamed"
    return Invitation(
        city=city_name(city, catalog),
        addressee=catalog.text(unnamed, {"name": name}),
        heading=catalog.text("letter.heading"),
        opening=catalog.text("letter.opening"),
        states=tuple(_state(each, catalog) for each in found),
        deadlines=tuple(pair for each in found for pair in _deadlines(each, city, catalog)),
        places=tuple(_place(each.topic, city, catalog) for each in found),
        printed=catalog.text("letter.printed"),
        contact=contact(city, catalog).partition("\n")[0],
        next_expiry=_next_expiry(found, catalog),
        windows={
            subject: _window(each.topic, catalog)
            for each in found
            if each.offers_window
            for subject in SUBJECTS[each.topic.variant]
        },
        last_open_days={
            subject: catalog.day(each.topic.last_open_day)
            for each in found
            if each.has_open_day
            for subject in SUBJECTS[each.topic.variant]
        },
    )


def _next_expiry(found: Sequence[Matter], catalog: Catalog) -> tuple[str, date]:
    """Returns what expires next; no certificate that may have been renewed."""
    sure = (each.topic for each in found if each.standing.state is not State.UNSURE)
    topic = next(sure, found[-1].topic)
    subject = SUBJECTS[topic.variant][-1]  # of two, the card, which holds the certificate
    return catalog.text(f"letter.about.{subject}"), topic.days.expiry


def matters(plan: Plan, city: Municipality, today: date) -> list[Matter]:
    """Returns what is to be told. A card that has expired is replaced, and its certificate too."""
    found = standings(plan, today=today, grace=city.grace, last_open_day=city.last_day_to_apply)
    pairs = zip(topics(plan, city), found, strict=True)
    matters = [Matter(topic, standing, today) for topic, standing in pairs]
    return matters[-1:] if today > plan.card_expiry else matters


def _state(matter: Matter, catalog: Catalog) -> str:
    topic, key = matter.topic, _state_key(matter)
    variant = ".stay" if topic.variant == "stay" and key in OF_STAY else ""
    params: dict[str, ParamValue] = {
        "opens": topic.days.window.start,
        "expiry": topic.days.expiry,
        "apply_by": topic.apply_by,
        "last_open_day": topic.last_open_day,
    }
    about = catalog.text(f"letter.about.{topic.variant}")
    text = catalog.text(f"letter.state.{key}{variant}", params)
    return catalog.text("letter.state", {"about": about, "text": text})


def _state_key(matter: Matter) -> str:
    """Returns which of the texts says it. None asks to keep a day that is past."""
    topic, state = matter.topic, matter.standing.state
    if state is State.NOT_YET:
        is_far = is_more_months_after(topic.days.window.start, matter.today, SOON_MONTHS)
        return "far" if is_far or topic.variant == "stay" else "soon"
    if state is State.RENEWAL_OPEN and topic.variant != "certificate":
        return "apply"
    if state in (State.RENEWAL_OPEN, State.EXTEND_NOW) and not matter.has_open_day:
        return "ends"
    return KEYS.get(state, "open")


def _place(topic: Topic, city: Municipality, catalog: Catalog) -> str:
    return catalog.text(f"letter.place.{topic.variant}", city_facts(city, topic.variant, catalog))


def _window(topic: Topic, catalog: Catalog) -> str:
    params = {"opens": topic.days.window.start, "expiry": topic.days.window.end}
    return catalog.text("letter.window.days", params)


def _deadlines(matter: Matter, city: Municipality, catalog: Catalog) -> Iterator[tuple[str, str]]:
    topic = matter.topic
    yield catalog.text(f"letter.expiry.{topic.variant}"), catalog.day(topic.days.expiry)
    if matter.offers_window:
        yield catalog.text("letter.window"), _window(topic, catalog)
    if matter.has_open_day:
        yield (
            catalog.text(local_key("letter.last_open_day", city)),
            catalog.day(topic.last_open_day),
        )
