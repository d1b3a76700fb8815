"""Texts of events on a page in each language, from the catalogs and the municipality."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from calsvc.errors import ParamValue
from calsvc.i18n.catalogs import Catalog
from calsvc.i18n.contact_texts import format_contact
from calsvc.i18n.place_texts import errand_of, local_texts, municipality_params
from calsvc.i18n.placeholders import placeholders, to_format_string
from calsvc.municipality.counters import Task
from calsvc.municipality.model import Municipality
from calsvc.rules.card import Subject, Term
from calsvc.rules.dates import end_of_month
from calsvc.rules.legal_values import LAST_KNOWN_ISSUE
from calsvc.rules.milestones import (
    KeyDates,
    Milestone,
    MilestoneKind,
    apply_by,
    compute_key_dates,
    milestones,
)
from calsvc.rules.plan import Doubt, Plan, check_days

BODY_CACHE_SIZE = 4096
"""Entries of up to 4 kB. A municipality has some 3,100 bodies in all languages."""
DATE_PARAMS = (
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
"""Names of the placeholders for days in texts of events."""


class EventText(NamedTuple):
    """The text of a milestone on a page.

    ``body`` has a placeholder for each of ``days``, because many events share it. ``doubts``
    precede it, one line each.
    """

    milestone: Milestone
    title: str
    doubts: str
    body: str
    days: Mapping[str, str]

    @property
    def description(self) -> str:
        """The whole text, with dates."""
        return self.doubts + self.body.format_map(self.days)


class Circumstances(NamedTuple):
    """The properties of an `EventGroup` that select the paragraphs of its events."""

    subject: Subject
    variant: str
    term: Term
    leap_day_birth: bool
    opens_on_closed_day: bool
    card_ends_in_grace: bool
    ends_under_next_rules: bool


@dataclass(frozen=True)
class EventGroup:
    """The certificate or the card with all its dates: the events of one expiry."""

    subject: Subject
    term: Term
    expire_together: bool
    leap_day_birth: bool
    doubts: tuple[Doubt, ...]
    checks: tuple[date, ...]
    days: KeyDates
    apply_by: date
    first_open_day: date
    last_open_day: date
    card_expiry: date
    opens_on_closed_day: bool
    card_ends_in_grace: bool
    ends_under_next_rules: bool

    @property
    def variant(self) -> str:
        """The wording in the catalogs: ``certificate``, ``card``, ``stay`` or ``both``."""
        if self.subject is Subject.CERTIFICATE:
            return "certificate"
        if self.term is Term.STAY:
            return "stay"
        return "both" if self.expire_together else "card"

    @property
    def circumstances(self) -> Circumstances:
        """The properties that select its paragraphs."""
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


def build_event_groups(plan: Plan, municipality: Municipality) -> list[EventGroup]:
    """Return the certificate's group, unless it expires with the card, and the card's."""
    card = _build_group(plan, Subject.CARD, municipality)
    return (
        [card]
        if plan.expire_together
        else [_build_group(plan, Subject.CERTIFICATE, municipality), card]
    )


def _build_group(plan: Plan, subject: Subject, municipality: Municipality) -> EventGroup:
    expiry = plan.expiry_of(subject)
    days = compute_key_dates(expiry, municipality.grace_rule)
    task = _task_for(plan, subject)
    first_open_day = municipality.first_open_day(days.window.start, task)
    return EventGroup(
        subject=subject,
        term=plan.term,
        expire_together=plan.expire_together,
        leap_day_birth=plan.leap_day_birth,
        doubts=plan.doubts_of(subject),
        checks=tuple(check_days(plan, subject)),
        days=days,
        apply_by=apply_by(expiry, municipality.last_day_to_apply),
        first_open_day=first_open_day,
        last_open_day=municipality.last_open_day(expiry, task),
        card_expiry=plan.card_expiry,
        opens_on_closed_day=first_open_day != days.window.start,
        card_ends_in_grace=expiry < plan.card_expiry < days.grace_end,
        ends_under_next_rules=expiry > LAST_KNOWN_ISSUE,
    )


def _task_for(plan: Plan, subject: Subject) -> Task:
    """Return the task at a counter that renews ``subject``."""
    if subject is Subject.CERTIFICATE:
        return Task.CERTIFICATE
    return Task.STAY if plan.term is Term.STAY else Task.APPLY


def build_event_texts(plan: Plan, municipality: Municipality, catalog: Catalog) -> list[EventText]:
    """Return the texts of the milestones of ``plan``, in the plan's order."""
    return [
        text
        for group in build_event_groups(plan, municipality)
        for text in build_group_event_texts(group, municipality, catalog)
    ]


def build_group_event_texts(
    group: EventGroup, municipality: Municipality, catalog: Catalog
) -> list[EventText]:
    """Return the texts of the milestones of ``group``."""
    # Municipalities with the same text_source have the same texts, so they share cache entries.
    text_source, circumstances = municipality.text_source, group.circumstances
    days = catalog.format_params(date_params(group))
    doubts = "".join(f"{doubt_text(doubt, group.term, catalog)}\n" for doubt in group.doubts)
    texts = []
    for milestone in group_milestones(group):
        kind = milestone.kind
        title = catalog.text(title_key(group, kind))
        body = _build_body(circumstances, kind, text_source, catalog)
        texts.append(EventText(milestone, title, doubts, body, days))
    return texts


