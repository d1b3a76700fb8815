"""Parses one profile. It adds no fact that the profile does not state."""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from calsvc.errors import MunicipalityFileError
from calsvc.municipality.code_list import check_digit, find_place
from calsvc.municipality.counter_reader import (
    read_answers,
    read_closure,
    read_counter,
    read_phone,
)
from calsvc.municipality.counters import Answer, Counter, Phone, RequiredItem, Task
from calsvc.municipality.hours import WEEKDAYS
from calsvc.municipality.model import JAPANESE, CollectionPlace, Price, PricedItem, Source
from calsvc.municipality.opening_days import Closure
from calsvc.municipality.toml_table import IDENTIFIER_PATTERN, WEB_URL_PATTERN, TomlTable
from calsvc.rules.milestones import GraceRule

T = TypeVar("T", Counter, Phone)

PROFILE_FORMAT = 2
NATIONAL_NAME = "japan"
CODE_PATTERN = re.compile(r"[0-9]{6}")
COLOUR_PATTERN = re.compile(r"[a-z]+")
PAGE_PURPOSES = (
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
    """The facts of one file. A missing fact is None or an empty collection.

    ``code``: six digits, or ``japan``. ``extends``: the code of a ward's city. ``counters`` and
    ``phones``: by id. ``dropped``: ids of inherited counters and phones that do not apply here.
    """

    file: str
    code: str
    extends: str
    checked_on: date
    sources: tuple[Source, ...]
    grace_rule: GraceRule | None
    colour: str
    names: Mapping[str, str]
    closed_weekdays: frozenset[int] | None
    closed: Closure | None
    closed_for: Mapping[Task, Closure]
    phones: Mapping[str, Phone]
    counters: Mapping[str, Counter]
    dropped: tuple[str, ...]
    collect: CollectionPlace | None
    collect_key: bool | None
    bring: tuple[RequiredItem, ...]
    post_offices: Mapping[Task, Answer]
    prices: Mapping[PricedItem, Price]
    page_urls: Mapping[str, Mapping[str, str]]
    notes: Mapping[str, str]


def read_profile(file: str, content: bytes) -> Profile:
    """Return the profile in ``content`` (TOML). ``file``: the file name for errors.

    Raises `MunicipalityFileError`.
    """
    try:
        table = tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MunicipalityFileError(file, "", f"is no TOML: {error}") from error
    return _profile(file, TomlTable(file, table))


def _profile(file: str, entries: TomlTable) -> Profile:
    if entries.pop("format", int) != PROFILE_FORMAT:
        raise entries.error("format", f"must be {PROFILE_FORMAT}: see docs/municipalities.md")
    code = _code(entries)
    closed = entries.pop_table("closed")
    collect = entries.pop_table("collect")
    certificate = entries.pop_table("certificate")
    profile = Profile(
        file=file,
        code=code,
        extends=_extends(entries, code),
        checked_on=entries.pop("checked", date),
        sources=_sources(entries),
        grace_rule=entries.pop_choice("grace", GraceRule) if entries.has("grace") else None,
        colour=entries.pop_line("colour", COLOUR_PATTERN, "a CSS colour name", ""),
        names=entries.pop_by_language("names"),
        closed_weekdays=_closed_weekdays(closed),
        closed=read_closure(closed, "days") if closed.has("days") else None,
        closed_for=_closed_for(entries.pop_table("closed_for")),
        phones=_by_id(entries, "phone", read_phone),
        counters=_by_id(entries, "counter", read_counter),
        dropped=entries.pop_items("drop", _identifier),
        collect=collect.pop_choice("place", CollectionPlace) if collect.has("place") else None,
        collect_key=_key_in_notice(collect),
        bring=certificate.pop_choices("bring", RequiredItem),
        post_offices=read_answers(entries.pop_table("post_offices")),
        prices=_prices(entries.pop_table("cost")),
        page_urls=_page_urls(entries.pop_table("links")),
        notes=entries.pop_by_language("notes"),
    )
    for table in (closed, collect, certificate, entries):
        table.reject_unknown()
    _reject_unknown_phones(profile, entries)
    return profile


def _code(entries: TomlTable) -> str:
    code = entries.pop("code", str)
    if code == NATIONAL_NAME:
        return code
    if not CODE_PATTERN.fullmatch(code):
        raise entries.error("code", "must be six digits such as 012033")
    if check_digit(code[:5]) != code[5]:
        raise entries.error("code", "is mistyped: its check digit is wrong. Look the code up again")
    if find_place(code) is None:
        raise entries.error("code", "is of no municipality or ward: look the code up again")
    return code


def _extends(entries: TomlTable, code: str) -> str:
    place = find_place(code)
    city = place.within if place else ""
    extends = entries.pop_line("extends", CODE_PATTERN, "the six digits of a ward's city", "")
    if city and extends != city:
        raise entries.error("extends", f'is missing or wrong: this is a ward, write "{city}"')
    if extends and not city:
        raise entries.error("extends", "is for wards of designated cities alone: remove it")
    return extends


def _sources(entries: TomlTable) -> tuple[Source, ...]:
    sources = tuple(_source(each) for each in entries.pop_tables("sources"))
    if not sources:
        raise entries.error("sources", 'is missing: name the page, as [{ page = "https://..." }]')
    return sources


def _source(entries: TomlTable) -> Source:
    page = entries.pop_url("page")
    title = entries.pop_line("title", default="")
    dated = entries.pop("dated", date) if entries.has("dated") else None
    entries.reject_unknown()
    return Source(page, title, dated)


def _closed_weekdays(closed: TomlTable) -> frozenset[int] | None:
    if not closed.has("weekdays"):
        return None
    weekdays = closed.pop("weekdays", list)
    if any(day not in WEEKDAYS for day in weekdays) or set(weekdays) == set(WEEKDAYS):
        raise closed.error("weekdays", f"must be some of, not all of: {', '.join(WEEKDAYS)}")
    return frozenset(WEEKDAYS.index(day) for day in weekdays)


def _closed_for(entries: TomlTable) -> Mapping[Task, Closure]:
    closures = {task: read_closure(entries, task) for task in Task if entries.has(task)}
    entries.reject_unknown()
    return closures


def _by_id(entries: TomlTable, key: str, parse: Callable[[TomlTable], T]) -> dict[str, T]:
    items: dict[str, T] = {}
    for table in entries.pop_tables(key):
        item = parse(table)
        if item.id in items:
            raise table.error("id", f'stands twice: give one {key} another id than "{item.id}"')
        items[item.id] = item
    return items


def _identifier(item: object) -> str:
    if not isinstance(item, str) or not IDENTIFIER_PATTERN.fullmatch(item):
        raise ValueError("must be the id of a counter or a phone")
    return item


def _key_in_notice(collect: TomlTable) -> bool | None:
    return collect.pop_line("key", re.compile("in-notice"), '"in-notice"', "") != "" or None


def _prices(entries: TomlTable) -> Mapping[PricedItem, Price]:
    prices = {item: entries.pop_choice(item, Price) for item in PricedItem if entries.has(item)}
    entries.reject_unknown()
    return prices


def _page_urls(entries: TomlTable) -> Mapping[str, Mapping[str, str]]:
    urls = {key: _page_urls_by_language(entries, key) for key in PAGE_PURPOSES if entries.has(key)}
    entries.reject_unknown()
    return urls


def _page_urls_by_language(entries: TomlTable, key: str) -> Mapping[str, str]:
    if not entries.is_table(key):
        return {JAPANESE: entries.pop_url(key)}
    pages = entries.pop_by_language(key)
    for language, page in pages.items():
        if not WEB_URL_PATTERN.fullmatch(page):
            raise entries.error(f"{key}.{language}", "must be an address such as https://...")
    return pages


def _reject_unknown_phones(profile: Profile, entries: TomlTable) -> None:
    for counter in profile.counters.values():
        if counter.phone and counter.phone not in profile.phones and not counter.phone[0].isdigit():
            raise entries.error(
                f"counter[{counter.id}].phone", "is neither a number nor the id of a [[phone]]"
            )
