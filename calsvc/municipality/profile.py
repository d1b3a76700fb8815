"""Reads the facts that one profile states, and nothing that it leaves out."""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from calsvc.errors import MunicipalityFileError
from calsvc.municipality.code_list import check_digit, place
from calsvc.municipality.counter_reader import (
    read_answers,
    read_closure,
    read_counter,
    read_phone,
)
from calsvc.municipality.counters import Answer, Brought, Counter, Phone, Task
from calsvc.municipality.entries import IDENTIFIER, WEB_ADDRESS, Entries
from calsvc.municipality.hours import WEEKDAYS
from calsvc.municipality.model import JAPANESE, Collect, Price, Service, Source
from calsvc.municipality.opening_days import Closure
from calsvc.rules.milestones import GraceRule

T = TypeVar("T", Counter, Phone)

FORMAT = 2
NATIONAL_NAME = "japan"
CODE = re.compile(r"[0-9]{6}")
COLOUR = re.compile(r"[a-z]+")
LINKS = (
    "certificate",
    "counters",
    "apply",
    "apply_at_counter",
    "collect",
    "stay",
    "reserve_certificate",
    "reserve_collect",
)


@dataclass(frozen=True)
class Profile:
    """The facts of one file. None, or an empty mapping, stands for what it does not say.

    ``code``: six digits, or ``japan``. ``counters`` and ``phones``: by id. ``dropped``: ids of
    inherited counters and phones that do not hold here.
    """

    file: str
    code: str
    extends: str
    checked: date
    sources: tuple[Source, ...]
    grace: GraceRule | None
    colour: str
    names: Mapping[str, str]
    closed_weekdays: frozenset[int] | None
    closed: Closure | None
    closed_for: Mapping[Task, Closure]
    phones: Mapping[str, Phone]
    counters: Mapping[str, Counter]
    dropped: tuple[str, ...]
    collect: Collect | None
    collect_key: bool | None
    bring: tuple[Brought, ...]
    post_offices: Mapping[Task, Answer]
    prices: Mapping[Service, Price]
    links: Mapping[str, Mapping[str, str]]
    notes: Mapping[str, str]


def read_profile(file: str, content: bytes) -> Profile:
    """Returns the facts in ``content`` (TOML). ``file`` is its name in errors.

    Raises `MunicipalityFileError`.
    """
    try:
        table = tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MunicipalityFileError(file, "", f"is no TOML: {error}") from error
    return _profile(file, Entries(file, table))


def _profile(file: str, entries: Entries) -> Profile:
    if entries.take("format", int) != FORMAT:
        raise entries.fault("format", f"must be {FORMAT}: see docs/municipalities.md")
    code = _code(entries)
    closed = entries.table("closed")
    collect = entries.table("collect")
    certificate = entries.table("certificate")
    profile = Profile(
        file=file,
        code=code,
        extends=_extends(entries, code),
        checked=entries.take("checked", date),
        sources=_sources(entries),
        grace=entries.choice("grace", GraceRule) if entries.has("grace") else None,
        colour=entries.line("colour", COLOUR, "a CSS colour name", ""),
        names=entries.by_language("names"),
        closed_weekdays=_closed_weekdays(closed),
        closed=read_closure(closed, "days") if closed.has("days") else None,
        closed_for=_closed_for(entries.table("closed_for")),
        phones=_by_id(entries, "phone", read_phone),
        counters=_by_id(entries, "counter", read_counter),
        dropped=entries.each("drop", _identifier),
        collect=collect.choice("place", Collect) if collect.has("place") else None,
        collect_key=_key_in_notice(collect),
        bring=certificate.choices("bring", Brought),
        post_offices=read_answers(entries.table("post_offices")),
        prices=_prices(entries.table("cost")),
        links=_links(entries.table("links")),
        notes=entries.by_language("notes"),
    )
    for each in (closed, collect, certificate, entries):
        each.end()
    _refuse_unknown_phones(profile, entries)
    return profile


