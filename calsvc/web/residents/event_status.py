"""How the days of an event stand to today, in words."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from calsvc.i18n.catalogs import Catalog
from calsvc.i18n.distance_texts import MAX_DAYS, distance
from calsvc.rules.dates import ONE_DAY
from calsvc.rules.milestones import Kind, Milestone


class State(StrEnum):
    """What an event is to today; said by ``page.state.…`` in the catalogs."""

    AHEAD = "ahead"
    TOMORROW = "tomorrow"
    TODAY = "today"
    UNDER_WAY = "under_way"
    OPEN = "open"
    PASSED = "passed"


@dataclass(frozen=True)
class Standing:
    """``days``: how many are left until the event begins; 0 from then on. ``today``: from when."""

    state: State
    days: int = 0
    today: date | None = field(default=None, compare=False)

    def said(self, catalog: Catalog) -> str:
        """In words."""
        if self.today is not None and self.days > MAX_DAYS:
            return distance(self.today + self.days * ONE_DAY, self.today, catalog)
        return catalog.text(f"page.state.{self.state}", {"days": self.days})


def standing(milestone: Milestone, expiry: date, today: date) -> Standing:
    """How ``milestone`` stands on the day ``today``.

    ``expiry``: when that expires which it speaks of; a renewal window, once open, stays so until
    then.
    """
    if today < milestone.start:
        return until(milestone.start, today)
    if milestone.kind is Kind.WINDOW_OPENS and today <= expiry:
        return Standing(State.OPEN)
    if today > milestone.end:
        return Standing(State.PASSED)
    return Standing(State.TODAY if milestone.start == milestone.end else State.UNDER_WAY)


def until(day: date, today: date) -> Standing:
    """How a day that is not past stands to ``today``."""
    left = day - today
    if not left:
        return Standing(State.TODAY)
    return Standing(State.TOMORROW if left == ONE_DAY else State.AHEAD, left.days, today)
