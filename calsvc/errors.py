"""Defines the errors of calsvc. They have a field, a message key and params, but no prose."""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from traceback import extract_tb

ParamValue = str | int | date


class CalsvcError(Exception):
    """The base class of the errors of calsvc."""


@dataclass(frozen=True)
class Problem:
    """One faulty field.

    ``field``: the name of the input. ``key``: the key of the message in the catalogs. ``params``:
    the values in the message. The submitted value is never one of them, so that errors are safe to
    log.
    """

    field: str
    key: str
    params: Mapping[str, ParamValue] = dataclasses.field(default_factory=dict)


class InvalidInputError(CalsvcError):
    """Input with faulty fields. ``problems`` names all of them."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Store ``problems``, at least one, in their order."""
        self.problems = tuple(problems)
        super().__init__(", ".join(f"{each.field}: {each.key}" for each in self.problems))


class InvalidDateError(CalsvcError):
    """A text that is no date. The caller adds the field to make a `Problem`."""

    def __init__(self, key: str, **params: ParamValue) -> None:
        """Store ``key`` and ``params``, which are those of a `Problem`."""
        self.key = key
        self.params = params
        super().__init__(key)


class MunicipalityFileError(CalsvcError):
    """A profile of a municipality that cannot be used. ``reason``: why, in English."""

    def __init__(self, file: str, key: str, reason: str) -> None:
        """``key``: the dotted name of the faulty entry, or '' for the whole file."""
        self.file, self.key, self.reason = file, key, reason
        super().__init__(f"{file}: {key}: {reason}" if key else f"{file}: {reason}")


def error_location(error: BaseException) -> str:
    """Return the type of ``error`` and its lines of code, without its message.

    The message could contain personal data, which must not be logged.
    """
    frames = [f"{frame.filename}:{frame.lineno}" for frame in extract_tb(error.__traceback__)]
    return f"{type(error).__name__} at {' < '.join(reversed(frames))}"
