"""Computes the state of an event from its days and today, and describes it in words."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from calsvc.i18n.catalogs import Catalog
from calsvc.i18n.distance_texts import MAX_DAYS, format_distance
from calsvc.rules.dates import ONE_DAY
from calsvc.rules.milestones import Milestone, MilestoneKind


class EventState(StrEnum):
    """The relation of an event to today. Its texts are ``page.state.…`` in the catalogs."""

    AHEAD = "ahead"
    TOMORROW = "tomorrow"
    TODAY = "today"
    ONGOING = "under_way"
    OPEN = "open"
    PASSED = "passed"


@dataclass(frozen=True)
class EventStatus:
    """The state of an event.

    ``days``: from ``today`` until the event begins, or 0 if it has begun.
    """

    state: EventState
    days: int = 0
    today: date | None = field(default=None, compare=False)

    def text(self, catalog: Catalog) -> str:
        """Return the state in words."""
        if self.today is not None and self.days > MAX_DAYS:
            return format_distance(self.today + self.days * ONE_DAY, self.today, catalog)
        return catalog.text(f"page.state.{self.state}", {"days": self.days})


def event_status(milestone: Milestone, expiry: date, today: date) -> EventStatus:
    """Return the state of ``milestone`` on the day ``today``.

    ``expiry``: the last valid day of the card or certificate. A renewal window stays open until
    that day.
    """
    if today < milestone.start:
        return status_before(milestone.start, today)
    if milestone.kind is MilestoneKind.WINDOW_OPENS and today <= expiry:
        return EventStatus(EventState.OPEN)
    if today > milestone.end:
        return EventStatus(EventState.PASSED)
    return EventStatus(EventState.TODAY if milestone.start == milestone.end else EventState.ONGOING)


def status_before(day: date, today: date) -> EventStatus:
    """Return the state of a day that is not past."""
    left = day - today
    if not left:
        return EventStatus(EventState.TODAY)
    return EventStatus(
        EventState.TOMORROW if left == ONE_DAY else EventState.AHEAD, left.days, today
    )
