"""Letters that are sorted by municipality, batch and postal code, not in the order of the table.

Their rows are written to a temporary file until the last row of the table is known. Then they are
sorted and set. Tables list the location of each letter and the letters of each postal code.
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
from calsvc.bulk.letter_files import MAX_LETTERS_PER_FILE, Group, Letters
from calsvc.bulk.links_table import LetterLocation
from calsvc.bulk.outcomes import Outcome
from calsvc.bulk.output_context import FilePiece, OutputContext
from calsvc.bulk.records import TableFormat
from calsvc.bulk.worker_processes import map_in_order
from calsvc.letters.customer_barcode import compute_display_number
from calsvc.letters.postal_address import PostalAddress

PENDING_ROWS_NAME = "letters.rows"
"""The temporary file with the rows of letters."""
INDEX, POSTCODES = "letters/letters.csv", "postcodes.csv"
INDEX_COLUMNS = ("number", "letter", "batch", "postcode", "error")
POSTCODE_COLUMNS = ("postcode", "letters")
TABLE_FORMAT = TableFormat(UTF_8_BOM, ",")
SortKey = tuple[str, str, str, list[int], int]
"""Owner of the style, batch, postal code, numbers in the address, and row number."""


class OrderedLetters(Letters):
    """Writes the rows of letters with their sort keys to a temporary file."""

    def pieces(self, chunk: Sequence[Outcome]) -> Iterator[FilePiece]:
        """Yield the rows of one chunk as lines of JSON."""
        self._output.letter_problems.clear()
        lines = []
        for outcome in chunk:
            for row in self._rows([outcome]):
                line = {"key": self._sort_key(outcome), "row": row}
                lines.append(json.dumps(line, ensure_ascii=False).encode() + b"\n")
        if lines:
            yield FilePiece(PENDING_ROWS_NAME, b"".join(lines), appends=True)

    def _sort_key(self, outcome: Outcome) -> SortKey:
        assert outcome.issued  # noqa: S101 - it has a letter
        selection, address = self._output.selection, outcome.issued.address
        batch = self._output.batch(outcome)
        if not selection.by_month and batch != LAPSED:
            batch = ""
        by_postcode = (address.postcode, _numbers(address)) if selection.by_postcode else ("", [])
        return (self.owner(outcome), batch, *by_postcode, outcome.row.number)


def _numbers(address: PostalAddress) -> list[int]:
    """Return the numbers in a display number, so that 2-10 is sorted after 2-9."""
    shown = compute_display_number(address.behind_town or " ".join(address.lines[:1]))
    return [int(each) for each in "".join(c if c.isdigit() else " " for c in shown).split()]


class _SpooledRow(NamedTuple):
    """A row of a letter in the file of rows."""

    key: SortKey
    offset: int


class _FileRows(NamedTuple):
    """The rows of one file of letters."""

    name: str
    owner: str
    rows: list[Any]


class _LetterFile(NamedTuple):
    """A file of letters, the rows of the tables about it, and the number of failed letters."""

    piece: FilePiece | None
    owner: str
    index_rows: Sequence[Sequence[str]]
    postcodes: Counter[str]
    unmade: int


class SortedFile(NamedTuple):
    """A file, the number of letters that failed, and the locations of its letters by row number."""

    piece: FilePiece | None
    unmade: int
    locations: Mapping[int, LetterLocation]


def set_sorted_letters(
    spool: BinaryIO, output: OutputContext, workers: int
) -> Iterator[SortedFile]:
    """Yield the files of letters, then the tables about them."""
    letters = Letters(output)
    files = _split_into_files(_read_sort_keys(spool), spool)
    make = partial(_set_file, letters, output)
    made = map(make, files) if workers == 1 else map_in_order(make, files, workers)
    index: list[Sequence[str]] = []
    postcodes: dict[str, Counter[str]] = {}
    for file in made:
        index += file.index_rows
        postcodes.setdefault(file.owner, Counter()).update(file.postcodes)
        locations = {
            int(number): LetterLocation(location, problem)
            for number, location, _, _, problem in file.index_rows
        }
        yield SortedFile(file.piece, file.unmade, locations)
    yield SortedFile(_table(INDEX, INDEX_COLUMNS, index, output), 0, {})
    for owner, counter in postcodes.items():
        counted = [[code, str(count)] for code, count in sorted(counter.items())]
        name = Group(owner, POSTCODES).name
        yield SortedFile(_table(name, POSTCODE_COLUMNS, counted, output), 0, {})


def _table(name: str, columns: Sequence[str], rows: list[Any], output: OutputContext) -> FilePiece:
    header = [output.catalog.text(f"bulk.column.{each}") for each in columns]
    return FilePiece(name, table_output.start([header, *rows], TABLE_FORMAT))


def _read_sort_keys(spool: BinaryIO) -> list[_SpooledRow]:
    """Return the sorted keys with offsets. The rows would need a hundred times the memory."""
    keys, offset = [], 0
    for line in spool:
        owner, batch, postcode, numbers, number = json.loads(line)["key"]
        keys.append(_SpooledRow((owner, batch, postcode, numbers, number), offset))
        offset += len(line)
    return sorted(keys)


def _split_into_files(spooled: list[_SpooledRow], spool: BinaryIO) -> Iterator[_FileRows]:
    """Yield the rows of each file: up to `MAX_LETTERS_PER_FILE` of one batch."""
    for (owner, batch), group in groupby(spooled, lambda each: each.key[:2]):
        name, batch_rows = Group(owner, batch or "letters").name, [*group]
        for start in range(0, len(batch_rows), MAX_LETTERS_PER_FILE):
            rows = [_read(spool, each) for each in batch_rows[start : start + MAX_LETTERS_PER_FILE]]
            yield _FileRows(f"{name}-{start // MAX_LETTERS_PER_FILE + 1:04d}.pdf", owner, rows)


def _read(spool: BinaryIO, row: _SpooledRow) -> Mapping[str, Any]:
    spool.seek(row.offset)
    content: Mapping[str, Any] = json.loads(spool.readline())
    return content


def _set_file(letters: Letters, output: OutputContext, part: _FileRows) -> _LetterFile:
    output.letter_locations.clear()
    output.letter_problems.clear()
    output.failures.clear()
    printed = letters.set_file([each["row"] for each in part.rows], part.name, part.owner)
    index = [_index_row(each, output) for each in part.rows]
    codes = Counter(
        each["row"]["postcode"].replace("-", "")
        for each in part.rows
        if each["row"]["number"] in output.letter_locations
    )
    piece = FilePiece(part.name, printed) if printed else None
    return _LetterFile(piece, part.owner, index, codes, len(output.letter_problems))


def _index_row(line: Mapping[str, Any], output: OutputContext) -> Sequence[str]:
    number, batch, catalog = line["row"]["number"], line["key"][1], output.catalog
    problem = output.letter_problems.get(number)
    return [
        f"{number:07d}",
        output.letter_locations.get(number, ""),
        catalog.text("bulk.due.lapsed") if batch == LAPSED else batch,
        line["row"]["postcode"],
        catalog.format_problem(problem) if problem else "",
    ]
