"""Explains each fault of a form: the message, the parts that are wrong, and buttons that mend it.

A button carries the date that it puts in, so it works without a script.
"""

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from calsvc.errors import InvalidDateError, ParamValue, Problem
from calsvc.i18n.catalogs import Catalog
from calsvc.parsing.dates import ERA_NAMED, Era, era_of, parse_date
from calsvc.rules.dates import birthday_in, is_leap_day
from calsvc.rules.spans import CARDS_SINCE
from calsvc.web.card_form.form import IS_ISSUED, PRINTED, CardInput, Form
from calsvc.web.card_form.typed_dates import (
    FIRST_YEAR,
    LAST_SHORT_YEAR,
    PARTS,
    DateInput,
    Reading,
    day_or_none,
    possible_days,
    readings,
    typed_day,
)

BORN = "born"
NOT_BIRTHDAY = "card_expires.not_birthday"
UNREADABLE = {
    "date.unreadable",
    "date.no_such_day",
    "date.two_digit_year",
    "date.other_era",
    "cert_renewed.unreadable",
}
REWORDED = {"card_expires.missing", "card_expires.impossible_age", NOT_BIRTHDAY}
"""Faults that the form tells in other words than programs are told: it has fields and no names."""
OF_YEAR = {"born.in_future", "born.too_early"}
FIELD = re.compile(r"c(?P<place>[0-9]{1,2})-(?P<name>[a-z_]+)")
MAX_MONTH = 12
CENTURY = 100


class Mend(NamedTuple):
    """A button: what it sends, and its words."""

    value: str
    label: str


class Fault(NamedTuple):
    """What is wrong with ``field``, and in which of its ``parts``.

    ``asks_stay``: a button says that the date is the end of a stay.
    """

    field: str
    message: str
    parts: tuple[str, ...] = PARTS
    mends: tuple[Mend, ...] = ()
    asks_stay: bool = False

    @property
    def first(self) -> str:
        """Returns the part to type again first. The era may be without a field."""
        return next((part for part in PARTS if part in self.parts), PARTS[0])


@dataclass(frozen=True)
class _Place:
    """A date of a form, with the words and the day to judge it by."""

    card: CardInput
    prefix: str
    name: str
    catalog: Catalog
    today: date

    @property
    def field(self) -> str:
        return self.prefix + self.name

    @property
    def given(self) -> DateInput:
        return self.card.dates[self.name]

    def fault(
        self,
        key: str,
        parts: Iterable[str],
        mends: Iterable[Mend] = (),
        params: dict[str, ParamValue] | None = None,
    ) -> Fault:
        message = self.catalog.text(f"page.error.{key}", params or {})
        return Fault(self.field, message, tuple(parts), tuple(mends))

    def mend(
        self, typed: DateInput, key: str, params: dict[str, ParamValue], name: str = ""
    ) -> Mend:
        field = self.prefix + (name or self.name)
        return Mend(f"set-{field}={typed.value}", self.catalog.text(f"page.mend.{key}", params))

    def mend_day(self, day: date, name: str = "") -> Mend:
        """Returns the button that puts ``day`` in, said with the name of its field."""
        label = self.catalog.text(f"page.field.{name or self.name}")
        return self.mend(typed_day(day), "day", {"field": label, "day": day}, name)

    def mend_reading(self, reading: Reading) -> Mend:
        western = reading.day.year
        if reading.era is None:
            return self.mend(reading.typed, "year", {"western": western})
        params: dict[str, ParamValue] = {
            "era": _in_words(reading.era, self.catalog),
            "year": _counted(reading.year),
            "western": western,
        }
        return self.mend(reading.typed, "era", params)


def explain(problems: Sequence[Problem], form: Form, catalog: Catalog, today: date) -> list[Fault]:
    """Returns each of ``problems`` as the form shows it."""
    return [_explain(each, form, catalog, today) for each in problems]


def _explain(problem: Problem, form: Form, catalog: Catalog, today: date) -> Fault:
    found = FIELD.fullmatch(problem.field)
    if found is None or found["name"] == "name":
        return Fault(problem.field, catalog.problem(problem))
    card, prefix = form.cards[int(found["place"]) - 1], f"c{found['place']}-"
    place = _Place(card, prefix, found["name"], catalog, today)
    if problem.key in UNREADABLE:
        return _unreadable(place)
    if problem.key == NOT_BIRTHDAY:
        return _no_birthday(place)._replace(asks_stay=True)
    if problem.key in REWORDED:
        return place.fault(problem.key, PARTS)
    parts = ("year",) if problem.key in OF_YEAR else PARTS
    return Fault(problem.field, catalog.problem(problem), parts)


# --- dates that cannot be read --------------------------------------------------------------------


