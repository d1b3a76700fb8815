"""The table of links: the input table with columns added at the right.

If letters are sorted, their files and pages are only known after the last row. Then the rows are
written to a temporary file, and completed at the end.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, BinaryIO, NamedTuple

from calsvc.bulk import table_output
from calsvc.bulk.due import LAPSED
from calsvc.bulk.explanations import format_problems
from calsvc.bulk.outcomes import IssuedLink, Outcome
from calsvc.bulk.output_context import FilePiece, OutputContext
from calsvc.bulk.records import HIDDEN, HiddenCells, Number, Row, Uncomputed
from calsvc.errors import Problem

LINKS_TABLE_NAME = "links.csv"
PENDING_ROWS_NAME = "links.rows"
"""The temporary file of rows whose letters are not written yet."""
ROWS_PER_WRITE = 1000
ADDED_COLUMNS = (
    "certificate_expiry",
    "card_expiry",
    "page",
    "feed",
    "caution",
    "error",
    "number",
    "run_number",
)
ERROR_COLUMN = "error"
CELL_TYPES: Mapping[str, type[str]] = {each.__name__: each for each in (str, Number, Uncomputed)}
"""The types of cells, by name."""
KEY_COLUMN = "key"
"""Column of the sealing key's fingerprint, by which links of several servers are compared."""
LETTER_COLUMN = "letter"
"""Column of the file and page of a letter, if the run makes letters."""
OPTIONAL_COLUMNS: Mapping[str, Callable[[OutputContext], bool]] = {
    KEY_COLUMN: lambda _output: True,
    "batch": lambda output: not output.selection.selects_all or output.selection.by_month,
    LETTER_COLUMN: lambda output: output.has_letters,
}
"""Optional columns before the last one, each with the condition for it."""


class LetterLocation(NamedTuple):
    """The file and page of a letter, or the problem that prevents it."""

    letter: str
    problem: str


class LinksTable:
    """The input table with columns added at the right: dates, links, cautions and errors."""

    def __init__(self, output: OutputContext) -> None:
        """``output``: the data of the run."""
        self._output = output
        self._catalog = output.catalog
        self._name = output.file_name(LINKS_TABLE_NAME)
        self._input_width = len(output.columns.headers)
        self._names = [*ADDED_COLUMNS]
        self._optional_columns = [
            name for name, is_shown in OPTIONAL_COLUMNS.items() if is_shown(output)
        ]
        self._names[-1:-1] = self._optional_columns

    def start(self) -> Iterator[FilePiece]:
        """Yield the rows above the header unchanged, and the header."""
        output = self._output
        added = [self._catalog.text(f"bulk.column.{name}") for name in self._names]
        header = output.header.padded(self._input_width).cells
        rows = [*_cells_by_position(output.rows_above, output.header.number), [*header, *added]]
        yield FilePiece(self._name, table_output.start(rows, output.table_format), appends=True)

    def pieces(self, chunk: Sequence[Outcome]) -> Iterator[FilePiece]:
        """Yield every row of the chunk in its position. Hidden rows without a link stay hidden."""
        rows = (
            HiddenCells(self._cells(each)) if each.skipped == HIDDEN else self._cells(each)
            for each in chunk
        )
        content = table_output.write(rows, self._output.table_format)
        yield FilePiece(self._name, content, appends=True)

    def _cells(self, outcome: Outcome) -> Sequence[str]:
        row = outcome.row
        if not row.cells:
            return row.cells
        added = self._added_cells(outcome)
        added[-1:-1] = [self._optional_cell(name, outcome) for name in self._optional_columns]
        if len(row.cells) == self._input_width:
            return [*row.cells, *added]
        padding = [""] * (self._input_width - len(row.cells))
        return [*row.cells[: self._input_width], *padding, *added, *row.cells[self._input_width :]]

    def _optional_cell(self, name: str, outcome: Outcome) -> str:
        if name == LETTER_COLUMN:
            return self._output.letter_locations.get(outcome.row.number, "")
        if name == KEY_COLUMN:
            return self._output.context.keyring.fingerprint if outcome.issued else ""
        batch = self._output.batch(outcome)
        return self._catalog.text("bulk.due.lapsed") if batch == LAPSED else batch

    def _added_cells(self, outcome: Outcome) -> list[str]:
        issued = outcome.issued
        if outcome.skipped:
            reason = self._catalog.format_problem(Problem("row", outcome.skipped))
            return ["", "", "", "", reason, "", outcome.number, ""]
        if issued is None and not outcome.problems:
            return [""] * len(ADDED_COLUMNS)
        if issued is None:
            return ["", "", "", "", "", self._problems_text(outcome.problems), outcome.number, ""]
        return [
            str(issued.plan.certificate_expiry),
            str(issued.plan.card_expiry),
            issued.urls.page,
            issued.urls.feed,
            self._warnings_text(outcome, issued) if issued.cautions or outcome.warnings else "",
            self._missing_output_text(outcome.row.number),
            outcome.number,
            self._output.context.run_number.hex(),
        ]

    def _missing_output_text(self, number: int) -> str:
        """Return the reasons why a row has no letter or SMS, or ''."""
        output = self._output
        problems = (each.get(number) for each in (output.letter_problems, output.sms_problems))
        return " ".join(self._catalog.format_problem(each) for each in problems if each)

    def _warnings_text(self, outcome: Outcome, issued: IssuedLink) -> str:
        cautions = [self._catalog.format_caution(each) for each in issued.cautions]
        return " ".join([*cautions, self._problems_text(outcome.warnings)]).strip()

    def _problems_text(self, problems: Sequence[Problem]) -> str:
        return format_problems(problems, self._output.columns, self._catalog)


