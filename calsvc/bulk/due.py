"""Chooses to whom a run writes: by month of expiry, window or application, or those who are late.

Everybody is in one batch: that of a month, or `LAPSED`, whose letters say something else.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from calsvc.bulk.outcomes import Issued, Outcome
from calsvc.bulk.resident_message import Matter, matters
from calsvc.errors import CalsvcError
from calsvc.i18n.event_texts import EventGroup
from calsvc.municipality.model import Municipality
from calsvc.rules.plan import Plan
from calsvc.rules.standings import StandingState

LAPSED = "lapsed"
MONTH = "[0-9]{4}-(0[1-9]|1[0-2])"
MONTH_PATTERN = re.compile(MONTH)
MONTHS = re.compile(rf"(?P<first>{MONTH})(\.\.(?P<last>{MONTH}))?")


class Basis(StrEnum):
    """The date by which somebody is due."""

    EXPIRY = "expiry"
    WINDOW = "window"
    APPLY_BY = "apply-by"


class BadMonthsError(CalsvcError):
    """Months that cannot be read, or whose end lies before their beginning."""


@dataclass(frozen=True)
class Selection:
    """``first`` and ``last``: months such as 2027-04, both included, or ''.

    ``lapsed``: those who are late, too; without months they alone. ``by_month``: files of one batch
    each. ``letters_without_email``: no letter to those with an e-mail address.
    ``by_postcode``: letters in the order of postal codes.
    """

    first: str = ""
    last: str = ""
    basis: Basis = Basis.EXPIRY
    lapsed: bool = False
    by_month: bool = False
    letters_without_email: bool = False
    by_postcode: bool = False

    @property
    def is_of_all(self) -> bool:
        """Returns whether nobody is left out."""
        return not self.first and not self.lapsed

    @property
    def is_ordered(self) -> bool:
        """Returns whether letters come in another order than that of the table."""
        return self.by_month or self.by_postcode


EVERYBODY = Selection()


def read_months(texts: Iterable[str], selection: Selection = EVERYBODY) -> Selection:
    """Returns ``selection`` with ``2027-04..2027-06`` or ``lapsed``. Raises `BadMonthsError`."""
    changed = dict(vars(selection))
    for text in texts:
        if text == LAPSED:
            changed["lapsed"] = True
            continue
        found = MONTHS.fullmatch(text)
        if not found or (found["last"] or found["first"]) < found["first"] or changed["first"]:
            raise BadMonthsError(text)
        changed |= {"first": found["first"], "last": found["last"] or found["first"]}
    return Selection(**changed)


class Due(NamedTuple):
    """``kind``: the variant of a group. ``month``: such as 2027-04."""

    kind: str
    month: str
    is_lapsed: bool


def due(plan: Plan, city: Municipality, basis: Basis, today: date) -> list[Due]:
    """Returns what is due of a plan; nothing that may have been renewed already."""
    found = matters(plan, city, today)
    sure = [each for each in found if each.standing.state is not StandingState.UNSURE] or found[-1:]
    return [
        Due(each.group.variant, f"{_day(each, basis):%Y-%m}", _is_lapsed(each, today))
        for each in sure
    ]


def _is_lapsed(matter: Matter, today: date) -> bool:
    return matter.group.days.expiry < today


def _day(matter: Matter, basis: Basis) -> date:
    if basis is Basis.WINDOW:
        return matter.group.days.window.start
    return matter.group.apply_by if basis is Basis.APPLY_BY else matter.group.days.expiry


def batch(issued: Issued, selection: Selection, today: date) -> str:
    """Returns the month that a resident is written to for, `LAPSED`, or '' for not at all."""
    found = due(issued.plan, issued.city, selection.basis, today)
    is_late = any(each.is_lapsed for each in found)
    ahead = sorted(each.month for each in found if not each.is_lapsed)
    if selection.first:
        ahead = [each for each in ahead if selection.first <= each <= selection.last]
    if is_late and (selection.lapsed or selection.is_of_all or (selection.first and ahead)):
        return LAPSED
    if selection.lapsed and not selection.first:
        return ""
    return ahead[0] if ahead else ""


@dataclass
class Stock:
    """Counts of what is due. ``months``: by basis, month and kind; ``lapsed``: by kind.

    ``openings`` and ``deadlines``: on how many cards a window opens, or can last be renewed, by
    open day.
    """

    months: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    lapsed: Counter[str] = field(default_factory=Counter)
    openings: Counter[date] = field(default_factory=Counter)
    deadlines: Counter[date] = field(default_factory=Counter)

    def by_month(self, basis: Basis) -> Iterator[tuple[str, Sequence[int]]]:
        """Yield each month and its counts, in the order of `KINDS`."""
        for month in sorted({month for found, month, _ in self.months if found == basis}):
            yield month, [self.months[basis.value, month, kind] for kind in KINDS]

    def forecast(self) -> Iterator[tuple[date, int, int]]:
        """Yield each open day with how many windows open and how many days end on it."""
        for day in sorted(self.openings.keys() | self.deadlines.keys()):
            yield day, self.openings[day], self.deadlines[day]


class StockTaking:
    """Counts how many residents have each plan: there are far fewer plans than residents."""

    def __init__(self, today: date) -> None:
        """``today``: the day that decides what is past."""
        self._today = today
        self._plans: Counter[tuple[Plan, str]] = Counter()
        self._cities: dict[str, Municipality] = {}

    def add(self, outcomes: Iterable[Outcome]) -> None:
        """Count the plans of ``outcomes``."""
        for outcome in outcomes:
            if issued := outcome.issued:
                self._cities[issued.city.code] = issued.city
                self._plans[issued.plan, issued.city.code] += 1

    def stock(self) -> Stock:
        """Returns what is due of all that were counted."""
        stock = Stock()
        for (plan, code), number in self._plans.items():
            self._add(stock, plan, self._cities[code], number)
        return stock

    def _add(self, stock: Stock, plan: Plan, city: Municipality, number: int) -> None:
        for basis in Basis:
            for each in due(plan, city, basis, self._today):
                if not each.is_lapsed:
                    stock.months[basis.value, each.month, each.kind] += number
                elif basis is Basis.EXPIRY:
                    stock.lapsed[each.kind] += number
        for matter in matters(plan, city, self._today):
            self._forecast(stock, matter.group, number)

    def _forecast(self, stock: Stock, group: EventGroup, number: int) -> None:
        if group.variant == "stay":  # it is extended, not renewed
            return
        if group.first_open_day >= self._today:
            stock.openings[group.first_open_day] += number
        if group.last_open_day >= self._today:
            stock.deadlines[group.last_open_day] += number


KINDS = ("certificate", "card", "both", "stay")
