"""Parses the choices of a clerk on the preview of a table."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from calsvc.bulk.choices import COLUMN_NUMBER_PREFIX, Choices
from calsvc.bulk.columns import FIELDS
from calsvc.bulk.encodings import ENCODINGS
from calsvc.bulk.preview import JsonObject, Preview

UNUSED = "-"
"""The choice for a column that is copied to the output."""
CORRECTION_PATTERN = re.compile(r"mend-(?P<row>[0-9]{1,9})-(?P<place>[0-9]{1,3})")
MAX_CORRECTED_ROWS = 1000


def preset(column: JsonObject) -> str:
    """Return the initial choice for a column, or '' if the clerk must choose."""
    return column["field"] or ("" if column["must"] else UNUSED)


def read_choices(fields: Mapping[str, str], preview: Preview, choices: Choices) -> Choices:
    """Return ``choices`` changed by ``fields``. Another encoding or sheet resets everything."""
    encoding, sheet = fields.get("encoding", ""), fields.get("sheet", "")
    if encoding in ENCODINGS and encoding != preview.encoding:
        return Choices(encoding=encoding)
    if sheet != preview.sheet and sheet in {other["name"] for other in preview.sheets}:
        return Choices(sheet=sheet)
    changed = replace(choices, corrections=_corrected(fields, preview, choices))
    if "sheet" in fields:
        changed = replace(changed, include_hidden=bool(fields.get("hidden")))
    values = {
        each["place"]: fields.get(f"column-{each['place']}", preset(each))
        for each in preview.columns
    }
    if all(values[each["place"]] == preset(each) for each in preview.columns):
        return changed
    overrides = {name: _places(values, name) for name in FIELDS if name in values.values()}
    return replace(changed, overrides=overrides, ignored=_places(values, UNUSED))


def _places(values: Mapping[int, str], value: str) -> tuple[str, ...]:
    return tuple(
        f"{COLUMN_NUMBER_PREFIX}{index + 1}" for index, field in values.items() if field == value
    )


def _corrected(
    fields: Mapping[str, str], preview: Preview, choices: Choices
) -> Mapping[int, Mapping[int, str]]:
    corrections = {row: dict(cells) for row, cells in choices.corrections.items()}
    for row, place, text in _changed_cells(fields, preview):
        if row in corrections or len(corrections) < MAX_CORRECTED_ROWS:
            corrections.setdefault(row, {})[place] = text
    return corrections


def _changed_cells(fields: Mapping[str, str], preview: Preview) -> Iterator[tuple[int, int, str]]:
    """Yield row, column and text of the cells that the clerk has changed."""
    before = {
        (row["number"], cell["place"]): cell["text"]
        for row in preview.faulty
        for cell in row["cells"]
    }
    for name, text in fields.items():
        if match := CORRECTION_PATTERN.fullmatch(name):
            cell = (int(match["row"]), int(match["place"]))
            if before.get(cell, text) != text:
                yield *cell, text
