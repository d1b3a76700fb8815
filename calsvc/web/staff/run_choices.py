"""A clerk's choices for a run: formats, selected residents, and options of letters."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from calsvc.bulk.due import ALL_RESIDENTS, MONTH_PATTERN, Basis, Selection
from calsvc.bulk.forecast import FORECAST
from calsvc.bulk.formats import FORMATS
from calsvc.bulk.rows import collapse_whitespace
from calsvc.bulk.styles import NO_LETTER_OPTIONS, LetterOptions, letter_dates
from calsvc.i18n.languages import LANGUAGES

OFFERED_FORMATS = (*FORMATS, FORECAST)
"""The formats of the form."""
MAX_NUMBER_CHARACTERS = 30
"""The maximum length of the number of a document."""


@dataclass(frozen=True)
class RunChoices:
    """The choices for a run. ``formats``: of `OFFERED_FORMATS`.

    ``selection``: the residents who get letters and messages.
    """

    formats: tuple[str, ...] = ()
    selection: Selection = ALL_RESIDENTS
    letters: LetterOptions = NO_LETTER_OPTIONS

    def to_json(self) -> str:
        """Return the choices as JSON."""
        dated = self.letters.dated.isoformat() if self.letters.dated else ""
        letters = {**self.letters._asdict(), "dated": dated}
        parts = {"formats": self.formats, "selection": vars(self.selection), "letters": letters}
        return json.dumps(parts)


NO_RUN_CHOICES = RunChoices()


def run_choices_from_json(content: Mapping[str, Any]) -> RunChoices:
    """Return the choices that `RunChoices.to_json` wrote, from the decoded JSON."""
    letters, selection = content["letters"], content["selection"]
    return RunChoices(
        tuple(content["formats"]),
        Selection(**{**selection, "basis": Basis(selection["basis"])}),
        LetterOptions(**{**letters, "dated": _parse_day(letters["dated"])}),
    )


def parse_run_choices(fields: Mapping[str, str], today: date) -> RunChoices:
    """Return the choices in the form ``fields``. Values that it does not offer are ignored."""
    formats = tuple(name for name in OFFERED_FORMATS if fields.get(f"format-{name}"))
    return RunChoices(formats, _parse_selection(fields), _parse_letter_options(fields, today))


def _parse_selection(fields: Mapping[str, str]) -> Selection:
    first, last = (fields.get(name, "") for name in ("due-first", "due-last"))
    months = sorted(
        each for each in (first or last, last or first) if MONTH_PATTERN.fullmatch(each)
    )
    basis = fields.get("due-by", "")
    return Selection(
        first=months[0] if months else "",
        last=months[-1] if months else "",
        basis=Basis(basis) if basis in {*Basis} else Basis.EXPIRY,
        lapsed=bool(fields.get("due-lapsed")),
        by_month=bool(fields.get("by-month")),
        letters_without_email=bool(fields.get("no-email")),
        by_postcode=bool(fields.get("by-postcode")),
    )


def _parse_letter_options(fields: Mapping[str, str], today: date) -> LetterOptions:
    also = fields.get("letter-also", "")
    dated = _parse_day(fields.get("letter-date", ""))
    return LetterOptions(
        dated=dated if dated and dated in letter_dates(today) else None,
        number=collapse_whitespace(fields.get("letter-number", ""))[:MAX_NUMBER_CHARACTERS],
        also=also if also in LANGUAGES else "",
    )


def _parse_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
