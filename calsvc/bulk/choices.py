"""Choices of a clerk about a table: its encoding, its sheet, its columns."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

PLACE = "#"
"""Prefix of a column's number, from 1. It names a column whose header is ambiguous."""


@dataclass(frozen=True)
class Choices:
    """Choices for one table.

    ``given``: the headers of each field's columns. ``ignored``: headers of columns without a field.
    A header may also be the number of a column, such as ``#3``.
    ``encoding`` and ``sheet`` are '' if they are to be detected.
    ``mended``: corrected cells, by row number (from 1) and column index (from 0).
    """

    encoding: str = ""
    sheet: str = ""
    include_hidden: bool = False
    given: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    mended: Mapping[int, Mapping[int, str]] = field(default_factory=dict, repr=False)

    def text(self) -> str:
        """Return the choices as JSON."""
        return json.dumps(asdict(self), sort_keys=True)


def choices_of(found: Mapping[str, Any]) -> Choices:
    """Return the choices that `Choices.text` wrote, from the decoded JSON."""
    given = {name: tuple(headers) for name, headers in found["given"].items()}
    mended = {
        int(row): {int(at): cell for at, cell in cells.items()}
        for row, cells in found["mended"].items()
    }
    return Choices(
        **{**found, "given": given, "ignored": tuple(found["ignored"]), "mended": mended}
    )


AS_FOUND = Choices()