def _code(entries: Entries) -> str:
    """Returns the code. Raises `MunicipalityFileError`, which says what is wrong with one."""
    code = entries.take("code", str)
    if code == NATIONAL_NAME:
        return code
    if not CODE.fullmatch(code):
        raise entries.fault("code", "must be six digits such as 012033")
    if check_digit(code[:5]) != code[5]:
        raise entries.fault("code", "is mistyped: its check digit is wrong. Look the code up again")
    if place(code) is None:
        raise entries.fault("code", "is of no municipality or ward: look the code up again")
    return code


def _extends(entries: Entries, code: str) -> str:
    found = place(code)
    city = found.within if found else ""
    given = entries.line("extends", CODE, "the six digits of a ward's city", "")
    if city and given != city:
        raise entries.fault("extends", f'is missing or wrong: this is a ward, write "{city}"')
    if given and not city:
        raise entries.fault("extends", "is for wards of designated cities alone: remove it")
    return given


def _sources(entries: Entries) -> tuple[Source, ...]:
    sources = tuple(_source(each) for each in entries.tables("sources"))
    if not sources:
        raise entries.fault("sources", 'is missing: name the page, as [{ page = "https://..." }]')
    return sources


def _source(entries: Entries) -> Source:
    page = entries.web_address("page")
    title = entries.line("title", default="")
    dated = entries.take("dated", date) if entries.has("dated") else None
    entries.end()
    return Source(page, title, dated)


def _closed_weekdays(closed: Entries) -> frozenset[int] | None:
    if not closed.has("weekdays"):
        return None
    weekdays = closed.take("weekdays", list)
    if any(day not in WEEKDAYS for day in weekdays) or set(weekdays) == set(WEEKDAYS):
        raise closed.fault("weekdays", f"must be some of, not all of: {', '.join(WEEKDAYS)}")
    return frozenset(WEEKDAYS.index(day) for day in weekdays)


def _closed_for(entries: Entries) -> Mapping[Task, Closure]:
    found = {task: read_closure(entries, task) for task in Task if entries.has(task)}
    entries.end()
    return found


def _by_id(entries: Entries, key: str, read: Callable[[Entries], T]) -> dict[str, T]:
    found: dict[str, T] = {}
    for table in entries.tables(key):
        each = read(table)
        if each.id in found:
            raise table.fault("id", f'stands twice: give one {key} another id than "{each.id}"')
        found[each.id] = each
    return found


def _identifier(item: object) -> str:
    if not isinstance(item, str) or not IDENTIFIER.fullmatch(item):
        raise ValueError("must be the id of a counter or a phone")
    return item


def _key_in_notice(collect: Entries) -> bool | None:
    return collect.line("key", re.compile("in-notice"), '"in-notice"', "") != "" or None


def _prices(entries: Entries) -> Mapping[Service, Price]:
    found = {each: entries.choice(each, Price) for each in Service if entries.has(each)}
    entries.end()
    return found


def _links(entries: Entries) -> Mapping[str, Mapping[str, str]]:
    found = {key: _link(entries, key) for key in LINKS if entries.has(key)}
    entries.end()
    return found


def _link(entries: Entries, key: str) -> Mapping[str, str]:
    if not entries.is_table(key):
        return {JAPANESE: entries.web_address(key)}
    pages = entries.by_language(key)
    for language, page in pages.items():
        if not WEB_ADDRESS.fullmatch(page):
            raise entries.fault(f"{key}.{language}", "must be an address such as https://...")
    return pages


def _refuse_unknown_phones(profile: Profile, entries: Entries) -> None:
    for counter in profile.counters.values():
        if counter.phone and counter.phone not in profile.phones and not counter.phone[0].isdigit():
            raise entries.fault(
                f"counter[{counter.id}].phone", "is neither a number nor the id of a [[phone]]"
            )
