"""Describes a municipality: names, counters, phones, links, closed days, grace rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from calsvc.municipality.opening_days import ClosedDays, first_open_day, last_open_day
from calsvc.rules.milestones import GraceRule

DEFAULT_LANGUAGE = "ja"


@dataclass(frozen=True)
class Links:
    """Pages of the city and of the national My Number card site; all are https addresses."""

    certificate: str
    certificate_counters: str
    apply: str
    apply_at_counter: str
    collect: str
    foreign_residents: str


@dataclass(frozen=True)
class LocalText:
    """What a city says in one language; each a single line."""

    name: str
    certificate_counters: str
    certificate_visit: str
    card_counter: str
    office: str


@dataclass(frozen=True, eq=False)
class Municipality:
    """One city, as its file says.

    ``code``: six digits, the last of them a check digit (総務省, 全国地方公共団体コード).
    ``digest`` stands for that file's content, ``changed`` is when it changed: for a built-in city,
    with the release.
    """

    digest: bytes
    changed: datetime
    id: str
    code: str
    colour: str
    grace: GraceRule
    phone: str
    extension: str
    fax: str
    closed: ClosedDays
    links: Links
    texts: Mapping[str, LocalText]

    def text(self, language: str) -> LocalText:
        """The city's words in ``language``; in Japanese where its file has no such language."""
        return self.texts.get(language) or self.texts[DEFAULT_LANGUAGE]

    def last_open_day(self, day: date) -> date:
        """The last day on or before ``day`` on which the counters are open.

        Source: rule 11; a deadline on a closed day is not extended.
        """
        return last_open_day(self.closed, day)

    def first_open_day(self, day: date) -> date:
        """Returns the first day on or after ``day`` on which the counters are open (rule 22)."""
        return first_open_day(self.closed, day)
