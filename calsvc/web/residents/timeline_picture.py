"""Draws a timeline. As the item of an event, its template is rendered once and then filled in."""

from collections.abc import Mapping
from functools import lru_cache

from markupsafe import escape

from calsvc.i18n.catalogs import Catalog
from calsvc.rules.card import Subject
from calsvc.web.residents.timeline import Timeline
from calsvc.web.ruby import with_ruby, without_readings
from calsvc.web.templating import environment

MAX_TEMPLATES = 64
"""One for each language, for one row or two, with a window or without; 4 kB each."""


def picture(line: Timeline, place: int, subjects: Mapping[Subject, str], words: Catalog) -> bytes:
    """Returns the HTML of ``line``, that of the card at ``place``. ``subjects``: their names."""
    windows = tuple(row.window is not None for row in line.rows)
    days = [words.day(row.expiry.day) for row in line.rows]
    names = [without_readings(subjects[row.subject], words) for row in line.rows]
    said = [words.text("page.timeline.today", {"today": line.today.day})]
    for name, day in zip(names, days, strict=True):
        said.append(words.text("page.timeline.row", {"subject": name, "expiry": day}))
    ticks = (
        f'<text x="{x}" y="{line.height - 7}" text-anchor="{anchor}">{label}</text>'
        for x, label, anchor in line.ticks
    )
    facts = {
        "n": place,
        "line": line,
        "ticks": "\n".join(ticks),
        "rows": line.rows,
        "days": days,
        "names": [escape(name) for name in names],
        "said": escape(" ".join(said)),
    }
    return _template(words, windows).format_map(facts).encode()


@lru_cache(maxsize=MAX_TEMPLATES)
def _template(words: Catalog, windows: tuple[bool, ...]) -> str:
    """Returns the picture with placeholders. ``windows``: whether each row has one."""
    template = environment(words.language).get_template("timeline.html")
    return with_ruby(template.render(windows=windows), words)
