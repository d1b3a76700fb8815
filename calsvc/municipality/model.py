"""Defines a municipality: its names, counters, phones, web pages, open days and grace rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property

from calsvc.municipality.code_list import NATIONAL
from calsvc.municipality.counters import Answer, Counter, Phone, PhoneKind, RequiredItem, Task
from calsvc.municipality.opening_days import OpenDays
from calsvc.rules.milestones import GraceRule

JAPANESE = "ja"
MAX_DAYS_FRESH = 366
"""Days after which the facts that a person checked may be outdated."""


class Price(StrEnum):
    """The price of a `PricedItem`, as far as a source states it."""

    FREE = "free"
    CHARGED = "charged"
    UNKNOWN = "unknown"


class PricedItem(StrEnum):
    """An item that may have a price: certificate, renewed card, new card after a lapsed stay."""

    CERTIFICATE = "certificate"
    CARD = "card"
    LAPSED_STAY = "lapsed-stay"


class CollectionPlace(StrEnum):
    """The place at which a new card is collected: named by the notice, or a fixed counter."""

    AS_NOTICE = "as-notice"
    COUNTERS = "counters"
    DISTRICT = "district"


@dataclass(frozen=True)
class Source:
    """A web page that is the source of facts. ``dated``: the date on the page, if it has one."""

    page: str
    title: str = ""
    dated: date | None = None


@dataclass(frozen=True, eq=False)
class Municipality:
    """A municipality or a ward, or all of Japan with the code `NATIONAL`.

    ``names``: by language, always in Japanese. ``counters``: without the office that every
    municipality has. ``post_offices``: by task. ``page_urls``: http or https, by purpose and
    language. ``checked_on``: the day on which a person checked the facts. ``digest``: a hash of its
    profiles. ``modified_at``: the last change of an administrator's file. ``national``: the facts
    of all of Japan, None for these themselves.
    """

    code: str
    prefecture: str
    names: Mapping[str, str]
    home_page: str
    colour: str
    grace_rule: GraceRule
    phones: tuple[Phone, ...]
    counters: tuple[Counter, ...]
    collect: CollectionPlace
    collect_key_in_notice: bool
    bring: tuple[RequiredItem, ...]
    post_offices: Mapping[Task, Answer]
    prices: Mapping[PricedItem, Price]
    page_urls: Mapping[str, Mapping[str, str]]
    notes: Mapping[str, str]
    open_days: Mapping[Task, OpenDays]
    sources: tuple[Source, ...]
    checked_on: date | None
    digest: bytes
    modified_at: datetime
    national: "Municipality | None" = None

    @property
    def has_profile(self) -> bool:
        """True if it has facts of its own."""
        return bool(self.counters or self.own_phones)

    @cached_property
    def text_source(self) -> "Municipality":
        """The municipality whose facts the texts of events use: itself, or all of Japan.

        So all municipalities without a profile share cached texts and feeds.
        """
        return self if self.national is None or self.has_profile else self.national

    @property
    def is_national(self) -> bool:
        """True if it is all of Japan."""
        return self.code == NATIONAL

    @cached_property
    def own_phones(self) -> tuple[Phone, ...]:
        """The phones without those for all of Japan."""
        return tuple(each for each in self.phones if each.kind is not PhoneKind.NATIONAL)

    def is_outdated(self, today: date) -> bool:
        """Return True if its facts were checked more than a year before ``today``."""
        return self.checked_on is not None and (today - self.checked_on).days > MAX_DAYS_FRESH

    def counters_for(self, task: Task) -> tuple[Counter, ...]:
        """Return the counters for ``task``, or () if the profile does not state them."""
        return tuple(each for each in self.counters if task in each.tasks)

    def page_url(self, purpose: str, language: str) -> str:
        """Return the URL of the page for ``purpose`` in ``language``, else in Japanese, else ''."""
        urls = self.page_urls.get(purpose, {})
        return urls.get(language) or urls.get(JAPANESE, "")

    def last_open_day(self, day: date, task: Task) -> date:
        """Return the last day on or before ``day`` on which a counter for ``task`` is open.

        Source: rule 11. A deadline on a closed day is not extended.
        """
        return self.open_days[task].last_on_or_before(day)

    def last_day_to_apply(self, day: date) -> date:
        """Return the last day on or before ``day`` on which a counter accepts applications."""
        return self.last_open_day(day, Task.APPLY)

    def first_open_day(self, day: date, task: Task) -> date:
        """Return the first day on or after ``day`` on which a counter for ``task`` is open.

        Source: rule 22.
        """
        return self.open_days[task].first_on_or_after(day)