@lru_cache(maxsize=BODY_CACHE_SIZE)
def _build_body(
    circumstances: Circumstances, kind: MilestoneKind, municipality: Municipality, catalog: Catalog
) -> str:
    """Return the paragraphs of an event as a format string with placeholders for its days."""
    params = {
        **municipality_params(municipality, circumstances.variant, catalog),
        **placeholders(DATE_PARAMS),
    }
    keys = _paragraph_keys(circumstances, kind, municipality)
    paragraphs = [text for key in keys for text in local_texts(key, municipality, catalog, params)]
    return to_format_string("\n".join([*paragraphs, format_contact(municipality, catalog)]))


def group_milestones(group: EventGroup) -> tuple[Milestone, ...]:
    """Return the milestones of ``group``, then its check events (rule 20)."""
    checks = (Milestone(group.subject, MilestoneKind.CHECK, day, day) for day in group.checks)
    return (*milestones(group.subject, group.term, group.days), *checks)


def title_key(source: EventGroup | Circumstances, kind: MilestoneKind) -> str:
    """Return the key of an event's title."""
    variant = source.subject if kind is MilestoneKind.CHECK else source.variant
    return f"{variant}.{kind}.title"


def doubt_key(doubt: Doubt, term: Term) -> str:
    """Return the key of the sentence on ``doubt``. It ends in ``.other`` if it names a day."""
    subject = "stay" if term is Term.STAY and doubt.subject is Subject.CARD else doubt.subject
    return f"doubt.{subject}" if doubt.other is None else f"doubt.{subject}.other"


def doubt_text(doubt: Doubt, term: Term, catalog: Catalog) -> str:
    """Return the sentence with the reason for a doubt and the way to check the date."""
    params = {} if doubt.other is None else {"other": doubt.other}
    return catalog.text(doubt_key(doubt, term), params)


def date_params(group: EventGroup) -> dict[str, ParamValue]:
    """Return the dates that texts may mention, by their names in `DATE_PARAMS`."""
    days = (
        group.days.expiry,
        group.card_expiry,
        group.days.window.start,
        group.days.notice.start,
        group.days.notice.end,
        group.days.grace_end,
        end_of_month(group.days.grace_end),
        group.apply_by,
        group.first_open_day,
        group.last_open_day,
    )
    return dict(zip(DATE_PARAMS, days, strict=True))


CERTIFICATE_VISIT_KEYS = (
    "certificate.where",
    "certificate.bring",
    "certificate.proxy",
    "certificate.visit",
)
CARD_RENEWAL_KEYS = ("card.apply", "card.collect", "card.bring")
PARAGRAPH_KEYS: Mapping[tuple[str, MilestoneKind], tuple[str, ...]] = {
    ("certificate", MilestoneKind.WINDOW_OPENS): ("window.before_notice", *CERTIFICATE_VISIT_KEYS),
    ("certificate", MilestoneKind.NOTICE): ("notice.post", "notice.without", "notice.crossed"),
    ("certificate", MilestoneKind.EXPIRY): (
        "certificate.lapse",
        "expiry.last_open_day",
        "certificate.reissue",
        *CERTIFICATE_VISIT_KEYS,
    ),
    ("certificate", MilestoneKind.GRACE_ENDS): ("grace.eligibility", "grace.certificate"),
    ("card", MilestoneKind.WINDOW_OPENS): (
        "card.apply_by",
        "window.before_notice",
        *CARD_RENEWAL_KEYS,
    ),
    ("card", MilestoneKind.NOTICE): (
        "card.apply_by",
        "notice.post",
        "notice.without",
        "notice.crossed",
    ),
    ("card", MilestoneKind.EXPIRY): (
        "card.lapse",
        "expiry.last_open_day",
        "card.apply_by",
        *CARD_RENEWAL_KEYS,
        "card.ends_earlier",
    ),
    ("card", MilestoneKind.GRACE_ENDS): ("grace.eligibility", "grace.card"),
    ("stay", MilestoneKind.EXPIRY): (
        "stay.extend",
        "stay.pending",
        "stay.residence_card",
        "expiry.last_open_day",
        "stay.no_notice",
        "card.ends_earlier",
    ),
    ("stay", MilestoneKind.GRACE_ENDS): ("grace.eligibility", "grace.card"),
}
"""Keys of the paragraphs of each kind of event, after the first one and before the rules."""


def _paragraph_keys(
    circumstances: Circumstances, kind: MilestoneKind, municipality: Municipality
) -> Iterator[str]:
    """Yield the keys of an event's paragraphs: the task first, the rule behind the date last."""
    if kind is MilestoneKind.CHECK:
        yield f"check.{circumstances.subject}.text"
        return
    errand = errand_of(circumstances.variant)
    yield f"{circumstances.variant}.{kind}.text"
    if kind is MilestoneKind.WINDOW_OPENS and circumstances.opens_on_closed_day:
        yield "window.first_open_day"
    yield from PARAGRAPH_KEYS[errand, kind]
    if circumstances.card_ends_in_grace and kind in (
        MilestoneKind.EXPIRY,
        MilestoneKind.GRACE_ENDS,
    ):
        yield "grace.card_ends_first"
    yield from _rule_keys(circumstances, kind, municipality)
    yield f"after.{errand}"


def _rule_keys(
    circumstances: Circumstances, kind: MilestoneKind, municipality: Municipality
) -> Iterator[str]:
    is_certificate = circumstances.subject is Subject.CERTIFICATE
    yield "rule.certificate" if is_certificate else f"rule.{circumstances.term}"
    if kind is MilestoneKind.GRACE_ENDS:
        yield f"rule.grace.{municipality.grace_rule}"
    elif kind is not MilestoneKind.EXPIRY:
        yield f"rule.{kind}"
    if circumstances.leap_day_birth:
        yield "rule.leap_day"
    if circumstances.ends_under_next_rules:
        yield "rule.next_card"