def _unreadable(place: _Place) -> Fault:
    given, numbers = place.given, place.given.numbers
    missing = [part for part in PARTS if part not in numbers]
    if not missing:
        return _no_such_day(place) or _of_no_era(place)
    if missing == ["year"] and given.year and "month" in numbers and "day" in numbers:
        return _no_such_day(place) or place.fault("date.unreadable", missing)
    if len(missing) == 1:
        label = place.catalog.text(f"page.{missing[0]}")
        return place.fault("date.part", missing, params={"part": label})
    return place.fault("date.unreadable", missing)


def _no_such_day(place: _Place) -> Fault | None:
    """Returns the fault of a month or day that no year has, or None."""
    month, day = place.given.numbers["month"], place.given.numbers["day"]
    if 1 <= day <= MAX_MONTH < month and day_or_none(2000, day, month):
        return place.fault("date.swapped", ("month", "day"), _swapped(place, day, month))
    if not 1 <= month <= MAX_MONTH:
        return place.fault("date.month", ("month",))
    last = monthrange(_western_year(place.given) or 2000, month)[1]
    if not 1 <= day <= last:
        return place.fault("date.day", ("day",), params={"last": last})
    return None


def _swapped(place: _Place, month: int, day: int) -> Iterator[Mend]:
    given = place.given
    typed = DateInput(given.era, given.year, str(month), str(day))
    params: dict[str, ParamValue] = {"month": month, "day": day}
    yield place.mend(typed, "month_day", params)


def _western_year(given: DateInput) -> int | None:
    """Returns the year of ``given`` if its era is known or its year is long."""
    year, era = given.numbers.get("year"), ERA_NAMED.get(given.era)
    if year is None:
        return None
    if era and year:
        return era.year_one + year - 1
    return year if year > LAST_SHORT_YEAR else None


def _of_no_era(place: _Place) -> Fault:
    """Returns the fault of a year that its era does not have, or that may be of several."""
    given, parts = place.given, ("era", "year")
    found = readings(given, place.name, place.today)
    mends = [place.mend_reading(each) for each in found]
    if given.era:
        return _of_other_era(place, mends)
    if not found:
        return place.fault("date.unreadable", ("year",))
    key = "date.which_era" if any(each.era for each in found) else "date.short_year"
    return place.fault(key, parts, mends)


def _of_other_era(place: _Place, others: list[Mend]) -> Fault:
    numbers, year = place.given.numbers, _western_year(place.given)
    day = day_or_none(year, numbers["month"], numbers["day"]) if year else None
    try:
        era = era_of(day) if day else None
    except InvalidDateError:
        era = None
    if day is None or era is None:
        return place.fault("date.unreadable", ("era", "year"), others)
    right = Reading(era, era.year_of(day), day)
    params: dict[str, ParamValue] = {
        "era": _in_words(era, place.catalog),
        "year": _counted(right.year),
    }
    if day not in possible_days(place.name, place.today) and day > place.today:
        return place.fault("date.future_era", ("era", "year"), others, params)
    mends = [place.mend_reading(right), *others]
    return place.fault("date.other_era", ("era", "year"), mends, params)


def _in_words(era: Era, catalog: Catalog) -> str:
    return catalog.text(f"page.era.{era.letter}")


def _counted(year: int) -> ParamValue:
    return FIRST_YEAR if year == 1 else year


# --- a printed expiry that is no birthday ---------------------------------------------------------


def _no_birthday(place: _Place) -> Fault:
    born, printed = (parse_date(place.card.dates[each].text) for each in (BORN, PRINTED))
    of_day, either = ("month", "day"), [*_either(place, born, printed)]
    if (printed.month, printed.day) == (born.day, born.month):
        return place.fault("card_expires.day_month", of_day, either)
    if is_leap_day(born) and printed.replace(day=1) == date(printed.year, 3, 1):
        return place.fault("card_expires.leap", of_day, either[:1])
    if (printed.month == born.month) != (printed.day == born.day):  # a slip
        return place.fault(NOT_BIRTHDAY, of_day, either)
    if CARDS_SINCE <= printed < place.today:
        return place.fault("card_expires.maybe_issued", PARTS, [_is_issue_date(place)])
    return place.fault(NOT_BIRTHDAY, of_day)


def _either(place: _Place, born: date, printed: date) -> Iterator[Mend]:
    """Yields the buttons that adapt the expiry to the birth date, and the other way round."""
    yield place.mend_day(birthday_in(born, printed.year))
    if other := day_or_none(born.year, printed.month, printed.day):
        yield place.mend_day(other, BORN)


def _is_issue_date(place: _Place) -> Mend:
    value = f"{IS_ISSUED}{place.prefix.removeprefix('c').removesuffix('-')}"
    return Mend(value, place.catalog.text("page.mend.issued"))
