"""Takes the entries of a TOML table one by one and names each fault by file, key and remedy."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from calsvc.errors import MunicipalityFileError

T = TypeVar("T")
Member = TypeVar("Member", bound=StrEnum)

LINE = re.compile(r"[^\x00-\x1f\x7f]+")
WEB_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]+)?(/[!-~]*)?")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]+)*")
IDENTIFIER = re.compile(r"[a-z0-9-]{1,40}")
KIND_NAMES = {str: "a text in quotes", bool: "true or false", int: "a whole number", list: "a list"}
KIND_NAMES |= {dict: "a table", date: "a date such as 2026-11-25, without quotes"}


class Entries:
    """The entries of one TOML table, taken one by one. What is left over in the end is a fault."""

    def __init__(self, file: str, table: Mapping[str, Any], path: str = "") -> None:
        """``path`` is the table's dotted name in the file."""
        self._file, self._table, self._path = file, dict(table), path

    def fault(self, key: str, reason: str) -> MunicipalityFileError:
        """Returns the error that says ``reason`` of the entry ``key``."""
        return MunicipalityFileError(self._file, f"{self._path}{key}", reason)

    def has(self, key: str) -> bool:
        """Returns whether there is an entry ``key``."""
        return key in self._table

    def is_table(self, key: str) -> bool:
        """Returns whether the entry ``key`` is a table."""
        return isinstance(self._table.get(key), dict)

    def take(self, key: str, kind: type[T], default: T | None = None) -> T:
        """Returns the entry ``key``, which must be a ``kind``; ``default`` if it is left out."""
        if key not in self._table:
            if default is None:
                raise self.fault(key, f"is missing: give {KIND_NAMES.get(kind, 'it')}")
            return default
        return self.typed(key, self._table.pop(key), kind)

    def typed(self, key: str, value: object, kind: type[T]) -> T:
        """Returns ``value`` if it is a ``kind`` and nothing derived from it."""
        wrong = isinstance(value, bool) and kind is not bool
        if not isinstance(value, kind) or wrong or (kind is date and isinstance(value, datetime)):
            raise self.fault(key, f"must be {KIND_NAMES.get(kind, kind.__name__)}")
        return value

    def line(
        self,
        key: str,
        form: re.Pattern[str] = LINE,
        means: str = "one line of text",
        default: str | None = None,
    ) -> str:
        """Returns the text ``key``, of the given form."""
        value = self.take(key, str, default)
        if value != default and not form.fullmatch(value):
            raise self.fault(key, f"must be {means}")
        return value

    def web_address(self, key: str, default: str | None = None) -> str:
        """Returns the address of the web page ``key``."""
        return self.line(
            key, WEB_ADDRESS, "an address such as https://www.city.example.jp/", default
        )

    def choice(self, key: str, kind: type[Member], default: Member | None = None) -> Member:
        """Returns the member of ``kind`` that ``key`` names."""
        value = self.take(key, str, default)
        if value not in set(kind):
            raise self.fault(key, f"must be one of: {', '.join(kind)}")
        return kind(str(value))

    def choices(self, key: str, kind: type[Member]) -> tuple[Member, ...]:
        """Returns the members of ``kind`` that the list ``key`` names; none if it is left out."""
        values = self.take(key, list, [])
        if any(value not in set(kind) for value in values):
            raise self.fault(key, f"must be a list of some of: {', '.join(kind)}")
        return tuple(kind(value) for value in values)

    def each(self, key: str, read: Callable[[object], T]) -> tuple[T, ...]:
        """Returns what ``read`` makes of each item of the list ``key``; none if it is left out.

        ``read`` raises ``ValueError`` with what is expected instead.
        """
        found = []
        for place, item in enumerate(self.take(key, list, []), start=1):
            try:
                found.append(read(item))
            except ValueError as error:
                raise self.fault(f"{key}[{place}]", str(error)) from None
        return tuple(found)

    def by_language(self, key: str) -> dict[str, str]:
        """Returns the lines of the table ``key`` by language; empty if it is left out."""
        table = self.table(key)
        return {language: table.language_line(language) for language in table}

    def language_line(self, language: str) -> str:
        """Returns the line whose key is a language."""
        if not LANGUAGE.fullmatch(language):
            raise self.fault(language, "must be a language such as ja or en")
        return self.line(language)

    def table(self, key: str) -> "Entries":
        """Returns the table ``key``; an empty one if it is left out."""
        return Entries(self._file, self.take(key, dict, {}), f"{self._path}{key}.")

    def tables(self, key: str) -> "Iterator[Entries]":
        """Yields the tables of the list ``key``, such as ``[[counter]]``."""
        for place, item in enumerate(self.take(key, list, []), start=1):
            table = self.typed(f"{key}[{place}]", item, dict)
            name = item.get("id", place)
            yield Entries(self._file, table, f"{self._path}{key}[{name}].")

    def __iter__(self) -> Iterator[str]:
        """Returns the keys of what has not been taken yet."""
        return iter(tuple(self._table))

    def end(self) -> None:
        """Reject whatever has not been taken, because it may be a misspelt entry."""
        for key in self._table:
            raise self.fault(key, "is not an entry that calsvc knows: correct or remove it")
