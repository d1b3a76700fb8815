"""Reads a TOML table entry by entry. Errors name the file, the key and the remedy."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from calsvc.errors import MunicipalityFileError

T = TypeVar("T")
ChoiceT = TypeVar("ChoiceT", bound=StrEnum)

LINE_PATTERN = re.compile(r"[^\x00-\x1f\x7f]+")
WEB_URL_PATTERN = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]+)?(/[!-~]*)?")
LANGUAGE_PATTERN = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]+)*")
IDENTIFIER_PATTERN = re.compile(r"[a-z0-9-]{1,40}")
KIND_NAMES = {str: "a text in quotes", bool: "true or false", int: "a whole number", list: "a list"}
KIND_NAMES |= {dict: "a table", date: "a date such as 2026-11-25, without quotes"}


class TomlTable:
    """A TOML table whose entries are popped one by one. `reject_unknown` rejects the rest."""

    def __init__(self, file: str, table: Mapping[str, Any], path: str = "") -> None:
        """``path`` is the table's dotted name in the file."""
        self._file, self._table, self._path = file, dict(table), path

    def error(self, key: str, reason: str) -> MunicipalityFileError:
        """Return an error about the entry ``key``. ``reason`` completes a sentence."""
        return MunicipalityFileError(self._file, f"{self._path}{key}", reason)

    def has(self, key: str) -> bool:
        """Return True if there is an entry ``key``."""
        return key in self._table

    def is_table(self, key: str) -> bool:
        """Return True if the entry ``key`` is a table."""
        return isinstance(self._table.get(key), dict)

    def pop(self, key: str, kind: type[T], default: T | None = None) -> T:
        """Return the entry ``key``, which must be a ``kind``, or ``default`` if it is missing."""
        if key not in self._table:
            if default is None:
                raise self.error(key, f"is missing: give {KIND_NAMES.get(kind, 'it')}")
            return default
        return self._require_type(key, self._table.pop(key), kind)

    def _require_type(self, key: str, value: object, kind: type[T]) -> T:
        """Return ``value`` if it is a ``kind``. Raises `MunicipalityFileError`."""
        # In Python, a bool is an int and a datetime is a date. In a profile, both are mistakes.
        wrong = isinstance(value, bool) and kind is not bool
        if not isinstance(value, kind) or wrong or (kind is date and isinstance(value, datetime)):
            raise self.error(key, f"must be {KIND_NAMES.get(kind, kind.__name__)}")
        return value

    def pop_line(
        self,
        key: str,
        form: re.Pattern[str] = LINE_PATTERN,
        means: str = "one line of text",
        default: str | None = None,
    ) -> str:
        """Return the text ``key``, which must match ``form``. ``means``: the form in words."""
        value = self.pop(key, str, default)
        if value != default and not form.fullmatch(value):
            raise self.error(key, f"must be {means}")
        return value

    def pop_url(self, key: str, default: str | None = None) -> str:
        """Return the URL ``key`` of a web page."""
        return self.pop_line(
            key, WEB_URL_PATTERN, "an address such as https://www.city.example.jp/", default
        )

    def pop_choice(self, key: str, kind: type[ChoiceT], default: ChoiceT | None = None) -> ChoiceT:
        """Return the member of ``kind`` that ``key`` names."""
        value = self.pop(key, str, default)
        if value not in set(kind):
            raise self.error(key, f"must be one of: {', '.join(kind)}")
        return kind(str(value))

    def pop_choices(self, key: str, kind: type[ChoiceT]) -> tuple[ChoiceT, ...]:
        """Return the members of ``kind`` that the list ``key`` names, or none if it is missing."""
        values = self.pop(key, list, [])
        if any(value not in set(kind) for value in values):
            raise self.error(key, f"must be a list of some of: {', '.join(kind)}")
        return tuple(kind(value) for value in values)

    def pop_items(self, key: str, parse: Callable[[object], T]) -> tuple[T, ...]:
        """Return the parsed items of the list ``key``, or none if it is missing.

        ``parse`` raises ``ValueError`` with a message that describes a valid item.
        """
        items = []
        for position, item in enumerate(self.pop(key, list, []), start=1):
            try:
                items.append(parse(item))
            except ValueError as error:
                raise self.error(f"{key}[{position}]", str(error)) from None
        return tuple(items)

    def pop_by_language(self, key: str) -> dict[str, str]:
        """Return the lines of the table ``key`` by language, or none if it is missing."""
        table = self.pop_table(key)
        return {language: table._pop_language_line(language) for language in table}

    def _pop_language_line(self, language: str) -> str:
        if not LANGUAGE_PATTERN.fullmatch(language):
            raise self.error(language, "must be a language such as ja or en")
        return self.pop_line(language)

    def pop_table(self, key: str) -> "TomlTable":
        """Return the table ``key``, or an empty one if it is missing."""
        return TomlTable(self._file, self.pop(key, dict, {}), f"{self._path}{key}.")

    def pop_tables(self, key: str) -> "Iterator[TomlTable]":
        """Yield the tables of the list ``key``, such as ``[[counter]]``."""
        for position, item in enumerate(self.pop(key, list, []), start=1):
            table = self._require_type(f"{key}[{position}]", item, dict)
            name = item.get("id", position)
            yield TomlTable(self._file, table, f"{self._path}{key}[{name}].")

    def __iter__(self) -> Iterator[str]:
        """Return the keys of the remaining entries."""
        return iter(tuple(self._table))

    def reject_unknown(self) -> None:
        """Reject the remaining entries, because they may be misspelt."""
        for key in self._table:
            raise self.error(key, "is not an entry that calsvc knows: correct or remove it")
