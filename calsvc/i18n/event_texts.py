"""Says in each language what an event says, from the catalogs and the city's facts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from calsvc.errors import ParamValue
from calsvc.i18n.blanks import as_format, blanks
from calsvc.i18n.catalogs import Catalog
from calsvc.i18n.contact_texts import contact
from calsvc.i18n.place_texts import city_facts, errand, local_texts
from calsvc.municipality.counters import Task
from calsvc.municipality.model import Municipality
from calsvc.rules.card import Subject, Term
from calsvc.rules.dates import end_of_month
from calsvc.rules.milestones import (
    Deadline,
    Kind,
    Milestone,
    apply_by,
    deadline,
    milestones,
)
from calsvc.rules.plan import Doubt, Plan, check_days
from calsvc.rules.spans import LAST_KNOWN_ISSUE

BODY_CACHE_SIZE = 4096
"""Some 3,100 can be reached in all languages of one city; up to 4 kB each."""


DAYS = (
    "expiry",
    "card_expiry",
    "opens",
    "notice_start",
    "notice_end",
    "grace_end",
    "month_end",
    "apply_by",
    "first_open_day",
    "last_open_day",
)


class EventText(NamedTuple):
    """A milestone in the words of a page.

    ``body`` has a placeholder for each of ``days``, because many events share it. ``doubts`` stand
    before it, a line each.
    """

    milestone: Milestone
    title: str
    doubts: str
    body: str
    days: Mapping[str, str]

    @property
    def description(self) -> str:
        """Returns the whole text."""
        return self.doubts + self.body.format_map(self.days)


class Circumstances(NamedTuple):
    """All of a topic that decides which paragraphs its events have. ``variant``: see `Topic`."""

    subject: Subject
    variant: str
    term: Term
    leap_day_birth: bool
    opens_on_closed_day: bool
    card_ends_in_grace: bool
    ends_under_next_rules: bool


@dataclass(frozen=True)
class Topic:
    """What one set of events speaks of: a subject, its circumstances, and every date it names."""

    subject: Subject
    term: Term
    together: bool
    leap_day_birth: bool
    doubts: tuple[Doubt, ...]
    checks: tuple[date, ...]
    days: Deadline
    apply_by: date
    first_open_day: date
    last_open_day: date
    card_expiry: date
    opens_on_closed_day: bool
    card_ends_in_grace: bool
    ends_under_next_rules: bool

    @property
    def variant(self) -> str:
        """Which of the catalogs' wordings speaks of it."""
        if self.subject is Subject.CERTIFICATE:
            return "certificate"
        if self.term is Term.STAY:
            return "stay"
        return "both" if self.together else "card"

    @property
    def circumstances(self) -> Circumstances:
        """Returns what decides its paragraphs."""
        return Circumstances(
            self.subject,
            self.variant,
            self.term,
            self.leap_day_birth,
            self.opens_on_closed_day,
            self.card_ends_in_grace,
            self.ends_under_next_rules,
        )

    @property
    def reminder(self) -> date | None:
        """The day of the early reminder of the expiry: rule 9 for a stay, rule 21 for a card."""
        if self.variant == "certificate":
            return None
        return self.days.reminder if self.variant == "stay" else self.apply_by


def topics(plan: Plan, city: Municipality) -> list[Topic]:
    """The certificate, unless it ends with the card, and the card."""
    card = _topic(plan, Subject.CARD, city)
    return [card] if plan.expire_together else [_topic(plan, Subject.CERTIFICATE, city), card]


def _topic(plan: Plan, subject: Subject, city: Municipality) -> Topic:
    expiry = plan.expiry_of(subject)
    days = deadline(expiry, city.grace)
    task = _task(plan, subject)
    first_open_day = city.first_open_day(days.window.start, task)
    return Topic(
        subject=subject,
        term=plan.term,
        together=plan.expire_together,
        leap_day_birth=plan.leap_day_birth,
        doubts=plan.doubts_of(subject),
        checks=tuple(check_days(plan, subject)),
        days=days,
        apply_by=apply_by(expiry, city.last_day_to_apply),
        first_open_day=first_open_day,
        last_open_day=city.last_open_day(expiry, task),
        card_expiry=plan.card_expiry,
        opens_on_closed_day=first_open_day != days.window.start,
        card_ends_in_grace=expiry < plan.card_expiry < days.grace_end,
        ends_under_next_rules=expiry > LAST_KNOWN_ISSUE,
    )


def _task(plan: Plan, subject: Subject) -> Task:
    """Returns the task that a counter does about ``subject``."""
    if subject is Subject.CERTIFICATE:
        return Task.CERTIFICATE
    return Task.STAY if plan.term is Term.STAY else Task.APPLY


def events(plan: Plan, city: Municipality, catalog: Catalog) -> list[EventText]:
    """The milestones of ``plan`` in words, in the plan's order."""
    return [each for topic in topics(plan, city) for each in events_of(topic, city, catalog)]


def events_of(topic: Topic, city: Municipality, catalog: Catalog) -> list[EventText]:
    """The milestones of ``topic`` in words."""
    city, circumstances = city.voice, topic.circumstances
    days = catalog.in_words(topic_days(topic))
    doubts = "".join(f"{doubt_text(doubt, topic.term, catalog)}\n" for doubt in topic.doubts)
    found = []
    for milestone in topic_milestones(topic):
        kind = milestone.kind
        title = catalog.text(title_key(topic, kind))
        body = _body(circumstances, kind, city, catalog)
        found.append(EventText(milestone, title, doubts, body, days))
    return found


