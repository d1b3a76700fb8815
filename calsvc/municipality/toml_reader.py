"""Reads the profile of a municipality and merges it with what it builds on.

A ward's profile builds on that of its city, and every one on the national profile: tables by key,
counters and phones by id.
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
from calsvc.municipality.code_list import NATIONAL, Place, check_digit, home_page, place
from calsvc.municipality.counters import Counter, CounterKind, Task
from calsvc.municipality.model import JAPANESE, Collect, Municipality
from calsvc.municipality.opening_days import NEVER_CLOSED, OpenDays, Timetable
from calsvc.municipality.profile import CODE, NATIONAL_NAME, Profile, read_profile
from calsvc.rules.milestones import GraceRule

Key = TypeVar("Key")
T = TypeVar("T")

DEFAULT = "012033"
COLOUR = "royalblue"
WITH_RELEASE = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class OwnProfile:
    """A profile from an administrator's file, its content, and when the file last changed."""

    profile: Profile
    content: bytes
    changed: datetime


def load(code_or_path: str) -> Municipality:
    """Returns the municipality with that code, or the one that the file at that path describes.

    A code without a profile has the facts of its city, or those that hold for all of Japan. Raises
    `MunicipalityFileError`, which names the file and the faulty entry.
    """
    if code_or_path == NATIONAL_NAME or CODE.fullmatch(code_or_path):
        return _of_code(code_or_path)
    return _alone(load_own(code_or_path))


def load_own(path: str) -> OwnProfile:
    """Returns the profile in the file at ``path``. Raises `MunicipalityFileError`."""
    file = Path(path)
    try:
        changed = datetime.fromtimestamp(int(file.stat().st_mtime), UTC)
        content = file.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "cannot be read"
        hint = "give a code such as 012033 or the path of a profile"
        raise MunicipalityFileError(path, "", f"{reason}: {hint}") from error
    return OwnProfile(read_profile(path, content), content, changed)


def read(file: str, content: bytes, changed: datetime = WITH_RELEASE) -> Municipality:
    """Returns the municipality that ``content`` (TOML) describes; ``file`` is its name in errors.

    Raises `MunicipalityFileError`.
    """
    return _alone(OwnProfile(read_profile(file, content), content, changed))


def _alone(own: OwnProfile) -> Municipality:
    return assemble(own.profile.code, {own.profile.code: own})


def assemble(code: str, own: Mapping[str, OwnProfile]) -> Municipality:
    """Returns the municipality with that code.

    ``own`` replaces built-in profiles, by code: that of a city counts for its wards too.
    """
    found = place(code)
    layers = [each for each in (found.within if found else "", code) if each]
    given = [own[each] for each in layers if each in own]
    if not given:
        return _of_code(code)
    profiles = [[own[each].profile] if each in own else [*_own(each)] for each in layers]
    merging = [_built_in(NATIONAL_NAME), *chain.from_iterable(profiles)]
    _refuse_unknown_drops(merging)
    city = _merged(found, merging)
    digest = reduce(_digest, [each.content for each in given], city.digest)
    return replace(city, digest=digest, changed=max(each.changed for each in given))


@cache
def national() -> Municipality:
    """Returns what holds for all of Japan."""
    return _merged(None, [_built_in(NATIONAL_NAME)])


@cache
def _of_code(code: str) -> Municipality:
    if code in (NATIONAL_NAME, NATIONAL):
        return national()
    found = place(code)
    if found is None:
        known = check_digit(code[:5]) == code[5]
        reason = "there is no such municipality" if known else "is mistyped: wrong check digit"
        raise MunicipalityFileError(code, "", f"{reason}. Look the code up again")
    return _merged(found, [*_inherited(found.within), *_own(code)])


def built_in_codes() -> tuple[str, ...]:
    """Returns the codes that have a profile, without the national one."""
    names = [each.name.removesuffix(".toml") for each in _profiles().iterdir()]
    return tuple(sorted(name for name in names if name != NATIONAL_NAME))


def _profiles() -> Traversable:
    return files("calsvc.municipality") / "profiles"


def built_in_content(name: str) -> bytes:
    """Returns the content of the built-in profile ``name``, a code or ``japan``."""
    return (_profiles() / f"{name}.toml").read_bytes()


@cache
def _built_in(name: str) -> Profile:
    return read_profile(f"{name}.toml", built_in_content(name))


