"""Reads the counters and the phones of a profile."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TypeVar

from calsvc.municipality.counters import (
    Answer,
    Counter,
    CounterKind,
    Excluded,
    Phone,
    PhoneKind,
    Photo,
    Reservation,
    Reserving,
    Task,
)
from calsvc.municipality.entries import IDENTIFIER, LANGUAGE, Entries
from calsvc.municipality.hours import Rule, UnreadableHoursError, parse_rule
from calsvc.municipality.opening_days import Closure, MonthDay

Value = TypeVar("Value")

PHONE_NUMBER = re.compile(r"0[0-9]{1,4}-[0-9]{1,4}-[0-9]{2,4}|0[0-9]{9,10}")
PERIOD = re.compile(r"([0-9]{2})-([0-9]{2})\.\.([0-9]{2})-([0-9]{2})")
OPENING = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?: [0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2})?")
EVERY_FOURTH_YEAR = 2024
"""A leap year, so that 29 February is a day."""
MAX_MINUTES, MAX_DAYS_AHEAD = 600, 366
DAYS_AHEAD = 2


def read_counter(entries: Entries) -> Counter:
    """Return the counter that a table ``[[counter]]`` describes.

    Raises `MunicipalityFileError`.
    """
    tasks = frozenset(entries.choices("does", Task))
    if not tasks:
        raise entries.fault("does", f"is missing: give a list of some of: {', '.join(Task)}")
    counter = Counter(
        id=read_id(entries),
        kind=entries.choice("kind", CounterKind),
        tasks=tasks,
        names=entries.by_language("name"),
        address=entries.line("address", default=""),
        district=entries.line("district", default=""),
        phone=_phone_of(entries),
        hours=entries.each("hours", _rule),
        closed=read_closure(entries, "closed") if entries.has("closed") else None,
        closed_for=_closed_for(entries),
        openings=entries.each("open", _opening),
        begins=_day(entries, "from"),
        ends=_day(entries, "until"),
        reservation=_by_task(entries, "reservation", tasks, _reservation),
        reserving=_reserving(entries.table("reserve")),
        not_for=entries.choices("not_for", Excluded),
        photo=entries.choice("photo", Photo, Photo.UNKNOWN),
        minutes=_by_task(entries, "minutes", tasks, _minutes),
        then_posted=entries.line("apply_then", re.compile("by-post"), '"by-post"', "") != "",
    )
    _refuse_nameless(entries, counter)
    entries.end()
    return counter


def read_id(entries: Entries) -> str:
    """Returns the id of a counter or a phone."""
    return entries.line("id", IDENTIFIER, "lower-case letters, digits and hyphens")


def _refuse_nameless(entries: Entries, counter: Counter) -> None:
    if "ja" not in counter.names and counter.kind is not CounterKind.MUNICIPAL_OFFICE:
        raise entries.fault("name.ja", "is missing: give the counter's name as on the city's page")
    if counter.begins and counter.ends and counter.begins > counter.ends:
        raise entries.fault("until", "is before the day in from: correct one of them")


def read_phone(entries: Entries) -> Phone:
    """Returns the phone that a table ``[[phone]]`` describes. Raises `MunicipalityFileError`."""
    phone = Phone(
        id=read_id(entries),
        number=_number(entries, "number"),
        kind=entries.choice("kind", PhoneKind),
        alternative=_number(entries, "alt", ""),
        extension=entries.line("extension", default=""),
        fax=_number(entries, "fax", ""),
        hours=entries.each("hours", _rule),
        languages=entries.each("languages", _language),
        names=entries.by_language("name"),
    )
    entries.end()
    return phone


def _number(entries: Entries, key: str, default: str | None = None) -> str:
    return entries.line(key, PHONE_NUMBER, "a phone number such as 0134-32-4111", default)


def _phone_of(entries: Entries) -> str:
    return entries.line("phone", default="")


def _language(item: object) -> str:
    if not isinstance(item, str) or not LANGUAGE.fullmatch(item):
        raise ValueError("must be a language such as ja or en")
    return item


def _rule(text: object) -> Rule:
    if not isinstance(text, str):
        raise ValueError('must be a text such as "mon-fri 08:30-17:15"')
    try:
        return parse_rule(text)
    except UnreadableHoursError as error:
        raise ValueError(str(error)) from None


def _opening(item: object) -> date:
    if isinstance(item, date) and not isinstance(item, datetime):
        return item
    found = OPENING.fullmatch(item) if isinstance(item, str) else None
    try:
        return date.fromisoformat(found[1]) if found else _no_opening()
    except ValueError:
        return _no_opening()


def _no_opening() -> date:
    raise ValueError('must be a day such as 2027-03-28 or "2027-03-28 09:00-12:00"')


def _day(entries: Entries, key: str) -> date | None:
    return entries.take(key, date) if entries.has(key) else None


def _closed_for(entries: Entries) -> Mapping[Task, Closure]:
    table = entries.table("closed_for")
    found = {task: read_closure(table, task) for task in Task if table.has(task)}
    table.end()
    return found


def read_closure(entries: Entries, key: str) -> Closure:
    """Returns the closure that the list ``key`` gives. Raises `MunicipalityFileError`."""
    items = entries.each(key, _closed_item)
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
    match = PERIOD.fullmatch(item) if isinstance(item, str) else None
    if match is None:
        raise ValueError('must be holidays, jlis, a period such as "12-29..01-03", or a date')
    first, last = _month_day(match[1], match[2]), _month_day(match[3], match[4])
    return first, last


def _month_day(month: str, day: str) -> MonthDay:
    try:
        date(EVERY_FOURTH_YEAR, int(month), int(day))
    except ValueError:
        raise ValueError(f"has no such day: {month}-{day}") from None
    return int(month), int(day)


def _by_task(
    entries: Entries, key: str, tasks: frozenset[Task], read: Callable[[Entries, str], Value]
) -> dict[Task, Value]:
    """Returns a fact that is written once, or by task in a table."""
    if not entries.has(key):
        return {}
    if entries.is_table(key):
        table = entries.table(key)
        found = {task: read(table, task) for task in Task if table.has(task)}
        table.end()
        return found
    value = read(entries, key)
    return dict.fromkeys(sorted(tasks), value)


def _reservation(entries: Entries, key: str) -> Reservation:
    return entries.choice(key, Reservation)


def _minutes(entries: Entries, key: str) -> int:
    minutes = entries.take(key, int)
    if not 1 <= minutes <= MAX_MINUTES:
        raise entries.fault(key, f"must be 1 to {MAX_MINUTES}")
    return minutes


def _reserving(entries: Entries) -> Reserving:
    reserving = Reserving(
        phone=_number(entries, "phone", ""),
        web=entries.web_address("web", default=""),
        line=entries.web_address("line", default=""),
        days_ahead=_days_ahead(entries),
    )
    entries.end()
    return reserving


def _days_ahead(entries: Entries) -> tuple[int, int] | None:
    days = entries.take("days_ahead", list, [])
    if not days:
        return None
    is_number = all(type(each) is int and 0 <= each <= MAX_DAYS_AHEAD for each in days)
    if len(days) != DAYS_AHEAD or not is_number or days[0] < days[1]:
        raise entries.fault("days_ahead", "must be the most and the least days, such as [31, 1]")
    return days[0], days[1]


def read_answers(entries: Entries) -> Mapping[Task, Answer]:
    """Returns the answers of a table by task. Raises `MunicipalityFileError`."""
    found = {task: entries.choice(task, Answer) for task in Task if entries.has(task)}
    entries.end()
    return found
