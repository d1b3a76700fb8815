"""Where the lines and bars of a timeline stand. Lengths are units of the picture, not pixels."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from calsvc.rules.card import Subject
from calsvc.rules.dates import DateRange, months_after
from calsvc.rules.milestones import GraceRule, Kind, Milestone
from calsvc.rules.plan import Plan, plan_milestones

WIDTH = 330
EDGE = 6
"""Left free on either side."""
NEAR_EDGE = 20
"""Half a label of the axis."""
TOP, ROW_HEIGHT, AXIS_HEIGHT = 30, 78, 26
CEILING, FLOOR_HEIGHT = 24, 24
"""Ticks reach from the one to the other."""
BREATHING = 0.04
"""Part of the time shown that is added before its first day and after its last."""
NARROWEST_BAR = 5
MONTHS_OF_A_YEAR = 12
STEPS = {1: 66, 3: 66, 6: 66, 12: 44, 24: 44, 60: 44}
"""Months between two ticks, and the least space that labels at such a distance need."""
ANCHORS = ("start", "middle", "end")


class Tick(NamedTuple):
    """A mark on the axis, and which end of its label hangs on it."""

    x: float
    label: str
    anchor: str


class Bar(NamedTuple):
    """A run of days."""

    x: float
    width: float


class Spot(NamedTuple):
    """A day, and which end of a label hangs on it so that the label stays inside the picture."""

    day: date
    x: float
    anchor: str


class Row(NamedTuple):
    """What expires: when it can be renewed, its expiry, how long it then serves for insurance."""

    subject: Subject
    y: int
    window: Bar | None
    expiry: Spot
    grace: Bar


class Timeline(NamedTuple):
    """A picture of a plan."""

    today: Spot
    ticks: tuple[Tick, ...]
    rows: tuple[Row, ...]
    height: int
    width: int = WIDTH

    @property
    def floor(self) -> int:
        """Returns the height at which the axis lies."""
        return self.height - FLOOR_HEIGHT

    @property
    def marks(self) -> str:
        """Returns the SVG path of all ticks."""
        return "".join(f"M{tick.x} {CEILING}V{self.floor}" for tick in self.ticks)

    @property
    def subject_x(self) -> float:
        """Where the names of the rows begin: at the left, but not across the line of today."""
        return self.today.x + EDGE if self.today.x < WIDTH / 2 else EDGE


class Scale:
    """From days to places in the picture."""

    def __init__(self, shown: DateRange) -> None:
        """``shown``: all days that must have a place."""
        days = (shown.end - shown.start).days
        self._origin = shown.start.toordinal() - days * BREATHING
        self._unit = (WIDTH - 2 * EDGE) / (days * (1 + 2 * BREATHING))

    def x(self, day: date) -> float:
        """The place of ``day``."""
        return round(EDGE + (day.toordinal() - self._origin) * self._unit, 1)

    def spot(self, day: date) -> Spot:
        """The place of ``day`` with its label."""
        x = self.x(day)
        third = min(int(x * len(ANCHORS) / WIDTH), len(ANCHORS) - 1)
        return Spot(day, x, ANCHORS[third])

    def bar(self, start: date, end: date) -> Bar:
        """The run of days from ``start`` to ``end``, wide enough to be seen."""
        x = self.x(start)
        return Bar(x, max(round(self.x(end) - x, 1), NARROWEST_BAR))


def timeline(plan: Plan, grace: GraceRule, today: date) -> Timeline:
    """The picture of ``plan`` with ``today`` marked."""
    milestones = plan_milestones(plan, grace)
    shown = DateRange(
        min(today, *(each.start for each in milestones)),
        max(today, *(each.end for each in milestones)),
    )
    scale = Scale(shown)
    rows = tuple(_rows(milestones, scale))
    return Timeline(
        today=scale.spot(today),
        ticks=tuple(_ticks(shown, scale)),
        rows=rows,
        height=TOP + ROW_HEIGHT * len(rows) + AXIS_HEIGHT,
    )


def _rows(milestones: Sequence[Milestone], scale: Scale) -> Iterator[Row]:
    for place, subject in enumerate(dict.fromkeys(each.subject for each in milestones)):
        days = {each.kind: each.start for each in milestones if each.subject is subject}
        expiry, opens = days[Kind.EXPIRY], days.get(Kind.WINDOW_OPENS)
        yield Row(
            subject=subject,
            y=TOP + ROW_HEIGHT * place,
            window=scale.bar(opens, expiry) if opens else None,
            expiry=scale.spot(expiry),
            grace=scale.bar(expiry, days[Kind.GRACE_ENDS]),
        )


def _ticks(shown: DateRange, scale: Scale) -> Iterator[Tick]:
    """As many marks as have room for their labels: months, or the beginnings of years."""
    first = date(shown.start.year, 1, 1)
    step = _step(scale, first)
    form = "%Y" if step >= MONTHS_OF_A_YEAR else "%Y/%m"
    months = (shown.end.year - first.year + 1) * MONTHS_OF_A_YEAR
    for day in (months_after(first, each) for each in range(0, months, step)):
        if day in shown:
            x = scale.x(day)
            yield Tick(x, day.strftime(form), _anchor_of_tick(x))


def _anchor_of_tick(x: float) -> str:
    if NEAR_EDGE <= x <= WIDTH - NEAR_EDGE:
        return "middle"
    return "start" if x < NEAR_EDGE else "end"


def _step(scale: Scale, first: date) -> int:
    fitting = (
        step
        for step, space in STEPS.items()
        if scale.x(months_after(first, step)) - scale.x(first) >= space
    )
    return next(fitting, max(STEPS))
