"""What each event says, in each language, from the catalogs in ``locale/`` and the city's facts."""

import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from babel.messages.pofile import read_po

from calsvc.dates import end_of_month
from calsvc.errors import CalsvcError, Fact, Problem
from calsvc.municipality import Municipality
from calsvc.rules import (
    Caution,
    Doubt,
    Kind,
    Milestone,
    Plan,
    Subject,
    Term,
    grace_end,
    notice_period,
    renewal_window,
)

LANGUAGES = ("ja", "en")
DEFAULT_LANGUAGE = "ja"

CARD, CERTIFICATE = Subject.CARD, Subject.CERTIFICATE
OF_CERTIFICATE = {Doubt.CERTIFICATE_UNCERTAIN, Doubt.CERTIFICATE_NOT_BIRTHDAY}


class MissingTextError(CalsvcError):
    """A catalog lacks a text, or a text asks for a fact that is not there."""


class Catalog:
    """The texts of one language, by key."""

    def __init__(self, language: str, messages: Mapping[str, str]) -> None:
        """``messages``: key to text, with placeholders such as ``{expiry}``."""
        self.language = language
        self.messages = messages
        self._weekdays = messages["date.weekdays"].split()
        self._date = messages["date.format"]

    def text(self, key: str, facts: Mapping[str, Fact] | None = None) -> str:
        """The text ``key`` with ``facts`` filled in, dates in words.

        Raises `MissingTextError`: nothing falls back to another language in silence.
        """
        try:
            text = self.messages[key]
            return text.format_map({name: self._word(fact) for name, fact in (facts or {}).items()})
        except (KeyError, IndexError) as error:
            raise MissingTextError(f"{self.language}: {key}: {error}") from error

    def day(self, day: date) -> str:
        """A date with its weekday, equally many characters and bytes for every date of a language.

        So the folding of a feed stays right when other dates are filled in.
        """
        weekday = self._weekdays[day.weekday()]
        return self._date.format(year=day.year, month=day.month, day=day.day, weekday=weekday)

    def problem(self, problem: Problem) -> str:
        """What is wrong with a field, and what is expected instead."""
        return self.text(f"error.{problem.key}", problem.facts)

    def caution(self, caution: Caution) -> str:
        """A doubt in words, and how to settle it."""
        facts = {} if caution.other is None else {"other": caution.other}
        return self.text(f"caution.{caution.code}", facts)

    def _word(self, fact: Fact) -> str:
        return self.day(fact) if isinstance(fact, date) else str(fact)


@cache
def catalog(language: str) -> Catalog:
    """The catalog of ``language``, one of `LANGUAGES`."""
    with (files("calsvc") / "locale" / f"{language}.po").open("rb") as file:
        messages = read_po(file, abort_invalid=True)
    return Catalog(language, {str(each.id): str(each.string) for each in messages if each.id})


def placeholders(text: str) -> set[str]:
    """The names of the facts that ``text`` asks for."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@dataclass(frozen=True)
class EventText:
    """A milestone in words. ``location`` and ``url`` are empty where there is no place to go."""

    milestone: Milestone
    title: str
    description: str
    location: str
    url: str


def events(plan: Plan, city: Municipality, words: Catalog) -> list[EventText]:
    """The milestones of ``plan`` in words, in the plan's order."""
    return [_event(plan, milestone, city, words) for milestone in plan.milestones]


def _event(plan: Plan, milestone: Milestone, city: Municipality, words: Catalog) -> EventText:
    facts = _facts(plan, milestone, city, words.language)
    variant = _variant(plan, milestone.subject)
    cautions = [words.caution(each) for each in cautions_of(plan, milestone.subject)]
    paragraphs = [words.text(key, facts) for key in _paragraphs(plan, milestone, city)]
    location, url = _place(variant, milestone.kind, city, words.language)
    return EventText(
        milestone=milestone,
        title=words.text(f"{variant}.{milestone.kind}.title", facts),
        description="\n".join(cautions + paragraphs),
        location=location,
        url=url,
    )