class PendingLinksTable(LinksTable):
    """The table of links whose rows are completed after the letters are made."""

    def pieces(self, chunk: Sequence[Outcome]) -> Iterator[FilePiece]:
        """Yield the rows of one chunk as lines of JSON."""
        lines = (_encode_row(each, self._cells(each)) for each in chunk)
        yield FilePiece(PENDING_ROWS_NAME, b"".join(lines), appends=True)

    def complete(
        self, spool: BinaryIO, locations: Mapping[int, LetterLocation]
    ) -> Iterator[FilePiece]:
        """Yield the rows in ``spool`` with the locations of their letters, by row number."""
        while lines := [*islice(spool, ROWS_PER_WRITE)]:
            rows = (self._complete_row(json.loads(each), locations) for each in lines)
            yield FilePiece(
                self._name, table_output.write(rows, self._output.table_format), appends=True
            )

    def _complete_row(
        self, values: Mapping[str, Any], locations: Mapping[int, LetterLocation]
    ) -> Sequence[str]:
        cells = [_restore_cell(*each) for each in values["cells"]]
        if location := locations.get(values["number"]):
            cells[self._index_of(LETTER_COLUMN)] = location.letter
            index = self._index_of(ERROR_COLUMN)
            cells[index] = " ".join(filter(None, (location.problem, cells[index])))
        return HiddenCells(cells) if values["hidden"] else cells

    def _index_of(self, name: str) -> int:
        return self._input_width + self._names.index(name)


def _encode_row(outcome: Outcome, cells: Sequence[str]) -> bytes:
    values = {
        "number": outcome.row.number,
        "hidden": outcome.skipped == HIDDEN,
        "cells": [(each, type(each).__name__) for each in cells],
    }
    return json.dumps(values).encode() + b"\n"


def _restore_cell(text: str, type_name: str) -> str:
    return CELL_TYPES[type_name](text)


def _cells_by_position(rows: Iterable[Row], end: int) -> Iterator[Sequence[str]]:
    """Yield the cells of the rows from 1 up to ``end`` (exclusive). Missing rows are blank."""
    cells = {row.number: row.cells for row in rows}
    return (cells.get(number, []) for number in range(1, end))
