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
from calsvc.rules.card import Subject
from calsvc.rules.dates import is_more_months_after
from calsvc.rules.plan import Plan
from calsvc.rules.standings import Standing, StandingState, compute_standings

SOON_MONTHS = 3
"""A window that opens within it is announced; one that opens later asks for nothing."""
PAST = {StandingState.IN_GRACE, StandingState.LAPSED, StandingState.LAST_DAY, StandingState.UNSURE}
"""States in which no window is offered, and no day is asked to be kept."""
KEYS = {
    StandingState.APPLY_NOW: "apply_now",
    StandingState.EXTEND_NOW: "extend_now",
    StandingState.LAST_DAY: "ends",
    StandingState.IN_GRACE: "lapsed",
    StandingState.LAPSED: "lapsed",
    StandingState.UNSURE: "unsure",
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
STAY_IS_OVER = {"ends", "lapsed"}
"""Those of them in which it is too late to have the card extended."""


@dataclass(frozen=True)
class Invitation:
    """The parts of a letter, each of one paragraph. ``deadlines``: what, and when.

    ``brief_deadlines``: the same, but the expiry alone where nothing is to be done for long.
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
    brief_deadlines: tuple[tuple[str, str], ...]
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
        states=(*_states(plan, found, catalog),),
        deadlines=tuple(pair for each in found for pair in _deadlines(each, city, catalog)),
        brief_deadlines=tuple(
            pair for each in found for pair in _brief_deadlines(each, city, catalog)
        ),
        places=tuple(_place(each, city, catalog) for each in found),
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
    sure = (each.topic for each in found if each.standing.state is not StandingState.UNSURE)
    topic = next(sure, found[-1].topic)
    subject = SUBJECTS[topic.variant][-1]  # of two, the card, which holds the certificate
    return catalog.text(f"letter.about.{subject}"), topic.days.expiry


def matters(plan: Plan, city: Municipality, today: date) -> list[Matter]:
    """Returns what is to be told. A card that has expired is replaced, and its certificate too."""
    found = compute_standings(
        plan.of_card, today=today, grace=city.grace_rule, last_open_day=city.last_day_to_apply
    )
    pairs = zip(topics(plan, city), found, strict=True)
    matters = [Matter(topic, standing, today) for topic, standing in pairs]
    return matters[-1:] if today > plan.card_expiry else matters


def _states(plan: Plan, found: Sequence[Matter], catalog: Catalog) -> Iterator[str]:
    """Yield a paragraph for each of ``found``.

    A certificate that is shown to expire with the card may have expired before it. Then it has a
    paragraph of its own.
    """
    if plan.expire_together and _may_be_past(plan, found[-1].today):
        yield _paragraph("certificate", catalog.text("letter.state.unsure"), catalog)
        yield _paragraph("card", _state(found[-1], catalog), catalog)
        return
    for each in found:
        yield _paragraph(each.topic.variant, _state(each, catalog), catalog)


def _may_be_past(plan: Plan, today: date) -> bool:
    """Returns whether the certificate of a valid card may have expired before ``today``."""
    doubts = (each for each in plan.doubts if each.subject is Subject.CERTIFICATE)
    is_past = any(each.other is not None and each.other < today for each in doubts)
    return is_past and today <= plan.card_expiry


def _paragraph(about: str, text: str, catalog: Catalog) -> str:
    params = {"about": catalog.text(f"letter.about.{about}"), "text": text}
    return catalog.text("letter.state", params)


def _state(matter: Matter, catalog: Catalog) -> str:
    topic, key = matter.topic, _state_key(matter)
    variant = ".stay" if topic.variant == "stay" and key in OF_STAY else ""
    params: dict[str, ParamValue] = {
        "opens": topic.days.window.start,
        "expiry": topic.days.expiry,
        "apply_by": topic.apply_by,
        "last_open_day": topic.last_open_day,
    }
    return catalog.text(f"letter.state.{key}{variant}", params)


def _state_key(matter: Matter) -> str:
    """Returns which of the texts says it. None asks to keep a day that is past."""
    topic, state = matter.topic, matter.standing.state
    if state is StandingState.NOT_YET:
        is_far = is_more_months_after(topic.days.window.start, matter.today, SOON_MONTHS)
        if is_far or topic.variant == "stay":
            return "far"
        return "soon" if topic.variant == "certificate" else "apply_soon"
    if state is StandingState.RENEWAL_OPEN and topic.variant != "certificate":
        return "apply"
    if state in (StandingState.RENEWAL_OPEN, StandingState.EXTEND_NOW) and not matter.has_open_day:
        return "ends"
    return KEYS.get(state, "open")


def _place(matter: Matter, city: Municipality, catalog: Catalog) -> str:
    variant = matter.topic.variant
    is_over = variant == "stay" and _state_key(matter) in STAY_IS_OVER
    key = "stay.over" if is_over else variant
    return catalog.text(f"letter.place.{key}", city_facts(city, variant, catalog))


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


def _brief_deadlines(
    matter: Matter, city: Municipality, catalog: Catalog
) -> Sequence[tuple[str, str]]:
    """Returns the expiry alone where nothing is to be done for a long time."""
    found = [*_deadlines(matter, city, catalog)]
    return found[:1] if _state_key(matter) == "far" else found
