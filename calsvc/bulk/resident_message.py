"""Composes the text of letters, e-mails and SMS to a resident, in the resident's language."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from calsvc.errors import ParamValue
from calsvc.i18n.catalogs import Catalog
from calsvc.i18n.contact_texts import format_contact
from calsvc.i18n.event_texts import EventGroup, build_event_groups
from calsvc.i18n.place_texts import local_key, municipality_name, municipality_params
from calsvc.municipality.model import Municipality
from calsvc.rules.card import Subject
from calsvc.rules.dates import is_more_months_after
from calsvc.rules.plan import Plan
from calsvc.rules.standings import Standing, StandingState, compute_standings

SOON_MONTHS = 3
"""Months before a window in which a message announces it."""
STATES_WITHOUT_DEADLINE = {
    StandingState.IN_GRACE,
    StandingState.LAPSED,
    StandingState.LAST_DAY,
    StandingState.UNSURE,
}
"""States in which the message names neither a window nor the last open day."""
TEXT_KEY_BY_STATE = {
    StandingState.APPLY_NOW: "apply_now",
    StandingState.EXTEND_NOW: "extend_now",
    StandingState.LAST_DAY: "ends",
    StandingState.IN_GRACE: "lapsed",
    StandingState.LAPSED: "lapsed",
    StandingState.UNSURE: "unsure",
}
SUBJECTS_BY_VARIANT = {
    "certificate": ("certificate",),
    "card": ("card",),
    "stay": ("card",),
    "both": ("certificate", "card"),
}
"""The subjects of each variant of an event group."""
STAY_TEXT_KEYS = {"far", "ends", "lapsed"}
"""Texts with another wording for a card that expires with the stay."""
STAY_OVER_TEXT_KEYS = {"ends", "lapsed"}
"""Those of `STAY_TEXT_KEYS` after which the card cannot be extended."""


@dataclass(frozen=True)
class ResidentMessage:
    """The paragraphs of a message to a resident.

    ``brief_deadlines``: the same, but only the expiry if no action is needed for a long time.
    ``states``: the state of certificate and card, and the action that is needed.
    ``deadlines``: pairs of a label and a day. ``next_expiry``: the subject and date for an SMS.
    ``windows`` and ``last_open_days``: by `Subject`, without those that are past.
    """

    municipality: str
    addressee: str
    heading: str
    opening: str
    states: tuple[str, ...]
    deadlines: tuple[tuple[str, str], ...]
    brief_deadlines: tuple[tuple[str, str], ...]
    place_paragraphs: tuple[str, ...]
    printed_note: str
    contact: str
    next_expiry: tuple[str, date]
    windows: Mapping[str, str]
    last_open_days: Mapping[str, str]

    @property
    def params(self) -> dict[str, Sequence[str]]:
        """The placeholders of a municipality's own text, without the name."""
        return {
            "city": [self.municipality],
            "contact": [self.contact],
            "opening": [self.opening],
            "places": self.place_paragraphs,
            "printed": [self.printed_note],
            "states": self.states,
        }


@dataclass(frozen=True)
class MessageTopic:
    """An event group in a message, and its state on ``today``, the date of the message."""

    group: EventGroup
    standing: Standing
    today: date

    @property
    def offers_window(self) -> bool:
        """True if the message names the renewal window."""
        return self.group.variant != "stay" and self.standing.state not in STATES_WITHOUT_DEADLINE

    @property
    def has_open_day(self) -> bool:
        """True if a counter is open between ``today`` and the expiry."""
        return (
            self.standing.state not in STATES_WITHOUT_DEADLINE
            and self.group.last_open_day >= self.today
        )


def compose_message(
    name: str, plan: Plan, municipality: Municipality, catalog: Catalog, today: date
) -> ResidentMessage:
    """Return the message about ``plan`` to the resident ``name`` (or ''), dated ``today``."""
    topics = find_topics(plan, municipality, today)
    unnamed = "letter.addressee" if name else "letter.addressee.unnamed"
    return ResidentMessage(
        municipality=municipality_name(municipality, catalog),
        addressee=catalog.text(unnamed, {"name": name}),
        heading=catalog.text("letter.heading"),
        opening=catalog.text("letter.opening"),
        states=(*_states(plan, topics, catalog),),
        deadlines=tuple(
            pair for each in topics for pair in _deadlines(each, municipality, catalog)
        ),
        brief_deadlines=tuple(
            pair for each in topics for pair in _brief_deadlines(each, municipality, catalog)
        ),
        place_paragraphs=tuple(_format_place(each, municipality, catalog) for each in topics),
        printed_note=catalog.text("letter.printed"),
        contact=format_contact(municipality, catalog).partition("\n")[0],
        next_expiry=_next_expiry(topics, catalog),
        windows={
            subject: _format_window(each.group, catalog)
            for each in topics
            if each.offers_window
            for subject in SUBJECTS_BY_VARIANT[each.group.variant]
        },
        last_open_days={
            subject: catalog.format_date(each.group.last_open_day)
            for each in topics
            if each.has_open_day
            for subject in SUBJECTS_BY_VARIANT[each.group.variant]
        },
    )


