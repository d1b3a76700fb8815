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
from calsvc.bulk.encodings import UTF_8_BOM
from calsvc.bulk.letter_files import MAX_LETTERS_PER_FILE, Letters
from calsvc.bulk.outcomes import Outcome
from calsvc.bulk.output_context import FilePiece, OutputContext
from calsvc.bulk.records import TableFormat
from calsvc.bulk.worker_processes import map_in_order
from calsvc.letters.customer_barcode import compute_display_number
from calsvc.letters.postal_address import PostalAddress

SPOOL = "letters.rows"
"""The file of rows; it is no part of the output."""
INDEX, POSTCODES = "letters/letters.csv", "letters/postcodes.csv"
OF_INDEX = ("number", "letter", "batch", "postcode", "error")
OF_POSTCODES = ("postcode", "letters")
FORM = TableFormat(UTF_8_BOM, ",")
Key = tuple[str, str, list[int], int]


class OrderedLetters(Letters):
    """Keeps the rows of letters, each with what it is sorted by."""

    def pieces(self, chunk: Sequence[Outcome]) -> Iterator[FilePiece]:
        """The rows of one chunk, a line of JSON each."""
        self._output.letter_problems.clear()
        lines = []
        for outcome in chunk:
            for row in self._rows([outcome]):
                kept = {"key": self._key(outcome), "row": row}
                lines.append(json.dumps(kept, ensure_ascii=False).encode() + b"\n")
        if lines:
            yield FilePiece(SPOOL, b"".join(lines), appends=True)

    def _key(self, outcome: Outcome) -> Key:
        assert outcome.issued  # noqa: S101 - it has a letter
        chosen, address = self._output.selection, outcome.issued.address
        batch = self._output.batch(outcome)
        if not chosen.by_month and batch != LAPSED:
            batch = ""
        by_postcode = (address.postcode, _numbers(address)) if chosen.by_postcode else ("", [])
        return (batch, *by_postcode, outcome.row.number)


def _numbers(address: PostalAddress) -> list[int]:
    """Returns the numbers of a display number, so that 2-10 comes after 2-9."""
    shown = compute_display_number(address.behind_town or " ".join(address.lines[:1]))
    return [int(each) for each in "".join(c if c.isdigit() else " " for c in shown).split()]


class _Kept(NamedTuple):
    """A row of a letter in the file of rows."""

    key: Key
    offset: int


class _Made(NamedTuple):
    """A file of letters, what the tables say of each row, and how many have none."""

    piece: FilePiece | None
    places: Sequence[Sequence[str]]
    postcodes: Counter[str]
    unmade: int


def set_in_order(
    spool: BinaryIO, output: OutputContext, workers: int
) -> Iterator[tuple[FilePiece, int]]:
    """Yield the files of letters and their tables, with how many letters could not be made."""
    letters = Letters(output)
    parts = _parts(_kept(spool), spool)
    make = partial(_set, letters, output)
    made = map(make, parts) if workers == 1 else map_in_order(make, parts, workers)
    index: list[Sequence[str]] = []
    postcodes: Counter[str] = Counter()
    for each in made:
        index += each.places
        postcodes += each.postcodes
        if each.piece:
            yield each.piece, each.unmade
    yield _table(INDEX, OF_INDEX, index, output), 0
    counted = [[code, str(count)] for code, count in sorted(postcodes.items())]
    yield _table(POSTCODES, OF_POSTCODES, counted, output), 0


def _table(name: str, columns: Sequence[str], rows: list[Any], output: OutputContext) -> FilePiece:
    header = [output.catalog.text(f"bulk.column.{each}") for each in columns]
    return FilePiece(name, table_output.start([header, *rows], FORM))


def _kept(spool: BinaryIO) -> list[_Kept]:
    """Returns the keys in order, without the rows, which take a hundred times the memory."""
    found, offset = [], 0
    for line in spool:
        batch, postcode, numbers, number = json.loads(line)["key"]
        found.append(_Kept((batch, postcode, numbers, number), offset))
        offset += len(line)
    return sorted(found)


def _parts(kept: list[_Kept], spool: BinaryIO) -> Iterator[tuple[str, list[Any]]]:
    """Yield the name and the rows of each file: up to 500 of one batch."""
    for batch, group in groupby(kept, lambda each: each.key[0]):
        of_batch = [*group]
        for at in range(0, len(of_batch), MAX_LETTERS_PER_FILE):
            part = of_batch[at : at + MAX_LETTERS_PER_FILE]
            number = at // MAX_LETTERS_PER_FILE + 1
            yield f"letters/{batch or 'letters'}-{number:04d}.pdf", [_read(spool, e) for e in part]


def _read(spool: BinaryIO, kept: _Kept) -> Mapping[str, Any]:
    spool.seek(kept.offset)
    found: Mapping[str, Any] = json.loads(spool.readline())
    return found


def _set(letters: Letters, output: OutputContext, part: tuple[str, list[Any]]) -> _Made:
    name, found = part
    output.letter_locations.clear()
    output.letter_problems.clear()
    output.failures.clear()
    rows = [each["row"] for each in found]
    printed = letters.set_file(rows, name)
    index = [_index_row(each, output) for each in found]
    codes = Counter(
        each["key"][1] or each["row"]["postcode"].replace("-", "")
        for each in found
        if each["row"]["number"] in output.letter_locations
    )
    piece = FilePiece(name, printed) if printed else None
    return _Made(piece, index, codes, len(output.letter_problems))


def _index_row(each: Mapping[str, Any], output: OutputContext) -> Sequence[str]:
    number, batch, catalog = each["row"]["number"], each["key"][0], output.catalog
    fault = output.letter_problems.get(number)
    return [
        f"{number:07d}",
        output.letter_locations.get(number, ""),
        catalog.text("bulk.due.lapsed") if batch == LAPSED else batch,
        each["row"]["postcode"],
        catalog.format_problem(fault) if fault else "",
    ]