def _own(code: str) -> Iterator[Profile]:
    if code and (_profiles() / f"{code}.toml").is_file():
        yield _built_in(code)


def _inherited(city: str) -> Sequence[Profile]:
    return [_built_in(NATIONAL_NAME), *_own(city)]


def _refuse_unknown_drops(layers: Sequence[Profile]) -> None:
    *inherited, last = layers
    known = {id for each in inherited for id in (*each.counters, *each.phones)}
    for each in last.dropped:
        if each not in known:
            reason = f'has no counter or phone "{each}" to drop: correct or remove it'
            raise MunicipalityFileError(last.file, "drop", reason)


def _digest(before: bytes, content: bytes) -> bytes:
    return hashlib.blake2b(content, key=before, digest_size=32).digest()


# --- merging --------------------------------------------------------------------------------------


def _merged(found: Place | None, layers: Sequence[Profile]) -> Municipality:
    """Returns the municipality whose facts ``layers`` states, from the most general to its own."""
    first, last = layers[0], layers[-1]
    counters = _by_id([each.counters for each in layers], layers)
    phones = _by_id([each.phones for each in layers], layers)
    return Municipality(
        code=found.code if found else NATIONAL,
        prefecture=found.prefecture if found else "",
        names=_names(found, last) if found else first.names,
        home=home_page(found.code) if found else "",
        colour=_last([each.colour for each in layers]) or COLOUR,
        grace=_last([each.grace for each in layers]) or GraceRule.ANNIVERSARY,
        phones=tuple(phones.values()),
        counters=tuple(each for each in counters.values() if _is_own(each)),
        collect=_last([each.collect for each in layers]) or Collect.AS_NOTICE,
        collect_key_in_notice=bool(_last([each.collect_key for each in layers])),
        bring=_last([each.bring for each in layers]) or (),
        post_offices=_by_key([each.post_offices for each in layers]),
        prices=_by_key([each.prices for each in layers]),
        links=_by_key([each.links for each in layers]),
        notes=_by_key([each.notes for each in layers]),
        open_days={task: _open_days(task, counters, layers) for task in Task},
        sources=last.sources if len(layers) > 1 or not found else (),
        checked=last.checked if len(layers) > 1 or not found else None,
        digest=_digest(b"", repr(found).encode()),
        changed=WITH_RELEASE,
        national=national() if found else None,
    )


def _names(found: Place, last: Profile) -> Mapping[str, str]:
    names = last.names if last.code == found.code else {}
    return {JAPANESE: found.short_name, **names}


def _is_own(counter: Counter) -> bool:
    """Returns whether a counter is more than the office that every municipality has."""
    return counter.kind is not CounterKind.MUNICIPAL_OFFICE


def _last(values: Sequence[T | None]) -> T | None:
    return next((value for value in reversed(values) if value), None)


def _by_key(tables: Sequence[Mapping[Key, T]]) -> Mapping[Key, T]:
    return {key: value for table in tables for key, value in table.items()}


def _by_id(tables: Sequence[Mapping[str, T]], layers: Sequence[Profile]) -> Mapping[str, T]:
    found: dict[str, T] = {}
    for table, profile in zip(tables, layers, strict=True):
        found = {key: each for key, each in found.items() if key not in profile.dropped}
        found |= table
    return found


def _open_days(task: Task, counters: Mapping[str, Counter], layers: Sequence[Profile]) -> OpenDays:
    """Returns the days on which ``task`` is done.

    A counter that serves nobody without a reservation counts only if all are such counters.
    """
    if len(layers) == 1 and layers[0].code != NATIONAL_NAME:
        return national().open_days[task]
    usual = _last([each.closed for each in layers]) or NEVER_CLOSED
    weekdays = next(
        (each.closed_weekdays for each in reversed(layers) if each.closed_weekdays is not None),
        frozenset[int](),
    )
    everywhere = _by_key([each.closed_for for each in layers]).get(task, NEVER_CLOSED)
    doing = [each for each in counters.values() if task in each.tasks]
    chosen = [each for each in doing if _is_own(each)] or doing
    free = [each for each in chosen if not each.needs_reservation(task)] or chosen
    return OpenDays(
        tuple(each.timetable(task, usual, weekdays, everywhere) for each in free),
        otherwise=OpenDays((Timetable(closures=(usual, everywhere), closed_weekdays=weekdays),)),
    )
