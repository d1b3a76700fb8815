"""Choices of a clerk about a table: its encoding, its sheet, its columns."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

COLUMN_NUMBER_PREFIX = "#"
"""Prefix of a column's number, from 1. It names a column whose header is ambiguous."""


@dataclass(frozen=True)
class Choices:
    """Choices for one table.

    ``overrides``: the headers of a field's columns. ``ignored``: columns without a field.
    A header may also be the number of a column, such as ``#3``.
    ``encoding`` and ``sheet`` are '' if they are to be detected.
    ``corrections``: corrected cells, by row number (from 1) and column index (from 0).
    """

    encoding: str = ""
    sheet: str = ""
    include_hidden: bool = False
    overrides: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    corrections: Mapping[int, Mapping[int, str]] = field(default_factory=dict, repr=False)

    def to_json(self) -> str:
        """Return the choices as JSON.

        Its names must not change, because a checkpoint holds a digest of it.
        """
        values = asdict(self)
        values["given"], values["mended"] = values.pop("overrides"), values.pop("corrections")
        return json.dumps(values, sort_keys=True)


def parse_choices(values: Mapping[str, Any]) -> Choices:
    """Return the choices that `Choices.to_json` wrote, from the decoded JSON."""
    return Choices(
        encoding=values["encoding"],
        sheet=values["sheet"],
        include_hidden=values["include_hidden"],
        overrides={name: tuple(headers) for name, headers in values["given"].items()},
        ignored=tuple(values["ignored"]),
        corrections={
            int(row): {int(column): cell for column, cell in cells.items()}
            for row, cells in values["mended"].items()
        },
    )


NO_CHOICES = Choices()
