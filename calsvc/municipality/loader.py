"""Loads the profile of a municipality and merges it with the profiles that it extends.

A ward's profile extends that of its city, and each one extends the national profile. Tables are
merged by key, counters and phones by id.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache, reduce
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import chain
from pathlib import Path
from typing import TypeVar

from calsvc.errors import MunicipalityFileError
from calsvc.municipality.code_list import NATIONAL, Place, check_digit, find_home_page, find_place
from calsvc.municipality.counters import Counter, CounterKind, Task
from calsvc.municipality.model import JAPANESE, CollectionPlace, Municipality
from calsvc.municipality.opening_days import NEVER_CLOSED, OpenDays, Timetable
from calsvc.municipality.profile import CODE_PATTERN, NATIONAL_NAME, Profile, read_profile
from calsvc.rules.milestones import GraceRule

Key = TypeVar("Key")
T = TypeVar("T")

DEFAULT_MUNICIPALITY = "012033"
DEFAULT_COLOUR = "royalblue"
BUILT_IN_MODIFIED_AT = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class ProfileFile:
    """A profile from an administrator's file, with the file's content and last modification."""

    profile: Profile
    content: bytes
    modified_at: datetime


def load_municipality(code_or_path: str) -> Municipality:
    """Return the municipality with a code, or the one in the file at a path.

    A code without a profile has the facts of its city, or of all of Japan. Raises
    `MunicipalityFileError` with the file and the faulty entry.
    """
    if code_or_path == NATIONAL_NAME or CODE_PATTERN.fullmatch(code_or_path):
        return _load_by_code(code_or_path)
    return _build_alone(load_profile(code_or_path))


def load_profile(path: str) -> ProfileFile:
    """Return the profile in the file at ``path``. Raises `MunicipalityFileError`."""
    file = Path(path)
    try:
        modified_at = datetime.fromtimestamp(int(file.stat().st_mtime), UTC)
        content = file.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "cannot be read"
        hint = "give a code such as 012033 or the path of a profile"
        raise MunicipalityFileError(path, "", f"{reason}: {hint}") from error
    return ProfileFile(read_profile(path, content), content, modified_at)


def parse_municipality(
    file: str, content: bytes, modified_at: datetime = BUILT_IN_MODIFIED_AT
) -> Municipality:
    """Return the municipality in ``content`` (TOML). ``file``: the file name for errors.

    Raises `MunicipalityFileError`.
    """
    return _build_alone(ProfileFile(read_profile(file, content), content, modified_at))


def _build_alone(own: ProfileFile) -> Municipality:
    return build_municipality(own.profile.code, {own.profile.code: own})


def build_municipality(code: str, own: Mapping[str, ProfileFile]) -> Municipality:
    """Return the municipality with ``code``.

    ``own``: files by code, which replace built-in profiles. A city's file also applies to its
    wards.
    """
    place = find_place(code)
    layers = [each for each in (place.within if place else "", code) if each]
    replaced = [own[each] for each in layers if each in own]
    if not replaced:
        return _load_by_code(code)
    profiles = [
        [own[each].profile] if each in own else [*_built_in_profile(each)] for each in layers
    ]
    merging = [_load_built_in(NATIONAL_NAME), *chain.from_iterable(profiles)]
    _reject_unknown_drops(merging)
    municipality = _merge(place, merging)
    digest = reduce(_digest, [each.content for each in replaced], municipality.digest)
    modified_at = max(each.modified_at for each in replaced)
    return replace(municipality, digest=digest, modified_at=modified_at)


@cache
def national_municipality() -> Municipality:
    """Return the facts of all of Japan."""
    return _merge(None, [_load_built_in(NATIONAL_NAME)])


@cache
def _load_by_code(code: str) -> Municipality:
    if code in (NATIONAL_NAME, NATIONAL):
        return national_municipality()
    place = find_place(code)
    if place is None:
        is_valid = check_digit(code[:5]) == code[5]
        reason = "there is no such municipality" if is_valid else "is mistyped: wrong check digit"
        raise MunicipalityFileError(code, "", f"{reason}. Look the code up again")
    return _merge(place, [*_inherited(place.within), *_built_in_profile(code)])


def built_in_codes() -> tuple[str, ...]:
    """Return the codes with a built-in profile, without the national one."""
    names = [each.name.removesuffix(".toml") for each in _profiles().iterdir()]
    return tuple(sorted(name for name in names if name != NATIONAL_NAME))


def _profiles() -> Traversable:
    return files("calsvc.municipality") / "profiles"


def built_in_content(name: str) -> bytes:
    """Return the content of the built-in profile ``name``, a code or ``japan``."""
    return (_profiles() / f"{name}.toml").read_bytes()


@cache
def _load_built_in(name: str) -> Profile:
    return read_profile(f"{name}.toml", built_in_content(name))


def _built_in_profile(code: str) -> Iterator[Profile]:
    if code and (_profiles() / f"{code}.toml").is_file():
        yield _load_built_in(code)


def _inherited(city: str) -> Sequence[Profile]:
    return [_load_built_in(NATIONAL_NAME), *_built_in_profile(city)]


def _reject_unknown_drops(layers: Sequence[Profile]) -> None:
    *inherited, last = layers
    known = {id for each in inherited for id in (*each.counters, *each.phones)}
    for dropped in last.dropped:
        if dropped not in known:
            reason = f'has no counter or phone "{dropped}" to drop: correct or remove it'
            raise MunicipalityFileError(last.file, "drop", reason)


def _digest(before: bytes, content: bytes) -> bytes:
    return hashlib.blake2b(content, key=before, digest_size=32).digest()


# --- merging --------------------------------------------------------------------------------------


def _merge(place: Place | None, layers: Sequence[Profile]) -> Municipality:
    """Return the municipality of ``layers``, the profiles from the national one to its own."""
    first, last = layers[0], layers[-1]
    counters = _by_id([each.counters for each in layers], layers)
    phones = _by_id([each.phones for each in layers], layers)
    return Municipality(
        code=place.code if place else NATIONAL,
        prefecture=place.prefecture if place else "",
        names=_names(place, last) if place else first.names,
        home_page=find_home_page(place.code) if place else "",
        colour=_last([each.colour for each in layers]) or DEFAULT_COLOUR,
        grace_rule=_last([each.grace_rule for each in layers]) or GraceRule.ANNIVERSARY,
        phones=tuple(phones.values()),
        counters=tuple(each for each in counters.values() if _is_own(each)),
        collect=_last([each.collect for each in layers]) or CollectionPlace.AS_NOTICE,
        collect_key_in_notice=bool(_last([each.collect_key for each in layers])),
        bring=_last([each.bring for each in layers]) or (),
        post_offices=_by_key([each.post_offices for each in layers]),
        prices=_by_key([each.prices for each in layers]),
        page_urls=_by_key([each.page_urls for each in layers]),
        notes=_by_key([each.notes for each in layers]),
        open_days={task: _open_days(task, counters, layers) for task in Task},
        sources=last.sources if len(layers) > 1 or not place else (),
        checked_on=last.checked_on if len(layers) > 1 or not place else None,
        digest=_digest(b"", repr(place).encode()),
        modified_at=BUILT_IN_MODIFIED_AT,
        national=national_municipality() if place else None,
    )


def _names(place: Place, last: Profile) -> Mapping[str, str]:
    names = last.names if last.code == place.code else {}
    return {JAPANESE: place.short_name, **names}


def _is_own(counter: Counter) -> bool:
    """Return True for any counter except the office that every municipality has."""
    return counter.kind is not CounterKind.MUNICIPAL_OFFICE


def _last(values: Sequence[T | None]) -> T | None:
    return next((value for value in reversed(values) if value), None)


def _by_key(tables: Sequence[Mapping[Key, T]]) -> Mapping[Key, T]:
    return {key: value for table in tables for key, value in table.items()}


def _by_id(tables: Sequence[Mapping[str, T]], layers: Sequence[Profile]) -> Mapping[str, T]:
    items: dict[str, T] = {}
    for table, profile in zip(tables, layers, strict=True):
        items = {id_: item for id_, item in items.items() if id_ not in profile.dropped}
        items |= table
    return items


def _open_days(task: Task, counters: Mapping[str, Counter], layers: Sequence[Profile]) -> OpenDays:
    """Return the days on which some counter is open for ``task``.

    A counter that requires a reservation counts only if all counters require one.
    """
    if len(layers) == 1 and layers[0].code != NATIONAL_NAME:
        return national_municipality().open_days[task]
    default = _last([each.closed for each in layers]) or NEVER_CLOSED
    weekdays = next(
        (each.closed_weekdays for each in reversed(layers) if each.closed_weekdays is not None),
        frozenset[int](),
    )
    everywhere = _by_key([each.closed_for for each in layers]).get(task, NEVER_CLOSED)
    all_counters = [each for each in counters.values() if task in each.tasks]
    own = [each for each in all_counters if _is_own(each)] or all_counters
    free = [each for each in own if not each.needs_reservation(task)] or own
    return OpenDays(
        tuple(each.timetable(task, default, weekdays, everywhere) for each in free),
        fallback=OpenDays((Timetable(closures=(default, everywhere), closed_weekdays=weekdays),)),
    )
