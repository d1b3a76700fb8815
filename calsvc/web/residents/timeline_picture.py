"""Draws a timeline. Like the item of an event, its template is rendered once, then filled in."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from markupsafe import escape

from calsvc.i18n.catalogs import Catalog
from calsvc.i18n.text_width import width_in_columns
from calsvc.web.residents.timeline import Tick, Timeline
from calsvc.web.ruby import with_ruby, without_readings
from calsvc.web.templating import get_environment

MAX_NAME_COLUMNS = 36
"""Maximum width of a name. It fits the picture even in bold letters of the widest script."""
TEMPLATE_CACHE_SIZE = 256
"""Entries of about 4 kB: one for each language and combination of rows with a window."""


def render_timeline(timeline: Timeline, subjects: Sequence[str], catalog: Catalog) -> bytes:
    """Return the HTML of ``timeline``. ``subjects``: the names of its rows."""
    windows = tuple(row.window is not None for row in timeline.rows)
    days = [catalog.format_date(row.expiry.day) for row in timeline.rows]
    labels = [
        row.expiry.label.format(day=day) for row, day in zip(timeline.rows, days, strict=True)
    ]
    names = [without_readings(each, catalog) for each in subjects]
    descriptions = [catalog.text("page.timeline.today", {"today": timeline.today.day})]
    for row, name, day in zip(timeline.rows, names, days, strict=True):
        key = (
            "page.timeline.row"
            if row.expiry.day >= timeline.today.day
            else "page.timeline.row.past"
        )
        descriptions.append(catalog.text(key, {"subject": name, "expiry": day}))
    ticks = [
        *_labels(timeline.ticks, timeline.axis_y + 20),
        *_labels(timeline.strip.ticks, timeline.strip.y + 26),
    ]
    context = {
        "timeline": timeline,
        "ticks": "\n".join(ticks),
        "rows": timeline.rows,
        "days": labels,
        "names": [escape(_shorten(name)) for name in names],
        "description": escape(" ".join(descriptions)),
    }
    return _template(catalog, windows).format_map(context).encode()


def _shorten(name: str) -> str:
    """Return ``name``, shortened if it is too wide."""
    if width_in_columns(name) <= MAX_NAME_COLUMNS:
        return name
    shortened = name
    while width_in_columns(shortened) >= MAX_NAME_COLUMNS:
        shortened = shortened[:-1]
    return f"{shortened.rstrip()}…"


def _labels(ticks: Iterable[Tick], y: int) -> Iterator[str]:
    for x, label in ticks:
        yield f'<text x="{x}" y="{y}" text-anchor="middle">{label}</text>'


@lru_cache(maxsize=TEMPLATE_CACHE_SIZE)
def _template(catalog: Catalog, windows: tuple[bool, ...]) -> str:
    """Return the picture with placeholders. ``windows``: True for each row with a window."""
    template = get_environment(catalog.language).get_template("timeline.html")
    return with_ruby(template.render(windows=windows), catalog)