@lru_cache(maxsize=BODY_CACHE_SIZE)
def _body(circumstances: Circumstances, kind: Kind, city: Municipality, catalog: Catalog) -> str:
    """Returns the paragraphs of an event with the facts of ``city``, without its days."""
    params = {**city_facts(city, circumstances.variant, catalog), **blanks(DAYS)}
    keys = _paragraphs(circumstances, kind, city)
    paragraphs = [text for key in keys for text in local_texts(key, city, catalog, params)]
    return as_format("\n".join([*paragraphs, contact(city, catalog)]))


def topic_milestones(topic: Topic) -> tuple[Milestone, ...]:
    """Returns the milestones of ``topic``, then its check events (rule 20)."""
    checks = (Milestone(topic.subject, Kind.CHECK, day, day) for day in topic.checks)
    return (*milestones(topic.subject, topic.term, topic.days), *checks)


def title_key(topic: Topic | Circumstances, kind: Kind) -> str:
    """Returns the key of the title of an event of ``topic``."""
    variant = topic.subject if kind is Kind.CHECK else topic.variant
    return f"{variant}.{kind}.title"


def doubt_key(doubt: Doubt, term: Term) -> str:
    """Returns the key of the sentence that names ``doubt``; with ``.other`` if it names a day."""
    subject = "stay" if term is Term.STAY and doubt.subject is Subject.CARD else doubt.subject
    return f"doubt.{subject}" if doubt.other is None else f"doubt.{subject}.other"


def doubt_text(doubt: Doubt, term: Term, catalog: Catalog) -> str:
    """Returns the sentence that names ``doubt`` and how to settle it."""
    params = {} if doubt.other is None else {"other": doubt.other}
    return catalog.text(doubt_key(doubt, term), params)


def topic_days(topic: Topic) -> dict[str, ParamValue]:
    """Returns the dates that texts may name, each by its name in `DAYS`."""
    days = (
        topic.days.expiry,
        topic.card_expiry,
        topic.days.window.start,
        topic.days.notice.start,
        topic.days.notice.end,
        topic.days.grace_end,
        end_of_month(topic.days.grace_end),
        topic.apply_by,
        topic.first_open_day,
        topic.last_open_day,
    )
    return dict(zip(DAYS, days, strict=True))


CERTIFICATE_VISIT = (
    "certificate.where",
    "certificate.bring",
    "certificate.proxy",
    "certificate.visit",
)
CARD_RENEWAL = ("card.apply", "card.collect", "card.bring")
BODIES: Mapping[tuple[str, Kind], tuple[str, ...]] = {
    ("certificate", Kind.WINDOW_OPENS): ("window.before_notice", *CERTIFICATE_VISIT),
    ("certificate", Kind.NOTICE): ("notice.post", "notice.without", "notice.crossed"),
    ("certificate", Kind.EXPIRY): (
        "certificate.lapse",
        "expiry.last_open_day",
        "certificate.reissue",
        *CERTIFICATE_VISIT,
    ),
    ("certificate", Kind.GRACE_ENDS): ("grace.eligibility", "grace.certificate"),
    ("card", Kind.WINDOW_OPENS): ("card.apply_by", "window.before_notice", *CARD_RENEWAL),
    ("card", Kind.NOTICE): ("card.apply_by", "notice.post", "notice.without", "notice.crossed"),
    ("card", Kind.EXPIRY): (
        "card.lapse",
        "expiry.last_open_day",
        "card.apply_by",
        *CARD_RENEWAL,
        "card.ends_earlier",
    ),
    ("card", Kind.GRACE_ENDS): ("grace.eligibility", "grace.card"),
    ("stay", Kind.EXPIRY): (
        "stay.extend",
        "stay.pending",
        "stay.residence_card",
        "expiry.last_open_day",
        "stay.no_notice",
        "card.ends_earlier",
    ),
    ("stay", Kind.GRACE_ENDS): ("grace.eligibility", "grace.card"),
}


def _paragraphs(topic: Circumstances, kind: Kind, city: Municipality) -> Iterator[str]:
    """The keys of an event's paragraphs: what to do, the rule behind the date."""
    if kind is Kind.CHECK:
        yield f"check.{topic.subject}.text"
        return
    general = errand(topic.variant)
    yield f"{topic.variant}.{kind}.text"
    if kind is Kind.WINDOW_OPENS and topic.opens_on_closed_day:
        yield "window.first_open_day"
    yield from BODIES[general, kind]
    if topic.card_ends_in_grace and kind in (Kind.EXPIRY, Kind.GRACE_ENDS):
        yield "grace.card_ends_first"
    yield from _rule(topic, kind, city)
    yield f"after.{general}"


def _rule(topic: Circumstances, kind: Kind, city: Municipality) -> Iterator[str]:
    certificate = topic.subject is Subject.CERTIFICATE
    yield "rule.certificate" if certificate else f"rule.{topic.term}"
    if kind is Kind.GRACE_ENDS:
        yield f"rule.grace.{city.grace}"
    elif kind is not Kind.EXPIRY:
        yield f"rule.{kind}"
    if topic.leap_day_birth:
        yield "rule.leap_day"
    if topic.ends_under_next_rules:
        yield "rule.next_card"