def _next_expiry(topics: Sequence[MessageTopic], catalog: Catalog) -> tuple[str, date]:
    """Return subject and date of the next expiry. Skip a certificate that may be renewed."""
    sure = (each.group for each in topics if each.standing.state is not StandingState.UNSURE)
    group = next(sure, topics[-1].group)
    subject = SUBJECTS_BY_VARIANT[group.variant][
        -1
    ]  # of two, the card, which holds the certificate
    return catalog.text(f"letter.about.{subject}"), group.days.expiry


def find_topics(plan: Plan, municipality: Municipality, today: date) -> list[MessageTopic]:
    """Return the topics of a message about ``plan``.

    After the card has expired, return the card only. Its renewal includes the certificate.
    """
    card_standings = compute_standings(
        plan.of_card,
        today=today,
        grace=municipality.grace_rule,
        last_open_day=municipality.last_day_to_apply,
    )
    pairs = zip(build_event_groups(plan, municipality), card_standings, strict=True)
    all_topics = [MessageTopic(group, standing, today) for group, standing in pairs]
    return all_topics[-1:] if today > plan.card_expiry else all_topics


def _states(plan: Plan, topics: Sequence[MessageTopic], catalog: Catalog) -> Iterator[str]:
    """Yield a paragraph for each of ``topics``.

    If the certificate may have expired before the card, it has its own paragraph.
    """
    if plan.expire_together and _may_be_past(plan, topics[-1].today):
        yield _paragraph("certificate", catalog.text("letter.state.unsure"), catalog)
        yield _paragraph("card", _state(topics[-1], catalog), catalog)
        return
    for topic in topics:
        yield _paragraph(topic.group.variant, _state(topic, catalog), catalog)


def _may_be_past(plan: Plan, today: date) -> bool:
    """Return True if the certificate of a valid card may have expired before ``today``."""
    doubts = (each for each in plan.doubts if each.subject is Subject.CERTIFICATE)
    is_past = any(each.other is not None and each.other < today for each in doubts)
    return is_past and today <= plan.card_expiry


def _paragraph(about: str, text: str, catalog: Catalog) -> str:
    params = {"about": catalog.text(f"letter.about.{about}"), "text": text}
    return catalog.text("letter.state", params)


def _state(topic: MessageTopic, catalog: Catalog) -> str:
    group, key = topic.group, _state_key(topic)
    variant = ".stay" if group.variant == "stay" and key in STAY_TEXT_KEYS else ""
    params: dict[str, ParamValue] = {
        "opens": group.days.window.start,
        "expiry": group.days.expiry,
        "apply_by": group.apply_by,
        "last_open_day": group.last_open_day,
    }
    return catalog.text(f"letter.state.{key}{variant}", params)


def _state_key(topic: MessageTopic) -> str:
    """Return the key of the text for a state. No text names a deadline that is past."""
    group, state = topic.group, topic.standing.state
    if state is StandingState.NOT_YET:
        is_far = is_more_months_after(group.days.window.start, topic.today, SOON_MONTHS)
        if is_far or group.variant == "stay":
            return "far"
        return "soon" if group.variant == "certificate" else "apply_soon"
    if state is StandingState.RENEWAL_OPEN and group.variant != "certificate":
        return "apply"
    if state in (StandingState.RENEWAL_OPEN, StandingState.EXTEND_NOW) and not topic.has_open_day:
        return "ends"
    return TEXT_KEY_BY_STATE.get(state, "open")


def _format_place(topic: MessageTopic, municipality: Municipality, catalog: Catalog) -> str:
    variant = topic.group.variant
    is_over = variant == "stay" and _state_key(topic) in STAY_OVER_TEXT_KEYS
    key = "stay.over" if is_over else variant
    return catalog.text(f"letter.place.{key}", municipality_params(municipality, variant, catalog))


def _format_window(group: EventGroup, catalog: Catalog) -> str:
    params = {"opens": group.days.window.start, "expiry": group.days.window.end}
    return catalog.text("letter.window.days", params)


def _deadlines(
    topic: MessageTopic, municipality: Municipality, catalog: Catalog
) -> Iterator[tuple[str, str]]:
    group = topic.group
    yield catalog.text(f"letter.expiry.{group.variant}"), catalog.format_date(group.days.expiry)
    if topic.offers_window:
        yield catalog.text("letter.window"), _format_window(group, catalog)
    if topic.has_open_day:
        yield (
            catalog.text(local_key("letter.last_open_day", municipality)),
            catalog.format_date(group.last_open_day),
        )


def _brief_deadlines(
    topic: MessageTopic, municipality: Municipality, catalog: Catalog
) -> Sequence[tuple[str, str]]:
    """Return the deadlines, but only the expiry if no action is needed for a long time."""
    deadlines = [*_deadlines(topic, municipality, catalog)]
    return deadlines[:1] if _state_key(topic) == "far" else deadlines
