"""Where the lines and bars of a timeline stand. Lengths are units of the picture, not pixels.

The months around the next deadline are large. All years are a strip below, with a frame around
those months.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from calsvc.rules.card import Subject
from calsvc.rules.dates import DateRange, months_after
from calsvc.rules.milestones import GraceRule, Kind, Milestone
from calsvc.rules.plan import Plan, plan_milestones

WIDTH = 300
"""Narrow, so that letters stay legible where a screen has 320 pixels."""
EDGE = 6
"""Left free on either side."""
LETTER = 4.3
"""Half the width of a digit in a label of the axis."""
MONTHS_AROUND = 4
"""Shown before the next deadline, and after it."""
TOP, ROW_HEIGHT, AXIS_HEIGHT, STRIP_HEIGHT = 24, 64, 32, 50
TODAY_Y = 15
OUTSIDE = -40
"""The place of what lies outside the months that are shown: the picture cuts it off."""
BREATHING = 0.04
"""Part of the time shown that is added before its first day and after its last."""
MIN_BAR_WIDTH = 5
MONTHS_OF_A_YEAR = 12
STEPS = {1: 64, 2: 64, 3: 64, 6: 64, 12: 44, 24: 44, 60: 44}
"""Months between two ticks, and the least space that labels at such a distance need."""
ANCHORS = ("start", "middle", "end")
BEFORE, AFTER = "\N{LEFTWARDS ARROW} {day}", "{day} \N{RIGHTWARDS ARROW}"
"""Labels of days that lie outside the months that are shown."""


class Tick(NamedTuple):
    """A mark on the axis with its label."""

    x: float
    label: str


class Bar(NamedTuple):
    """A run of days."""

    x: float
    width: float


class Spot(NamedTuple):
    """A day, and where its label hangs on which end so that it stays inside the picture.

    ``label``: a format for the day in words.
    """

    day: date
    x: float
    anchor: str
    label_x: float
    label: str = "{day}"


class Row(NamedTuple):
    """What expires: when it can be renewed, its expiry, how long it then serves for insurance."""

    subject: Subject
    y: int
    window: Bar | None
    expiry: Spot
    grace: Bar


class Strip(NamedTuple):
    """All years: a frame around the months shown large, today, every expiry."""

    y: int
    frame: Bar
    today: Spot
    expiries: tuple[float, ...]
    ticks: tuple[Tick, ...]


class Timeline(NamedTuple):
    """A picture of a plan."""

    today: Spot
    ticks: tuple[Tick, ...]
    rows: tuple[Row, ...]
    strip: Strip
    width: int = WIDTH

    @property
    def floor(self) -> int:
        """Returns the height at which the axis of months lies."""
        return TOP + ROW_HEIGHT * len(self.rows)

    @property
    def height(self) -> int:
        """Returns the height of the whole picture."""
        return self.floor + AXIS_HEIGHT + STRIP_HEIGHT

    @property
    def marks(self) -> str:
        """Returns the SVG path of all ticks. They end above their labels."""
        months = (f"M{tick.x} {self.floor}v5" for tick in self.ticks)
        years = (f"M{tick.x} {self.strip.y}v5" for tick in self.strip.ticks)
        return "".join([*months, *years])

    @property
    def today_marks(self) -> str:
        """Returns the SVG path of today: in each row beside the bar alone, so across no label."""
        in_rows = (f"M{self.today.x} {row.y + 20}v18" for row in self.rows)
        return "".join([*in_rows, f"M{self.strip.today.x} {self.strip.y - 8}v16"])

    @property
    def today_label(self) -> Spot:
        """Returns the place of today's label: above the months, or in the strip alone."""
        return self.strip.today if self.today.x == OUTSIDE else self.today

    @property
    def today_label_y(self) -> int:
        """Returns the height of today's label."""
        return self.strip.y - 13 if self.today.x == OUTSIDE else TODAY_Y

    @property
    def expiry_marks(self) -> str:
        """Returns the SVG path of all expiries in the strip."""
        y = self.strip.y - 5
        return "".join(f"M{x} {y}l4 5l-4 5l-4 -5z" for x in self.strip.expiries)


