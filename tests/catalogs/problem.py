"""Problems of catalogs, in a form for translators."""

from typing import NamedTuple


class CatalogProblem(NamedTuple):
    """A problem of one text. ``expected``: the expectation that it violates."""

    file: str
    key: str
    expected: str

    def __str__(self) -> str:
        """Return the line for translators."""
        return f"{self.file}: {self.key}: {self.expected}"
