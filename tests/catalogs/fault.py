"""A fault of a catalog, as translators are told of it."""

from typing import NamedTuple


class Fault(NamedTuple):
    """Names the file and key, and what is expected there."""

    file: str
    key: str
    expected: str

    def __str__(self) -> str:
        """Return one line."""
        return f"{self.file}: {self.key}: {self.expected}"
