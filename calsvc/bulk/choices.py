"""What a clerk has chosen about a table: its encoding, its sheet, its columns."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

PLACE = "#"
"""Leads the number of a column, from 1, where a header would be ambiguous."""


@dataclass(frozen=True)
class Choices:
    """``given``: the headers of a field's columns; ``ignored``: headers of no field.

    A header may also be a place such as ``#3``. ``encoding`` and ``sheet`` are '' where they are
    to be found. ``mended``: cells by row number and column, from 0, as the clerk has mended them.
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
    """The inverse of `Choices.text`, from what the JSON holds."""
    given = {name: tuple(headers) for name, headers in found["given"].items()}
    mended = {
        int(row): {int(at): cell for at, cell in cells.items()}
        for row, cells in found["mended"].items()
    }
    return Choices(
        **{**found, "given": given, "ignored": tuple(found["ignored"]), "mended": mended}
    )


AS_FOUND = Choices()
