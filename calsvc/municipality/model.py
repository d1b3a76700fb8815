"""Describes a municipality: its names, counters, phones, links, opening days, grace rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property

from calsvc.municipality.code_list import NATIONAL
from calsvc.municipality.counters import Answer, Brought, Counter, Phone, PhoneKind, Task
from calsvc.municipality.opening_days import OpenDays
from calsvc.rules.milestones import GraceRule

JAPANESE = "ja"
MAX_DAYS_FRESH = 366
"""Facts that a person checked longer ago may have changed."""


class Price(StrEnum):
    """What something costs, as far as a source says."""

    FREE = "free"
    CHARGED = "charged"
    UNKNOWN = "unknown"


class Service(StrEnum):
    """What may cost something: certificate, renewal of the card, a new card after a lapsed stay."""

    CERTIFICATE = "certificate"
    CARD = "card"
    LAPSED_STAY = "lapsed-stay"


class Collect(StrEnum):
    """Where a new card is collected: where the notice says, or at the counters that hand it out."""

    AS_NOTICE = "as-notice"
    COUNTERS = "counters"
    DISTRICT = "district"


@dataclass(frozen=True)
class Source:
    """A page that facts were taken from, and the day that it bears, if any."""

    page: str
    title: str = ""
    dated: date | None = None


@dataclass(frozen=True, eq=False)
class Municipality:
    """A municipality or a ward, as its profile says, or `NATIONAL` for none in particular.

    ``names``: by language; Japanese is there. ``counters``: its own alone. ``post_offices``: by
    task. ``links``: by purpose, https or http. ``digest`` stands for the content of its profile,
    ``changed`` is when it changed. ``voice``: the profile whose words it speaks with in events.
    """

    code: str
    prefecture: str
    names: Mapping[str, str]
    home: str
    colour: str
    grace: GraceRule
    phones: tuple[Phone, ...]
    counters: tuple[Counter, ...]
    collect: Collect
    collect_key_in_notice: bool
    bring: tuple[Brought, ...]
    post_offices: Mapping[Task, Answer]
    prices: Mapping[Service, Price]
    links: Mapping[str, Mapping[str, str]]
    notes: Mapping[str, str]
    open_days: Mapping[Task, OpenDays]
    sources: tuple[Source, ...]
    checked: date | None
    digest: bytes
    changed: datetime
    national: "Municipality | None" = None

    @property
    def has_profile(self) -> bool:
        """Returns whether there are facts of its own."""
        return bool(self.counters or self.own_phones)

    @cached_property
    def voice(self) -> "Municipality":
        """The profile whose words its events use: its own, or the national one that it shares.

        So feeds of all municipalities without a profile share what was built once.
        """
        return self if self.national is None or self.has_profile else self.national

    @property
    def is_national(self) -> bool:
        """Returns whether it stands for no municipality in particular."""
        return self.code == NATIONAL

    @cached_property
    def own_phones(self) -> tuple[Phone, ...]:
        """The phones that are not those for all of Japan."""
        return tuple(each for each in self.phones if each.kind is not PhoneKind.NATIONAL)

    def is_old(self, today: date) -> bool:
        """Return whether its facts were checked more than a year before ``today``."""
        return self.checked is not None and (today - self.checked).days > MAX_DAYS_FRESH

    def counters_for(self, task: Task) -> tuple[Counter, ...]:
        """Return the counters that are known to do ``task``; none if the profile does not say."""
        return tuple(each for each in self.counters if task in each.tasks)

    def link(self, purpose: str, language: str) -> str:
        """Return the page for ``purpose``, in Japanese if it has none in ``language``, or ''."""
        found = self.links.get(purpose, {})
        return found.get(language) or found.get(JAPANESE, "")

    def last_open_day(self, day: date, task: Task) -> date:
        """Return the last day on or before ``day`` on which some counter does ``task``.

        Source: rule 11; a deadline on a closed day is not extended.
        """
        return self.open_days[task].last_until(day)

    def last_day_to_apply(self, day: date) -> date:
        """Return the last day on or before ``day`` on which a counter takes applications."""
        return self.last_open_day(day, Task.APPLY)

    def first_open_day(self, day: date, task: Task) -> date:
        """Return the first day on or after ``day`` on which some counter does ``task``.

        Source: rule 22.
        """
        return self.open_days[task].first_from(day)
