"""Computes the positions of a timeline. Lengths are units of the picture, not pixels.

The months around the next deadline are large. All years are a strip below, with a frame around
those months.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from calsvc.rules.card import Subject
from calsvc.rules.dates import DateRange, add_months
from calsvc.rules.milestones import GraceRule, Milestone, MilestoneKind
from calsvc.rules.plan import Plan, plan_milestones

PICTURE_WIDTH = 300
"""Units of the picture. A larger width would make letters illegible on 320 pixels."""
MARGIN = 6
"""The margin on either side."""
HALF_DIGIT_WIDTH = 4.3
"""Half the width of a digit in a label of the axis."""
MONTHS_AROUND = 4
"""Months in the picture before the next deadline, and after it."""
TOP, ROW_HEIGHT, AXIS_HEIGHT, STRIP_HEIGHT = 24, 64, 32, 50
TODAY_Y = 15
OUTSIDE_X = -40
"""The x of days outside the visible months. The picture clips them."""
PADDING_RATIO = 0.04
"""Space before the first and after the last visible day, as a fraction of the visible time."""
MIN_BAR_WIDTH = 5
MONTHS_PER_YEAR = 12
TICK_SPACING = {1: 64, 2: 64, 3: 64, 6: 64, 12: 44, 24: 44, 60: 44}
"""Months between two ticks, and the minimum space that their labels need."""
ANCHORS = ("start", "middle", "end")
LABEL_BEFORE, LABEL_AFTER = "\N{LEFTWARDS ARROW} {day}", "{day} \N{RIGHTWARDS ARROW}"
"""Labels of days outside the visible months."""


class Tick(NamedTuple):
    """A mark on the axis with its label."""

    x: float
    label: str


class Bar(NamedTuple):
    """A bar for a range of days."""

    x: float
    width: float


class Marker(NamedTuple):
    """A day with its label.

    ``anchor``: the SVG text-anchor that keeps the label inside the picture. ``label``: a format for
    the day in words.
    """

    day: date
    x: float
    anchor: str
    label_x: float
    label: str = "{day}"


class TimelineRow(NamedTuple):
    """A card or certificate: its renewal window, its expiry, its grace period for insurance."""

    subject: Subject
    y: int
    window: Bar | None
    expiry: Marker
    grace: Bar


class Strip(NamedTuple):
    """All years: a frame around the months above, today, every expiry."""

    y: int
    frame: Bar
    today: Marker
    expiries: tuple[float, ...]
    ticks: tuple[Tick, ...]


class Timeline(NamedTuple):
    """A picture of a plan."""

    today: Marker
    ticks: tuple[Tick, ...]
    rows: tuple[TimelineRow, ...]
    strip: Strip
    width: int = PICTURE_WIDTH

    @property
    def axis_y(self) -> int:
        """The y of the axis of months."""
        return TOP + ROW_HEIGHT * len(self.rows)

    @property
    def height(self) -> int:
        """The height of the whole picture."""
        return self.axis_y + AXIS_HEIGHT + STRIP_HEIGHT

    @property
    def tick_path(self) -> str:
        """The SVG path of all ticks. They end above their labels."""
        months = (f"M{tick.x} {self.axis_y}v5" for tick in self.ticks)
        years = (f"M{tick.x} {self.strip.y}v5" for tick in self.strip.ticks)
        return "".join([*months, *years])

    @property
    def today_path(self) -> str:
        """The SVG path of today. In each row it is as high as the bar, so it crosses no label."""
        in_rows = (f"M{self.today.x} {row.y + 20}v18" for row in self.rows)
        return "".join([*in_rows, f"M{self.strip.today.x} {self.strip.y - 8}v16"])

    @property
    def today_label(self) -> Marker:
        """The mark that carries today's label: above the months, else in the strip."""
        return self.strip.today if self.today.x == OUTSIDE_X else self.today

    @property
    def today_label_y(self) -> int:
        """The y of today's label."""
        return self.strip.y - 13 if self.today.x == OUTSIDE_X else TODAY_Y

    @property
    def expiry_path(self) -> str:
        """The SVG path of all expiries in the strip."""
        y = self.strip.y - 5
        return "".join(f"M{x} {y}l4 5l-4 5l-4 -5z" for x in self.strip.expiries)


