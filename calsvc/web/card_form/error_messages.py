"""Builds the error message of each problem in a form: its text, the wrong parts and corrections.

The button of a correction carries the corrected date, so it works without a script.
"""

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from calsvc.errors import InvalidDateError, ParamValue, Problem
from calsvc.i18n.catalogs import Catalog
from calsvc.parsing.dates import ERA_BY_NAME, Era, era_of, parse_date
from calsvc.rules.dates import birthday_in, is_leap_day
from calsvc.rules.legal_values import FIRST_CARD_ISSUE
from calsvc.web.card_form.form import IS_ISSUED, PRINTED, CardInput, Form
from calsvc.web.card_form.typed_dates import (
    FIRST_YEAR,
    LAST_SHORT_YEAR,
    PARTS,
    DateInput,
    Reading,
    day_or_none,
    possible_days,
    possible_readings,
    typed_day,
)

BORN = "born"
NOT_BIRTHDAY = "card_expires.not_birthday"
UNREADABLE_KEYS = {
    "date.unreadable",
    "date.no_such_day",
    "date.two_digit_year",
    "date.other_era",
    "cert_renewed.unreadable",
}
FORM_ONLY_MESSAGES = {"card_expires.missing", "card_expires.impossible_age", NOT_BIRTHDAY}
"""Problems with a separate message in the form.

The message for programs contains parameters, but the form shows labels.
"""
YEAR_PROBLEMS = {"born.in_future", "born.too_early"}
FIELD_PATTERN = re.compile(r"c(?P<position>[0-9]{1,2})-(?P<name>[a-z_]+)")
MAX_MONTH = 12


class Correction(NamedTuple):
    """A button that corrects a date: the value that it sends, and its label."""

    value: str
    label: str


class ErrorMessage(NamedTuple):
    """The message about a problem of ``field``, and the ``parts`` that are wrong.

    ``asks_stay``: True if the page has a button that confirms the end of a stay.
    """

    field: str
    text: str
    parts: tuple[str, ...] = PARTS
    corrections: tuple[Correction, ...] = ()
    asks_stay: bool = False

    @property
    def first(self) -> str:
        """The first wrong part, to which the error summary links. The era may have no field."""
        return next((part for part in PARTS if part in self.parts), PARTS[0])


@dataclass(frozen=True)
class _DateField:
    """A date field of a form, with the catalog and the day of the request."""

    card: CardInput
    prefix: str
    name: str
    catalog: Catalog
    today: date

    @property
    def field(self) -> str:
        return self.prefix + self.name

    @property
    def typed(self) -> DateInput:
        return self.card.dates[self.name]

    def error_message(
        self,
        key: str,
        parts: Iterable[str],
        corrections: Iterable[Correction] = (),
        params: dict[str, ParamValue] | None = None,
    ) -> ErrorMessage:
        text = self.catalog.text(f"page.error.{key}", params or {})
        return ErrorMessage(self.field, text, tuple(parts), tuple(corrections))

    def correction(
        self, typed: DateInput, key: str, params: dict[str, ParamValue], name: str = ""
    ) -> Correction:
        field = self.prefix + (name or self.name)
        return Correction(
            f"set-{field}={typed.value}", self.catalog.text(f"page.mend.{key}", params)
        )

    def day_correction(self, day: date, name: str = "") -> Correction:
        """Return the button that sets ``day``, labelled with the name of its field."""
        label = self.catalog.text(f"page.field.{name or self.name}")
        return self.correction(typed_day(day), "day", {"field": label, "day": day}, name)

    def reading_correction(self, reading: Reading) -> Correction:
        western = reading.day.year
        if reading.era is None:
            return self.correction(reading.typed, "year", {"western": western})
        params: dict[str, ParamValue] = {
            "era": _era_name(reading.era, self.catalog),
            "year": _year_in_era(reading.year),
            "western": western,
        }
        return self.correction(reading.typed, "era", params)


def build_error_messages(
    problems: Sequence[Problem], form: Form, catalog: Catalog, today: date
) -> list[ErrorMessage]:
    """Build the error message of each of ``problems``."""
    return [_build_error_message(each, form, catalog, today) for each in problems]


def _build_error_message(
    problem: Problem, form: Form, catalog: Catalog, today: date
) -> ErrorMessage:
    match = FIELD_PATTERN.fullmatch(problem.field)
    if match is None or match["name"] == "name":
        return ErrorMessage(problem.field, catalog.format_problem(problem))
    card, prefix = form.cards[int(match["position"]) - 1], f"c{match['position']}-"
    date_field = _DateField(card, prefix, match["name"], catalog, today)
    if problem.key in UNREADABLE_KEYS:
        return _unreadable_message(date_field)
    if problem.key == NOT_BIRTHDAY:
        return _not_birthday_message(date_field)._replace(asks_stay=True)
    if problem.key in FORM_ONLY_MESSAGES:
        return date_field.error_message(problem.key, PARTS)
    parts = ("year",) if problem.key in YEAR_PROBLEMS else PARTS
    return ErrorMessage(problem.field, catalog.format_problem(problem), parts)


# --- dates that cannot be read --------------------------------------------------------------------


