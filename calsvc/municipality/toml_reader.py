"""Reads a municipality's facts from its TOML file."""

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

from calsvc.errors import InvalidFile
from calsvc.municipality.model import DEFAULT_LANGUAGE, Links, LocalText, Municipality
from calsvc.municipality.opening_days import ClosedDays
from calsvc.rules.milestones import GraceRule

T = TypeVar("T")

DEFAULT = "otaru"
WITH_RELEASE = datetime.min.replace(tzinfo=UTC)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ONE_LINE = re.compile(r"[^\x00-\x1f\x7f]+")
EMPTY_OR_LINE = re.compile(r"[^\x00-\x1f\x7f]*")
ADDRESS = re.compile(r"https://[A-Za-z0-9.-]+(:[0-9]+)?(/[!-~]*)?")
NAME = re.compile(r"[a-z0-9-]+")
CODE = re.compile(r"[0-9]{6}")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]+)*")
MONTH_AND_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")


def load(name_or_path: str) -> Municipality:
    """The built-in city of that name, or else the one described by the file at that path.

    Raises `InvalidFile`, which names the file and the faulty entry.
    """
    built_in = files("calsvc.municipality") / "profiles" / f"{name_or_path}.toml"
    if NAME.fullmatch(name_or_path) and built_in.is_file():
        return read(name_or_path, built_in.read_bytes())
    try:
        changed = datetime.fromtimestamp(int(Path(name_or_path).stat().st_mtime), UTC)
        return read(name_or_path, Path(name_or_path).read_bytes(), changed)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "cannot be read"
        raise InvalidFile(name_or_path, "", reason) from error


def read(file: str, content: bytes, changed: datetime = WITH_RELEASE) -> Municipality:
    """The city that ``content`` (TOML) describes; ``file`` is its name in errors.

    Raises `InvalidFile`.
    """
    try:
        table = tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidFile(file, "", str(error)) from error
    return _municipality(Entries(file, table), _digest(content), changed)


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=32).digest()


class Entries:
    """The entries of one TOML table, taken one by one; what is left over in the end is a fault."""

    def __init__(self, file: str, table: Mapping[str, Any], path: str = "") -> None:
        """``path`` is the table's dotted name in the file."""
        self._file, self._table, self._path = file, dict(table), path

    def fault(self, key: str, reason: str) -> InvalidFile:
        """The error that says ``reason`` of the entry ``key``."""
        return InvalidFile(self._file, f"{self._path}{key}", reason)

    def take(self, key: str, kind: type[T]) -> T:
        """The entry ``key``, which must be there and be a ``kind``."""
        if key not in self._table:
            raise self.fault(key, "is missing")
        value = self._table.pop(key)
        if not isinstance(value, kind):
            raise self.fault(key, f"must be a {kind.__name__}")
        return value

    def line(self, key: str, form: re.Pattern[str] = ONE_LINE, means: str = "one line") -> str:
        """The text ``key``, of the given form."""
        value = self.take(key, str)
        if not form.fullmatch(value):
            raise self.fault(key, f"must be {means}")
        return value

    def address(self, key: str) -> str:
        """The https address ``key``."""
        return self.line(key, ADDRESS, "an https address")

    def table(self, key: str) -> "Entries":
        """The table ``key``."""
        return Entries(self._file, self.take(key, dict), f"{self._path}{key}.")

    def __iter__(self) -> Iterator[str]:
        """The keys of what has not been taken yet."""
        return iter(tuple(self._table))

    def end(self) -> None:
        """Refuse whatever has not been taken: a misspelt entry must not be passed over."""
        for key in self._table:
            raise self.fault(key, "is not an entry that calsvc knows")


def _municipality(entries: Entries, digest: bytes, changed: datetime) -> Municipality:
    city = Municipality(
        digest=digest,
        changed=changed,
        id=entries.line("id", NAME, "lower-case letters, digits and hyphens"),
        code=_code(entries),
        colour=entries.line("colour", re.compile("[a-z]+"), "a CSS colour name"),
        grace=_grace(entries),
        phone=entries.line("phone"),
        extension=entries.line("extension", EMPTY_OR_LINE),
        fax=entries.line("fax", EMPTY_OR_LINE),
        closed=_closed(entries.table("closed")),
        links=_links(entries.table("links")),
        texts=_texts(entries.table("text")),
    )
    entries.end()
    return city


def _code(entries: Entries) -> str:
    code = entries.line("code", CODE, "six digits")
    if check_digit(code[:5]) != code[5]:
        raise entries.fault("code", "is mistyped: its check digit is wrong")
    return code


def check_digit(digits: str) -> str:
    """Returns the sixth digit of a municipality's code for the first five.

    Source: 総務省, 全国地方公共団体コード仕様 (weights 6 to 2, modulus 11).
    """
    weighted = zip(map(int, digits), range(6, 1, -1), strict=True)
    return str((11 - sum(digit * weight for digit, weight in weighted) % 11) % 10)


def _grace(entries: Entries) -> GraceRule:
    value = entries.line("grace")
    if value not in set(GraceRule):
        raise entries.fault("grace", f"must be one of: {', '.join(GraceRule)}")
    return GraceRule(value)


def _closed(entries: Entries) -> ClosedDays:
    weekdays = entries.take("weekdays", list)
    if any(day not in WEEKDAYS for day in weekdays) or set(weekdays) == set(WEEKDAYS):
        raise entries.fault("weekdays", f"must be some of, not all of: {', '.join(WEEKDAYS)}")
    dates = entries.take("dates", list)
    if any(type(day) is not date for day in dates):
        raise entries.fault("dates", "must be dates such as 2026-11-24, without quotes")
    closed = ClosedDays(
        weekdays=frozenset(WEEKDAYS.index(day) for day in weekdays),
        national_holidays=entries.take("national_holidays", bool),
        year_end=_year_end(entries),
        dates=frozenset(dates),
    )
    entries.end()
    return closed


def _year_end(entries: Entries) -> tuple[tuple[int, int], tuple[int, int]] | None:
    ends = entries.take("year_end", list)
    if not ends:
        return None
    found = [MONTH_AND_DAY.fullmatch(str(end)) for end in ends]
    days = [(int(match[1]), int(match[2])) for match in found if match]
    if [month for month, _ in days] != [12, 1] or len(ends) != len(days):
        raise entries.fault("year_end", 'must be empty or two days such as ["12-29", "01-03"]')
    return days[0], days[1]


def _links(entries: Entries) -> Links:
    links = Links(**{field.name: entries.address(field.name) for field in fields(Links)})
    entries.end()
    return links


def _texts(entries: Entries) -> dict[str, LocalText]:
    texts = {}
    for language in entries:
        if not LANGUAGE.fullmatch(language):
            raise entries.fault(language, "must be a language such as ja or en")
        table = entries.table(language)
        lines = {field.name: table.line(field.name) for field in fields(LocalText)}
        texts[language] = LocalText(**lines)
        table.end()
    if DEFAULT_LANGUAGE not in texts:
        raise entries.fault(DEFAULT_LANGUAGE, "is missing")
    return texts
