"""Letters in another order than that of the table: by batch, and by postal code.

Rows of letters are kept in a file of their own until the last row of the table is known. Then
they are sorted and set, and tables say where each letter is and how many go to each postal code.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby
from typing import Any, BinaryIO, NamedTuple

from calsvc.bulk import table_output
from calsvc.bulk.due import LAPSED
from calsvc.bulk.edition import Edition, Piece
from calsvc.bulk.encodings import UTF_8_BOM
from calsvc.bulk.letter_files import MAX_LETTERS_PER_FILE, Group, Letters
from calsvc.bulk.links_table import Place
from calsvc.bulk.outcomes import Outcome
from calsvc.bulk.records import Form
from calsvc.bulk.worker_processes import map_in_order
from calsvc.letters.customer_barcode import display_number
from calsvc.letters.postal_address import PostalAddress

SPOOL = "letters.rows"
"""The file of rows; it is no part of the output."""
INDEX, POSTCODES = "letters/letters.csv", "postcodes.csv"
OF_INDEX = ("number", "letter", "batch", "postcode", "error")
OF_POSTCODES = ("postcode", "letters")
FORM = Form(UTF_8_BOM, ",")
Key = tuple[str, str, str, list[int], int]
"""Whose style a letter has, batch, postal code, numbers of the address, and the row."""


class OrderedLetters(Letters):
    """Keeps the rows of letters, each with what it is sorted by."""

    def pieces(self, shard: Sequence[Outcome]) -> Iterator[Piece]:
        """The rows of one shard, a line of JSON each."""
        self._edition.unprinted.clear()
        lines = []
        for outcome in shard:
            for row in self._rows([outcome]):
                kept = {"key": self._key(outcome), "row": row}
                lines.append(json.dumps(kept, ensure_ascii=False).encode() + b"\n")
        if lines:
            yield Piece(SPOOL, b"".join(lines), grows=True)

    def _key(self, outcome: Outcome) -> Key:
        assert outcome.issued  # noqa: S101 - it has a letter
        chosen, address = self._edition.selection, outcome.issued.address
        batch = self._edition.batch(outcome) if chosen.by_month else ""
        by_postcode = (address.postcode, _numbers(address)) if chosen.by_postcode else ("", [])
        return (self.owner(outcome), batch, *by_postcode, outcome.row.number)


def _numbers(address: PostalAddress) -> list[int]:
    """Returns the numbers of a display number, so that 2-10 comes after 2-9."""
    shown = display_number(address.behind_town or " ".join(address.lines[:1]))
    return [int(each) for each in "".join(c if c.isdigit() else " " for c in shown).split()]


class _Kept(NamedTuple):
    """A row of a letter in the file of rows."""

    key: Key
    offset: int


class _Part(NamedTuple):
    """What goes into one file of letters. ``rows``: from the file of rows."""

    name: str
    owner: str
    rows: list[Any]


class _Made(NamedTuple):
    """A file of letters, what the tables say of each row, and how many have none."""

    piece: Piece | None
    owner: str
    places: Sequence[Sequence[str]]
    postcodes: Counter[str]
    unmade: int


class Sorted(NamedTuple):
    """A file, how many letters could not be made, and where the letters of it are, by row."""

    piece: Piece | None
    unmade: int
    places: Mapping[int, Place]


def set_in_order(spool: BinaryIO, edition: Edition, workers: int) -> Iterator[Sorted]:
    """Yield the files of letters and their tables."""
    letters = Letters(edition)
    parts = _parts(_kept(spool), spool)
    make = partial(_set, letters, edition)
    made = map(make, parts) if workers == 1 else map_in_order(make, parts, workers)
    index: list[Sequence[str]] = []
    postcodes: dict[str, Counter[str]] = {}
    for each in made:
        index += each.places
        postcodes.setdefault(each.owner, Counter()).update(each.postcodes)
        places = {int(number): Place(place, fault) for number, place, _, _, fault in each.places}
        yield Sorted(each.piece, each.unmade, places)
    yield Sorted(_table(INDEX, OF_INDEX, index, edition), 0, {})
    for owner, counter in postcodes.items():
        counted = [[code, str(count)] for code, count in sorted(counter.items())]
        name = Group(owner, POSTCODES).name
        yield Sorted(_table(name, OF_POSTCODES, counted, edition), 0, {})


def _table(name: str, columns: Sequence[str], rows: list[Any], edition: Edition) -> Piece:
    header = [edition.catalog.text(f"bulk.column.{each}") for each in columns]
    return Piece(name, table_output.opening([header, *rows], FORM))


def _kept(spool: BinaryIO) -> list[_Kept]:
    """Returns the keys in order, without the rows, which take a hundred times the memory."""
    found, offset = [], 0
    for line in spool:
        owner, batch, postcode, numbers, number = json.loads(line)["key"]
        found.append(_Kept((owner, batch, postcode, numbers, number), offset))
        offset += len(line)
    return sorted(found)


def _parts(kept: list[_Kept], spool: BinaryIO) -> Iterator[_Part]:
    """Yield what goes into each file: up to 500 of one batch."""
    for (owner, batch), group in groupby(kept, lambda each: each.key[:2]):
        name, of_batch = Group(owner, batch or "letters").name, [*group]
        for at in range(0, len(of_batch), MAX_LETTERS_PER_FILE):
            rows = [_read(spool, each) for each in of_batch[at : at + MAX_LETTERS_PER_FILE]]
            yield _Part(f"{name}-{at // MAX_LETTERS_PER_FILE + 1:04d}.pdf", owner, rows)


def _read(spool: BinaryIO, kept: _Kept) -> Mapping[str, Any]:
    spool.seek(kept.offset)
    found: Mapping[str, Any] = json.loads(spool.readline())
    return found


def _set(letters: Letters, edition: Edition, part: _Part) -> _Made:
    edition.placed.clear()
    edition.unprinted.clear()
    edition.failures.clear()
    printed = letters.set_file([each["row"] for each in part.rows], part.name, part.owner)
    index = [_index_row(each, edition) for each in part.rows]
    codes = Counter(
        each["row"]["postcode"].replace("-", "")
        for each in part.rows
        if each["row"]["number"] in edition.placed
    )
    piece = Piece(part.name, printed) if printed else None
    return _Made(piece, part.owner, index, codes, len(edition.unprinted))


def _index_row(each: Mapping[str, Any], edition: Edition) -> Sequence[str]:
    number, batch, catalog = each["row"]["number"], each["key"][1], edition.catalog
    fault = edition.unprinted.get(number)
    return [
        f"{number:07d}",
        edition.placed.get(number, ""),
        catalog.text("bulk.due.lapsed") if batch == LAPSED else batch,
        each["row"]["postcode"],
        catalog.problem(fault) if fault else "",
    ]