def _unreadable_message(date_field: _DateField) -> ErrorMessage:
    typed, numbers = date_field.typed, date_field.typed.numbers
    missing = [part for part in PARTS if part not in numbers]
    if not missing:
        return _impossible_day_message(date_field) or _era_message(date_field)
    if missing == ["year"] and typed.year and "month" in numbers and "day" in numbers:
        return _impossible_day_message(date_field) or date_field.error_message(
            "date.unreadable", missing
        )
    if len(missing) == 1:
        label = date_field.catalog.text(f"page.{missing[0]}")
        return date_field.error_message("date.part", missing, params={"part": label})
    return date_field.error_message("date.unreadable", missing)


def _impossible_day_message(date_field: _DateField) -> ErrorMessage | None:
    """Return the message about a month or day that no year has, or None."""
    month, day = date_field.typed.numbers["month"], date_field.typed.numbers["day"]
    if 1 <= day <= MAX_MONTH < month and day_or_none(2000, day, month):
        return date_field.error_message(
            "date.swapped", ("month", "day"), _swap_correction(date_field, day, month)
        )
    if not 1 <= month <= MAX_MONTH:
        return date_field.error_message("date.month", ("month",))
    last = monthrange(_western_year(date_field.typed) or 2000, month)[1]
    if not 1 <= day <= last:
        return date_field.error_message("date.day", ("day",), params={"last": last})
    return None


def _swap_correction(date_field: _DateField, month: int, day: int) -> Iterator[Correction]:
    before = date_field.typed
    typed = DateInput(before.era, before.year, str(month), str(day))
    params: dict[str, ParamValue] = {"month": month, "day": day}
    yield date_field.correction(typed, "month_day", params)


def _western_year(typed: DateInput) -> int | None:
    """Return the year of ``typed`` if its era is known or its year is long."""
    year, era = typed.numbers.get("year"), ERA_BY_NAME.get(typed.era)
    if year is None:
        return None
    if era and year:
        return era.year_one + year - 1
    return year if year > LAST_SHORT_YEAR else None


def _era_message(date_field: _DateField) -> ErrorMessage:
    """Return the message about a year that is not in its era, or that may be in several eras."""
    typed, parts = date_field.typed, ("era", "year")
    readings = possible_readings(typed, date_field.name, date_field.today)
    corrections = [date_field.reading_correction(each) for each in readings]
    if typed.era:
        return _wrong_era_message(date_field, corrections)
    if not readings:
        return date_field.error_message("date.unreadable", ("year",))
    key = "date.which_era" if any(each.era for each in readings) else "date.short_year"
    return date_field.error_message(key, parts, corrections)


def _wrong_era_message(date_field: _DateField, others: list[Correction]) -> ErrorMessage:
    numbers, year = date_field.typed.numbers, _western_year(date_field.typed)
    day = day_or_none(year, numbers["month"], numbers["day"]) if year else None
    try:
        era = era_of(day) if day else None
    except InvalidDateError:
        era = None
    if day is None or era is None:
        return date_field.error_message("date.unreadable", ("era", "year"), others)
    actual = Reading(era, era.year_of(day), day)
    params: dict[str, ParamValue] = {
        "era": _era_name(era, date_field.catalog),
        "year": _year_in_era(actual.year),
    }
    if day not in possible_days(date_field.name, date_field.today) and day > date_field.today:
        return date_field.error_message("date.future_era", ("era", "year"), others, params)
    corrections = [date_field.reading_correction(actual), *others]
    return date_field.error_message("date.other_era", ("era", "year"), corrections, params)


def _era_name(era: Era, catalog: Catalog) -> str:
    return catalog.text(f"page.era.{era.letter}")


def _year_in_era(year: int) -> ParamValue:
    return FIRST_YEAR if year == 1 else year


# --- a printed expiry that is no birthday ---------------------------------------------------------


def _not_birthday_message(date_field: _DateField) -> ErrorMessage:
    born, printed = (parse_date(date_field.card.dates[each].text) for each in (BORN, PRINTED))
    day_parts, corrections = ("month", "day"), [*_birthday_corrections(date_field, born, printed)]
    if (printed.month, printed.day) == (born.day, born.month):
        return date_field.error_message("card_expires.day_month", day_parts, corrections)
    if is_leap_day(born) and printed.replace(day=1) == date(printed.year, 3, 1):
        return date_field.error_message("card_expires.leap", day_parts, corrections[:1])
    if (printed.month == born.month) != (printed.day == born.day):  # one of them is a typo
        return date_field.error_message(NOT_BIRTHDAY, day_parts, corrections)
    if FIRST_CARD_ISSUE <= printed < date_field.today:
        return date_field.error_message(
            "card_expires.maybe_issued", PARTS, [_issue_date_correction(date_field)]
        )
    return date_field.error_message(NOT_BIRTHDAY, day_parts)


def _birthday_corrections(
    date_field: _DateField, born: date, printed: date
) -> Iterator[Correction]:
    """Yield buttons that correct the expiry by the birth date, or the birth date by the expiry."""
    yield date_field.day_correction(birthday_in(born, printed.year))
    if other := day_or_none(born.year, printed.month, printed.day):
        yield date_field.day_correction(other, BORN)


def _issue_date_correction(date_field: _DateField) -> Correction:
    value = f"{IS_ISSUED}{date_field.prefix.removeprefix('c').removesuffix('-')}"
    return Correction(value, date_field.catalog.text("page.mend.issued"))