class Scale:
    """Converts days to x positions in the picture."""

    def __init__(self, shown: DateRange) -> None:
        """Fit the days of ``shown`` into the width of the picture."""
        self._shown = shown
        days = (shown.end - shown.start).days
        self._origin = shown.start.toordinal() - days * PADDING_RATIO
        self._unit = (PICTURE_WIDTH - 2 * MARGIN) / (days * (1 + 2 * PADDING_RATIO))

    def x(self, day: date) -> float:
        """Return the x of ``day``."""
        return round(MARGIN + (day.toordinal() - self._origin) * self._unit, 1)

    def marker(self, day: date) -> Marker:
        """Return the mark of ``day``. If it is outside, its label is at the edge."""
        if day < self._shown.start:
            return Marker(day, OUTSIDE_X, "start", MARGIN, LABEL_BEFORE)
        if day > self._shown.end:
            return Marker(day, OUTSIDE_X, "end", PICTURE_WIDTH - MARGIN, LABEL_AFTER)
        x = self.x(day)
        third = min(int(x * len(ANCHORS) / PICTURE_WIDTH), len(ANCHORS) - 1)
        return Marker(day, x, ANCHORS[third], x)

    def bar(self, start: date, end: date) -> Bar:
        """Return the visible part of the days from ``start`` to ``end``, both included.

        It is wide enough to be seen. If no part is visible, its width is 0.
        """
        first, last = max(start, self._shown.start), min(end, self._shown.end)
        if first > last:
            return Bar(OUTSIDE_X, 0)
        x = self.x(first)
        return Bar(x, max(round(self.x(last) - x, 1), MIN_BAR_WIDTH))


def build_timeline(plan: Plan, grace: GraceRule, today: date) -> Timeline:
    """Return the picture of ``plan`` with ``today`` marked."""
    return _build(_by_subject(plan, grace), today)


def build_household_timeline(plans: Sequence[Plan], grace: GraceRule, today: date) -> Timeline:
    """Return the picture of several cards, with the next expiry of each."""
    rows = [_next(_by_subject(plan, grace), today) for plan in plans]
    return _build(rows, today)


def _by_subject(plan: Plan, grace: GraceRule) -> list[Sequence[Milestone]]:
    """Return the milestones of each row."""
    milestones = plan_milestones(plan, grace)
    subjects = dict.fromkeys(each.subject for each in milestones)
    return [[each for each in milestones if each.subject is subject] for subject in subjects]


def _next(rows: Sequence[Sequence[Milestone]], today: date) -> Sequence[Milestone]:
    """Return the row that expires next, or the last one if all are past."""
    by_expiry = sorted(rows, key=_expiry_of)
    return next((row for row in by_expiry if _expiry_of(row) >= today), by_expiry[-1])


def _expiry_of(row: Sequence[Milestone]) -> date:
    return next(each.start for each in row if each.kind is MilestoneKind.EXPIRY)


def _build(grouped: Sequence[Sequence[Milestone]], today: date) -> Timeline:
    shown = _months_shown([each for row in grouped for each in row], today)
    scale = Scale(shown)
    rows = tuple(_row(each, position, scale) for position, each in enumerate(grouped))
    expiries = [row.expiry.day for row in rows]
    return Timeline(
        today=scale.marker(today),
        ticks=tuple(_ticks(shown, scale)),
        rows=rows,
        strip=_strip(expiries, shown, today, TOP + ROW_HEIGHT * len(rows) + AXIS_HEIGHT + 20),
    )


def _months_shown(milestones: Sequence[Milestone], today: date) -> DateRange:
    """Return the months around the next expiry, or around the last one if all are past."""
    expiries = sorted(each.start for each in milestones if each.kind is MilestoneKind.EXPIRY)
    around = next((each for each in expiries if each >= today), expiries[-1])
    return DateRange(add_months(around, -MONTHS_AROUND), add_months(around, MONTHS_AROUND))


def _strip(expiries: Sequence[date], shown: DateRange, today: date, y: int) -> Strip:
    years = DateRange(min(today, shown.start, *expiries), max(today, shown.end, *expiries))
    scale = Scale(years)
    return Strip(
        y=y,
        frame=scale.bar(shown.start, shown.end),
        today=scale.marker(today),
        expiries=tuple(scale.x(each) for each in expiries),
        ticks=tuple(_ticks(years, scale)),
    )


def _row(milestones: Sequence[Milestone], position: int, scale: Scale) -> TimelineRow:
    days = {each.kind: each.start for each in milestones}
    expiry, opens = days[MilestoneKind.EXPIRY], days.get(MilestoneKind.WINDOW_OPENS)
    return TimelineRow(
        subject=milestones[0].subject,
        y=TOP + ROW_HEIGHT * position,
        window=scale.bar(opens, expiry) if opens else None,
        expiry=scale.marker(expiry),
        grace=scale.bar(expiry, days[MilestoneKind.GRACE_ENDS]),
    )


def _ticks(shown: DateRange, scale: Scale) -> Iterator[Tick]:
    """Yield marks of months or years. Their distance leaves enough space for the labels."""
    first = date(shown.start.year, 1, 1)
    step = _step(scale, first)
    form = "%Y" if step >= MONTHS_PER_YEAR else "%Y/%m"
    months = (shown.end.year - first.year + 1) * MONTHS_PER_YEAR
    for day in (add_months(first, each) for each in range(0, months, step)):
        x, label = scale.x(day), day.strftime(form)
        half = HALF_DIGIT_WIDTH * len(label)
        if day in shown and half <= x <= PICTURE_WIDTH - half:
            yield Tick(x, label)


def _step(scale: Scale, first: date) -> int:
    fitting = (
        step
        for step, space in TICK_SPACING.items()
        if scale.x(add_months(first, step)) - scale.x(first) >= space
    )
    return next(fitting, max(TICK_SPACING))
