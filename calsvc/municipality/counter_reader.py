"""Parses the counters and the phones of a profile."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TypeVar

from calsvc.municipality.counters import (
    Answer,
    Counter,
    CounterKind,
    ExcludedVisitor,
    Phone,
    PhoneKind,
    Photo,
    Reservation,
    ReservationWays,
    Task,
)
from calsvc.municipality.hours import InvalidHoursError, OpeningRule, parse_rule
from calsvc.municipality.opening_days import Closure, MonthDay
from calsvc.municipality.toml_table import IDENTIFIER_PATTERN, LANGUAGE_PATTERN, TomlTable

Value = TypeVar("Value")

PHONE_NUMBER_PATTERN = re.compile(r"0[0-9]{1,4}-[0-9]{1,4}-[0-9]{2,4}|0[0-9]{9,10}")
PERIOD_PATTERN = re.compile(r"([0-9]{2})-([0-9]{2})\.\.([0-9]{2})-([0-9]{2})")
OPENING_PATTERN = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?: [0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2})?"
)
LEAP_YEAR = 2024
"""Any leap year, so that 29 February is a valid day of a period."""
MAX_MINUTES, MAX_DAYS_AHEAD = 600, 366
DAYS_AHEAD_ITEMS = 2


def read_counter(entries: TomlTable) -> Counter:
    """Return the counter in a table ``[[counter]]``. Raises `MunicipalityFileError`."""
    tasks = frozenset(entries.pop_choices("does", Task))
    if not tasks:
        raise entries.error("does", f"is missing: give a list of some of: {', '.join(Task)}")
    counter = Counter(
        id=read_id(entries),
        kind=entries.pop_choice("kind", CounterKind),
        tasks=tasks,
        names=entries.pop_by_language("name"),
        address=entries.pop_line("address", default=""),
        district=entries.pop_line("district", default=""),
        phone=_phone_of(entries),
        hours=entries.pop_items("hours", _rule),
        closed=read_closure(entries, "closed") if entries.has("closed") else None,
        closed_for=_closed_for(entries),
        openings=entries.pop_items("open", _opening),
        begins=_day(entries, "from"),
        ends=_day(entries, "until"),
        reservation=_by_task(entries, "reservation", tasks, _reservation),
        reservation_ways=_reservation_ways(entries.pop_table("reserve")),
        not_for=entries.pop_choices("not_for", ExcludedVisitor),
        photo=entries.pop_choice("photo", Photo, Photo.UNKNOWN),
        minutes=_by_task(entries, "minutes", tasks, _minutes),
        is_card_posted=entries.pop_line("apply_then", re.compile("by-post"), '"by-post"', "") != "",
    )
    _reject_nameless(entries, counter)
    entries.reject_unknown()
    return counter


def read_id(entries: TomlTable) -> str:
    """Return the id of a counter or a phone."""
    return entries.pop_line("id", IDENTIFIER_PATTERN, "lower-case letters, digits and hyphens")


def _reject_nameless(entries: TomlTable, counter: Counter) -> None:
    if "ja" not in counter.names and counter.kind is not CounterKind.MUNICIPAL_OFFICE:
        raise entries.error("name.ja", "is missing: give the counter's name as on the city's page")
    if counter.begins and counter.ends and counter.begins > counter.ends:
        raise entries.error("until", "is before the day in from: correct one of them")


def read_phone(entries: TomlTable) -> Phone:
    """Return the phone in a table ``[[phone]]``. Raises `MunicipalityFileError`."""
    phone = Phone(
        id=read_id(entries),
        number=_number(entries, "number"),
        kind=entries.pop_choice("kind", PhoneKind),
        alternative=_number(entries, "alt", ""),
        extension=entries.pop_line("extension", default=""),
        fax=_number(entries, "fax", ""),
        hours=entries.pop_items("hours", _rule),
        languages=entries.pop_items("languages", _language),
        names=entries.pop_by_language("name"),
    )
    entries.reject_unknown()
    return phone


def _number(entries: TomlTable, key: str, default: str | None = None) -> str:
    return entries.pop_line(
        key, PHONE_NUMBER_PATTERN, "a phone number such as 0134-32-4111", default
    )


def _phone_of(entries: TomlTable) -> str:
    return entries.pop_line("phone", default="")


def _language(item: object) -> str:
    if not isinstance(item, str) or not LANGUAGE_PATTERN.fullmatch(item):
        raise ValueError("must be a language such as ja or en")
    return item


def _rule(text: object) -> OpeningRule:
    if not isinstance(text, str):
        raise ValueError('must be a text such as "mon-fri 08:30-17:15"')
    try:
        return parse_rule(text)
    except InvalidHoursError as error:
        raise ValueError(str(error)) from None


def _opening(item: object) -> date:
    if isinstance(item, date) and not isinstance(item, datetime):
        return item
    match = OPENING_PATTERN.fullmatch(item) if isinstance(item, str) else None
    try:
        return date.fromisoformat(match[1] if match else "")
    except ValueError:
        message = 'must be a day such as 2027-03-28 or "2027-03-28 09:00-12:00"'
        raise ValueError(message) from None


def _day(entries: TomlTable, key: str) -> date | None:
    return entries.pop(key, date) if entries.has(key) else None


def _closed_for(entries: TomlTable) -> Mapping[Task, Closure]:
    table = entries.pop_table("closed_for")
    closures = {task: read_closure(table, task) for task in Task if table.has(task)}
    table.reject_unknown()
    return closures


def read_closure(entries: TomlTable, key: str) -> Closure:
    """Return the closure in the list ``key``. Raises `MunicipalityFileError`."""
    items = entries.pop_items(key, _closed_item)
    return Closure(
        holidays="holidays" in items,
        maintenance="jlis" in items,
        periods=tuple(each for each in items if isinstance(each, tuple)),
        dates=frozenset(each for each in items if isinstance(each, date)),
    )


def _closed_item(item: object) -> str | date | tuple[MonthDay, MonthDay]:
    if isinstance(item, date) and not isinstance(item, datetime):
        return item
    if isinstance(item, str) and item in ("holidays", "jlis"):
        return item
    match = PERIOD_PATTERN.fullmatch(item) if isinstance(item, str) else None
    if match is None:
        raise ValueError('must be holidays, jlis, a period such as "12-29..01-03", or a date')
    first, last = _month_day(match[1], match[2]), _month_day(match[3], match[4])
    return first, last


def _month_day(month: str, day: str) -> MonthDay:
    try:
        date(LEAP_YEAR, int(month), int(day))
    except ValueError:
        raise ValueError(f"has no such day: {month}-{day}") from None
    return int(month), int(day)


def _by_task(
    entries: TomlTable, key: str, tasks: frozenset[Task], parse: Callable[[TomlTable, str], Value]
) -> dict[Task, Value]:
    """Return a value by task, which is stated once for all ``tasks`` or in a table by task."""
    if not entries.has(key):
        return {}
    if entries.is_table(key):
        table = entries.pop_table(key)
        values = {task: parse(table, task) for task in Task if table.has(task)}
        table.reject_unknown()
        return values
    value = parse(entries, key)
    return dict.fromkeys(sorted(tasks), value)


def _reservation(entries: TomlTable, key: str) -> Reservation:
    return entries.pop_choice(key, Reservation)


def _minutes(entries: TomlTable, key: str) -> int:
    minutes = entries.pop(key, int)
    if not 1 <= minutes <= MAX_MINUTES:
        raise entries.error(key, f"must be 1 to {MAX_MINUTES}")
    return minutes


def _reservation_ways(entries: TomlTable) -> ReservationWays:
    reservation_ways = ReservationWays(
        phone=_number(entries, "phone", ""),
        web=entries.pop_url("web", default=""),
        line=entries.pop_url("line", default=""),
        days_ahead=_days_ahead(entries),
    )
    entries.reject_unknown()
    return reservation_ways


def _days_ahead(entries: TomlTable) -> tuple[int, int] | None:
    days = entries.pop("days_ahead", list, [])
    if not days:
        return None
    is_number = all(type(each) is int and 0 <= each <= MAX_DAYS_AHEAD for each in days)
    if len(days) != DAYS_AHEAD_ITEMS or not is_number or days[0] < days[1]:
        raise entries.error("days_ahead", "must be the most and the least days, such as [31, 1]")
    return days[0], days[1]


def read_answers(entries: TomlTable) -> Mapping[Task, Answer]:
    """Return the answers of a table by task. Raises `MunicipalityFileError`."""
    answers = {task: entries.pop_choice(task, Answer) for task in Task if entries.has(task)}
    entries.reject_unknown()
    return answers
