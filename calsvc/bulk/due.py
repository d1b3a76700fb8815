"""Selects the residents who get letters and messages, by the month in which they are due.

Each resident belongs to one batch: a month, or `LAPSED`. Letters to the latter have another text.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from calsvc.bulk.outcomes import IssuedLink, Outcome
from calsvc.bulk.resident_message import MessageTopic, find_topics
from calsvc.errors import CalsvcError
from calsvc.i18n.event_texts import EventGroup
from calsvc.municipality.model import Municipality
from calsvc.rules.plan import Plan
from calsvc.rules.standings import StandingState

LAPSED = "lapsed"
MONTH_REGEX = "[0-9]{4}-(0[1-9]|1[0-2])"
MONTH_PATTERN = re.compile(MONTH_REGEX)
MONTH_RANGE_PATTERN = re.compile(rf"(?P<first>{MONTH_REGEX})(\.\.(?P<last>{MONTH_REGEX}))?")


class Basis(StrEnum):
    """The date that decides in which month a resident is due."""

    EXPIRY = "expiry"
    WINDOW = "window"
    APPLY_BY = "apply-by"


class InvalidMonthsError(CalsvcError):
    """Months that cannot be read, or that end before they begin."""


@dataclass(frozen=True)
class Selection:
    """The residents to whom a run writes, and the order of the letters.

    ``first`` and ``last``: months such as 2027-04, both included, or ''. ``lapsed``: also select
    residents whose card or certificate has expired; without months, only them.
    ``by_month``: make separate files for each batch. ``by_postcode``: sort letters by postal code.
    ``letters_without_email``: make no letter for a resident with an e-mail address.
    """

    first: str = ""
    last: str = ""
    basis: Basis = Basis.EXPIRY
    lapsed: bool = False
    by_month: bool = False
    letters_without_email: bool = False
    by_postcode: bool = False

    @property
    def selects_all(self) -> bool:
        """True if all residents are selected."""
        return not self.first and not self.lapsed

    @property
    def is_ordered(self) -> bool:
        """True if letters are not in the order of the table."""
        return self.by_month or self.by_postcode


ALL_RESIDENTS = Selection()


def parse_months(texts: Iterable[str], selection: Selection = ALL_RESIDENTS) -> Selection:
    """Return ``selection`` limited to ``2027-04..2027-06`` or ``lapsed``.

    Raises `InvalidMonthsError`, also for a second range.
    """
    changed = dict(vars(selection))
    for text in texts:
        if text == LAPSED:
            changed["lapsed"] = True
            continue
        match = MONTH_RANGE_PATTERN.fullmatch(text)
        if not match or (match["last"] or match["first"]) < match["first"] or changed["first"]:
            raise InvalidMonthsError(text)
        changed |= {"first": match["first"], "last": match["last"] or match["first"]}
    return Selection(**changed)


class DueItem(NamedTuple):
    """One expiry of a plan. ``kind``: the variant of a group. ``month``: such as 2027-04."""

    kind: str
    month: str
    is_lapsed: bool


def find_due(plan: Plan, municipality: Municipality, basis: Basis, today: date) -> list[DueItem]:
    """Return the due expiries of a plan. Skip a certificate that may have been renewed."""
    topics = find_topics(plan, municipality, today)
    sure = [each for each in topics if each.standing.state is not StandingState.UNSURE]
    sure = sure or topics[-1:]
    return [
        DueItem(each.group.variant, f"{_due_day(each, basis):%Y-%m}", _is_lapsed(each, today))
        for each in sure
    ]


def _is_lapsed(topic: MessageTopic, today: date) -> bool:
    return topic.group.days.expiry < today


def _due_day(topic: MessageTopic, basis: Basis) -> date:
    if basis is Basis.WINDOW:
        return topic.group.days.window.start
    return topic.group.apply_by if basis is Basis.APPLY_BY else topic.group.days.expiry


def find_batch(issued: IssuedLink, selection: Selection, today: date) -> str:
    """Return the batch of a resident: a month, `LAPSED`, or '' if not selected."""
    items = find_due(issued.plan, issued.municipality, selection.basis, today)
    has_lapsed = any(each.is_lapsed for each in items)
    ahead = sorted(each.month for each in items if not each.is_lapsed)
    if selection.first:
        ahead = [each for each in ahead if selection.first <= each <= selection.last]
    if has_lapsed and (selection.lapsed or selection.selects_all or (selection.first and ahead)):
        return LAPSED
    if selection.lapsed and not selection.first:
        return ""
    return ahead[0] if ahead else ""


@dataclass
class DueCounts:
    """Numbers of cards and certificates that are due.

    ``months``: by basis, month and kind. ``lapsed``: expired ones by kind.
    ``openings``: renewal windows by the first open day. ``deadlines``: by the last open day.
    """

    months: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    lapsed: Counter[str] = field(default_factory=Counter)
    openings: Counter[date] = field(default_factory=Counter)
    deadlines: Counter[date] = field(default_factory=Counter)

    def by_month(self, basis: Basis) -> Iterator[tuple[str, Sequence[int]]]:
        """Yield each month and its counts, in the order of `EXPIRY_KINDS`."""
        for month in sorted({month for name, month, _ in self.months if name == basis}):
            yield month, [self.months[basis.value, month, kind] for kind in EXPIRY_KINDS]

    def forecast(self) -> Iterator[tuple[date, int, int]]:
        """Yield each open day with the numbers of windows that open and end on it."""
        for day in sorted(self.openings.keys() | self.deadlines.keys()):
            yield day, self.openings[day], self.deadlines[day]


class DueCounter:
    """Counts the residents of each plan, because there are far fewer plans than residents."""

    def __init__(self, today: date) -> None:
        """``today``: the day that decides which expiries are past."""
        self._today = today
        self._plans: Counter[tuple[Plan, str]] = Counter()
        self._municipalities: dict[str, Municipality] = {}

    def add(self, outcomes: Iterable[Outcome]) -> None:
        """Count the plans of ``outcomes``."""
        for outcome in outcomes:
            if issued := outcome.issued:
                self._municipalities[issued.municipality.code] = issued.municipality
                self._plans[issued.plan, issued.municipality.code] += 1

    def result(self) -> DueCounts:
        """Return the numbers for all residents that were added."""
        counts = DueCounts()
        for (plan, code), number in self._plans.items():
            self._add(counts, plan, self._municipalities[code], number)
        return counts

    def _add(self, counts: DueCounts, plan: Plan, municipality: Municipality, number: int) -> None:
        for basis in Basis:
            for item in find_due(plan, municipality, basis, self._today):
                if not item.is_lapsed:
                    counts.months[basis.value, item.month, item.kind] += number
                elif basis is Basis.EXPIRY:
                    counts.lapsed[item.kind] += number
        for topic in find_topics(plan, municipality, self._today):
            self._add_to_forecast(counts, topic.group, number)

    def _add_to_forecast(self, counts: DueCounts, group: EventGroup, number: int) -> None:
        if group.variant == "stay":  # A card with the stay is extended and has no window.
            return
        if group.first_open_day >= self._today:
            counts.openings[group.first_open_day] += number
        if group.last_open_day >= self._today:
            counts.deadlines[group.last_open_day] += number


EXPIRY_KINDS = ("certificate", "card", "both", "stay")