class Scale:
    """From days to places in the picture."""

    def __init__(self, shown: DateRange) -> None:
        """``shown``: all days that must have a place."""
        self._shown = shown
        days = (shown.end - shown.start).days
        self._origin = shown.start.toordinal() - days * BREATHING
        self._unit = (WIDTH - 2 * EDGE) / (days * (1 + 2 * BREATHING))

    def x(self, day: date) -> float:
        """The place of ``day``."""
        return round(EDGE + (day.toordinal() - self._origin) * self._unit, 1)

    def spot(self, day: date) -> Spot:
        """Returns the place of ``day`` with its label, which stands at an edge if it is outside."""
        if day < self._shown.start:
            return Spot(day, OUTSIDE, "start", EDGE, BEFORE)
        if day > self._shown.end:
            return Spot(day, OUTSIDE, "end", WIDTH - EDGE, AFTER)
        x = self.x(day)
        third = min(int(x * len(ANCHORS) / WIDTH), len(ANCHORS) - 1)
        return Spot(day, x, ANCHORS[third], x)

    def bar(self, start: date, end: date) -> Bar:
        """Returns the part of the days from ``start`` to ``end`` that is shown.

        It is wide enough to be seen. Without such a part its width is 0.
        """
        first, last = max(start, self._shown.start), min(end, self._shown.end)
        if first > last:
            return Bar(OUTSIDE, 0)
        x = self.x(first)
        return Bar(x, max(round(self.x(last) - x, 1), MIN_BAR_WIDTH))


def timeline(plan: Plan, grace: GraceRule, today: date) -> Timeline:
    """Returns the picture of ``plan`` with ``today`` marked."""
    return _drawn(_by_subject(plan, grace), today)


def household_timeline(plans: Sequence[Plan], grace: GraceRule, today: date) -> Timeline:
    """Returns the picture of several cards: for each, a row of what expires next."""
    rows = [_next(_by_subject(plan, grace), today) for plan in plans]
    return _drawn(rows, today)


def _by_subject(plan: Plan, grace: GraceRule) -> list[Sequence[Milestone]]:
    """Returns the milestones of each row."""
    milestones = plan_milestones(plan, grace)
    subjects = dict.fromkeys(each.subject for each in milestones)
    return [[each for each in milestones if each.subject is subject] for subject in subjects]


def _next(rows: Sequence[Sequence[Milestone]], today: date) -> Sequence[Milestone]:
    """Returns the row that expires next, or the last one if all are past."""
    by_expiry = sorted(rows, key=_expiry_of)
    return next((row for row in by_expiry if _expiry_of(row) >= today), by_expiry[-1])


def _expiry_of(row: Sequence[Milestone]) -> date:
    return next(each.start for each in row if each.kind is Kind.EXPIRY)


def _drawn(grouped: Sequence[Sequence[Milestone]], today: date) -> Timeline:
    shown = _months_shown([each for row in grouped for each in row], today)
    scale = Scale(shown)
    rows = tuple(_row(each, place, scale) for place, each in enumerate(grouped))
    expiries = [row.expiry.day for row in rows]
    return Timeline(
        today=scale.spot(today),
        ticks=tuple(_ticks(shown, scale)),
        rows=rows,
        strip=_strip(expiries, shown, today, TOP + ROW_HEIGHT * len(rows) + AXIS_HEIGHT + 20),
    )


def _months_shown(milestones: Sequence[Milestone], today: date) -> DateRange:
    """Returns the months around the next expiry, or around the last one if all are past."""
    expiries = sorted(each.start for each in milestones if each.kind is Kind.EXPIRY)
    around = next((each for each in expiries if each >= today), expiries[-1])
    return DateRange(months_after(around, -MONTHS_AROUND), months_after(around, MONTHS_AROUND))


def _strip(expiries: Sequence[date], shown: DateRange, today: date, y: int) -> Strip:
    years = DateRange(min(today, shown.start, *expiries), max(today, shown.end, *expiries))
    scale = Scale(years)
    return Strip(
        y=y,
        frame=scale.bar(shown.start, shown.end),
        today=scale.spot(today),
        expiries=tuple(scale.x(each) for each in expiries),
        ticks=tuple(_ticks(years, scale)),
    )


def _row(milestones: Sequence[Milestone], place: int, scale: Scale) -> Row:
    days = {each.kind: each.start for each in milestones}
    expiry, opens = days[Kind.EXPIRY], days.get(Kind.WINDOW_OPENS)
    return Row(
        subject=milestones[0].subject,
        y=TOP + ROW_HEIGHT * place,
        window=scale.bar(opens, expiry) if opens else None,
        expiry=scale.spot(expiry),
        grace=scale.bar(expiry, days[Kind.GRACE_ENDS]),
    )


def _ticks(shown: DateRange, scale: Scale) -> Iterator[Tick]:
    """Yields as many marks as have room for their labels: months, or the beginnings of years."""
    first = date(shown.start.year, 1, 1)
    step = _step(scale, first)
    form = "%Y" if step >= MONTHS_OF_A_YEAR else "%Y/%m"
    months = (shown.end.year - first.year + 1) * MONTHS_OF_A_YEAR
    for day in (months_after(first, each) for each in range(0, months, step)):
        x, label = scale.x(day), day.strftime(form)
        half = LETTER * len(label)
        if day in shown and half <= x <= WIDTH - half:
            yield Tick(x, label)


def _step(scale: Scale, first: date) -> int:
    fitting = (
        step
        for step, space in STEPS.items()
        if scale.x(months_after(first, step)) - scale.x(first) >= space
    )
    return next(fitting, max(STEPS))
