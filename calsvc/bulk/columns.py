"""Which column of a table is which field, by its header."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from calsvc.errors import InvalidInput, Problem
from calsvc.parsing.card_fields import DATE_FIELDS

RENEWAL_ANSWER = "cert_renewed_answer"
"""A column that says that the certificate was renewed, and not when."""
FIELDS = (*DATE_FIELDS, RENEWAL_ANSWER, "name", "email", "lang")
PASSED_OVER = re.compile(r"[\s_\-・\u2010-\u2015]")
JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


@dataclass(frozen=True)
class Columns:
    """Where each field stands, 0 for the first column, what its header says, and the language."""

    places: Mapping[str, int]
    headers: Sequence[str]
    language: str

    def header(self, field: str) -> str:
        """What the column of ``field`` is called in this table, or else its own name."""
        return self.headers[self.places[field]] if field in self.places else field


@cache
def known_names() -> Mapping[str, Sequence[str]]:
    """What the column of each field may be called: ``columns.toml``."""
    names: dict[str, list[str]] = tomllib.loads(
        (files("calsvc.bulk") / "columns.toml").read_text("utf-8")
    )
    return names


def plain(header: str) -> str:
    """The header as it is compared."""
    return PASSED_OVER.sub("", unicodedata.normalize("NFKC", header).casefold())


def recognise(headers: Sequence[str], given: Mapping[str, str]) -> Columns:
    """Find the columns; ``given`` says of some fields what their column is called.

    Raises `InvalidInput` with all that is wrong: ``table.no_column`` and ``table.two_columns``,
    ``table.no_born``, ``table.no_card_date``.
    """
    found = {field: tuple(_places(field, headers, given)) for field in FIELDS}
    faults = list(_faults(found, given))
    if faults:
        raise InvalidInput(faults)
    places = {field: at[0] for field, at in found.items() if at}
    japanese = any(JAPANESE.search(headers[at]) for at in places.values())
    return Columns(places, headers, "ja" if japanese else "en")


def _places(field: str, headers: Sequence[str], given: Mapping[str, str]) -> Iterator[int]:
    names = {plain(each) for each in ([given[field]] if field in given else known_names()[field])}
    taken = {plain(name) for other, name in given.items() if other != field}
    for place, header in enumerate(headers):
        if plain(header) in names - taken:
            yield place


def _faults(found: Mapping[str, Sequence[int]], given: Mapping[str, str]) -> Iterator[Problem]:
    for field, places in found.items():
        facts = {"field": field, "name": given.get(field, known_names()[field][0])}
        if field in given and not places:
            yield Problem("table", "table.no_column", facts)
        if len(places) > 1:
            yield Problem("table", "table.two_columns", facts)
    if not found["born"] and "born" not in given:
        yield Problem("table", "table.no_born")
    if (
        not found["issued"]
        and not found["card_expires"]
        and not {"issued", "card_expires"} & {*given}
    ):
        yield Problem("table", "table.no_card_date")
