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

OFFERED = (*FORMATS, FORECAST)
"""Formats."""
MAX_NUMBER_CHARACTERS = 30
"""Of the number of a document."""


@dataclass(frozen=True)
class Wanted:
    """``formats``: of `OFFERED`. ``selection``: whom letters and messages are made for."""

    formats: tuple[str, ...] = ()
    selection: Selection = ALL_RESIDENTS
    letters: LetterOptions = NO_LETTER_OPTIONS

    def text(self) -> str:
        """Return the choices as JSON."""
        dated = self.letters.dated.isoformat() if self.letters.dated else ""
        letters = {**self.letters._asdict(), "dated": dated}
        parts = {"formats": self.formats, "selection": vars(self.selection), "letters": letters}
        return json.dumps(parts)


NOTHING = Wanted()


def wanted_of(found: Mapping[str, Any]) -> Wanted:
    """Return the choices that `Wanted.text` wrote, from the decoded JSON."""
    letters, selection = found["letters"], found["selection"]
    return Wanted(
        tuple(found["formats"]),
        Selection(**{**selection, "basis": Basis(selection["basis"])}),
        LetterOptions(**{**letters, "dated": _read_day(letters["dated"])}),
    )


def read_wanted(fields: Mapping[str, str], today: date) -> Wanted:
    """Return the choices in the form ``fields``. Values that it does not offer are ignored."""
    formats = tuple(name for name in OFFERED if fields.get(f"format-{name}"))
    return Wanted(formats, _read_selection(fields), _read_letters(fields, today))


def _read_selection(fields: Mapping[str, str]) -> Selection:
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


def _read_letters(fields: Mapping[str, str], today: date) -> LetterOptions:
    also = fields.get("letter-also", "")
    dated = _read_day(fields.get("letter-date", ""))
    return LetterOptions(
        dated=dated if dated and dated in letter_dates(today) else None,
        number=collapse_whitespace(fields.get("letter-number", ""))[:MAX_NUMBER_CHARACTERS],
        also=also if also in LANGUAGES else "",
    )


def _read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
