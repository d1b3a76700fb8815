"""The one family of errors: each knows its field, its message key and its facts, and no prose."""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from traceback import extract_tb

ParamValue = str | int | date


class CalsvcError(Exception):
    """Anything that calsvc refuses to do."""


@dataclass(frozen=True)
class Problem:
    """One faulty field.

    ``field`` is the name of the input, ``key`` the message's key in the catalogs and ``params``
    what the message needs. The value that was given is never among the facts: an error must be
    safe to log and to pass on.
    """

    field: str
    key: str
    params: Mapping[str, ParamValue] = dataclasses.field(default_factory=dict)


class InvalidInputError(CalsvcError):
    """What was asked cannot be answered; ``problems`` names every faulty field."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep ``problems`` in the order found; there is at least one."""
        self.problems = tuple(problems)
        super().__init__(", ".join(f"{each.field}: {each.key}" for each in self.problems))


class InvalidDateError(CalsvcError):
    """A text that is no date; the caller knows which field it stood in."""

    def __init__(self, key: str, **params: ParamValue) -> None:
        """``key`` and ``params`` are those of a `Problem`."""
        self.key = key
        self.params = params
        super().__init__(key)


class MunicipalityFileError(CalsvcError):
    """A file that cannot be used: ``file`` and ``key`` say where, ``reason`` why (in English)."""

    def __init__(self, file: str, key: str, reason: str) -> None:
        """``key`` is the dotted name of the faulty entry, or empty for the file as a whole."""
        self.file, self.key, self.reason = file, key, reason
        super().__init__(f"{file}: {key}: {reason}" if key else f"{file}: {reason}")


def where(error: BaseException) -> str:
    """The kind of error and the lines of code it passed through, without its message."""
    frames = [f"{frame.filename}:{frame.lineno}" for frame in extract_tb(error.__traceback__)]
    return f"{type(error).__name__} at {' < '.join(reversed(frames))}"