def cautions_of(plan: Plan, subject: Subject) -> list[Caution]:
    """The cautions that bear on the dates of ``subject``."""
    if plan.together:
        return list(plan.cautions)
    return [
        each for each in plan.cautions if (each.code in OF_CERTIFICATE) is (subject is CERTIFICATE)
    ]


def _variant(plan: Plan, subject: Subject) -> str:
    """Which of the catalogs' wordings speaks of ``subject`` in ``plan``."""
    if subject is CERTIFICATE:
        return "certificate"
    if plan.term is Term.STAY:
        return "stay"
    return "both" if plan.together else "card"


def _facts(plan: Plan, milestone: Milestone, city: Municipality, language: str) -> dict[str, Fact]:
    expiry = plan.certificate_expiry if milestone.subject is CERTIFICATE else plan.card_expiry
    notice = notice_period(expiry)
    last = grace_end(expiry, city.grace)
    local = city.text(language)
    return {
        "expiry": expiry,
        "card_expiry": plan.card_expiry,
        "opens": renewal_window(expiry).start,
        "notice_start": notice.start,
        "notice_end": notice.end,
        "grace_end": last,
        "month_end": end_of_month(last),
        "last_open_day": city.last_open_day(expiry),
        "city": local.name,
        "certificate_counters": local.certificate_counters,
        "certificate_visit": local.certificate_visit,
        "card_counter": local.card_counter,
        "office": local.office,
        "phone": city.phone,
        "extension": city.extension,
        "fax": city.fax,
        "link_counters": city.links.certificate_counters,
        "link_apply": city.links.apply,
        "link_apply_at_counter": city.links.apply_at_counter,
        "link_collect": city.links.collect,
        "link_foreign_residents": city.links.foreign_residents,
    }


CERTIFICATE_VISIT = ("certificate.where", "certificate.bring", "certificate.visit")
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
    ("card", Kind.WINDOW_OPENS): ("window.before_notice", *CARD_RENEWAL),
    ("card", Kind.NOTICE): ("notice.post", "notice.without", "notice.crossed"),
    ("card", Kind.EXPIRY): ("card.lapse", "expiry.last_open_day", *CARD_RENEWAL),
    ("card", Kind.GRACE_ENDS): ("grace.eligibility", "grace.card"),
    ("stay", Kind.EXPIRY): ("stay.extend", "expiry.last_open_day", "stay.no_notice"),
    ("stay", Kind.GRACE_ENDS): ("grace.eligibility", "grace.card"),
}


def _paragraphs(plan: Plan, milestone: Milestone, city: Municipality) -> Iterator[str]:
    """The keys of an event's paragraphs: what to do, the rule behind the date, whom to call."""
    variant = _variant(plan, milestone.subject)
    yield f"{variant}.{milestone.kind}.text"
    yield from BODIES["card" if variant == "both" else variant, milestone.kind]
    yield from _rule(plan, milestone, city)
    yield f"after.{'card' if variant == 'both' else variant}"
    yield from _contact(city)


def _rule(plan: Plan, milestone: Milestone, city: Municipality) -> Iterator[str]:
    yield "rule.certificate" if milestone.subject is CERTIFICATE else f"rule.{plan.term}"
    if milestone.kind is Kind.GRACE_ENDS:
        yield f"rule.grace.{city.grace}"
    elif milestone.kind is not Kind.EXPIRY:
        yield f"rule.{milestone.kind}"
    if plan.leap_day_birth:
        yield "rule.leap_day"


def _contact(city: Municipality) -> Iterator[str]:
    yield "contact.extension" if city.extension else "contact"
    if city.fax:
        yield "contact.fax"


def _place(variant: str, kind: Kind, city: Municipality, language: str) -> tuple[str, str]:
    """Where to go, and the page to read; nowhere while waiting for a letter."""
    if kind is Kind.NOTICE:
        return "", city.links.certificate
    if variant == "certificate":
        return city.text(language).certificate_counters, city.links.certificate
    if variant == "stay":
        return city.text(language).card_counter, city.links.foreign_residents
    return city.text(language).card_counter, city.links.apply_at_counter
