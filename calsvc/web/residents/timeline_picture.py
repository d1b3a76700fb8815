"""Draws a timeline. As the item of an event, its template is rendered once and then filled in."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from markupsafe import escape

from calsvc.i18n.catalogs import Catalog
from calsvc.i18n.text_width import columns
from calsvc.web.residents.timeline import Tick, Timeline
from calsvc.web.ruby import with_ruby, without_readings
from calsvc.web.templating import environment

MAX_NAME_COLUMNS = 36
"""In the bold letters of the widest script."""
MAX_TEMPLATES = 256
"""One for each language, and for each row with a window or without; 4 kB each."""


def picture(line: Timeline, subjects: Sequence[str], catalog: Catalog) -> bytes:
    """Returns the HTML of ``line``. ``subjects``: the names of its rows."""
    windows = tuple(row.window is not None for row in line.rows)
    days = [catalog.day(row.expiry.day) for row in line.rows]
    labels = [row.expiry.label.format(day=day) for row, day in zip(line.rows, days, strict=True)]
    names = [without_readings(each, catalog) for each in subjects]
    said = [catalog.text("page.timeline.today", {"today": line.today.day})]
    for row, name, day in zip(line.rows, names, days, strict=True):
        key = "page.timeline.row" if row.expiry.day >= line.today.day else "page.timeline.row.past"
        said.append(catalog.text(key, {"subject": name, "expiry": day}))
    ticks = [*_labels(line.ticks, line.floor + 20), *_labels(line.strip.ticks, line.strip.y + 26)]
    context = {
        "line": line,
        "ticks": "\n".join(ticks),
        "rows": line.rows,
        "days": labels,
        "names": [escape(_fitting(name)) for name in names],
        "said": escape(" ".join(said)),
    }
    return _template(catalog, windows).format_map(context).encode()


def _fitting(name: str) -> str:
    """Returns ``name``, or what of it has room."""
    if columns(name) <= MAX_NAME_COLUMNS:
        return name
    kept = name
    while columns(kept) >= MAX_NAME_COLUMNS:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"


def _labels(ticks: Iterable[Tick], y: int) -> Iterator[str]:
    for x, label in ticks:
        yield f'<text x="{x}" y="{y}" text-anchor="middle">{label}</text>'


@lru_cache(maxsize=MAX_TEMPLATES)
def _template(catalog: Catalog, windows: tuple[bool, ...]) -> str:
    """Returns the picture with placeholders. ``windows``: whether each row has one."""
    template = environment(catalog.language).get_template("timeline.html")
    return with_ruby(template.render(windows=windows), catalog)
