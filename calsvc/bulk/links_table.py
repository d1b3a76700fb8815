"""The table of links: the table that came in, with what was found added at the right.

Where letters are sorted, their files and pages are known after the last row alone. Then the rows
are kept in a file of their own, and completed at the end.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, BinaryIO, NamedTuple

from calsvc.bulk import table_output
from calsvc.bulk.due import LAPSED
from calsvc.bulk.edition import Edition, Piece
from calsvc.bulk.explanations import explain_all
from calsvc.bulk.outcomes import Issued, Outcome
from calsvc.bulk.records import HIDDEN, HiddenCells, Number, Row, Uncomputed
from calsvc.errors import Problem

LINKS = "links.csv"
SPOOL = "links.rows"
"""The file of rows that wait for their letters; it is no part of the output."""
ROWS_AT_ONCE = 1000
ADDED = (
    "certificate_expiry",
    "card_expiry",
    "page",
    "feed",
    "caution",
    "error",
    "number",
    "run_number",
)
ERROR = "error"
KINDS: Mapping[str, type[str]] = {each.__name__: each for each in (str, Number, Uncomputed)}
"""The kinds of cells, by name."""
KEY = "key"
"""The fingerprint of the key that sealed, so that links and copies can be compared."""
LETTER = "letter"
"""The file and page of a letter, where letters are made."""
FURTHER: Mapping[str, Callable[[Edition], bool]] = {
    KEY: lambda _edition: True,
    "batch": lambda edition: not edition.selection.is_of_all or edition.selection.by_month,
    LETTER: lambda edition: edition.has_letters,
}
"""Columns that stand before the last where they are of use."""


class Place(NamedTuple):
    """The file and page of a letter, or why there is none."""

    letter: str
    fault: str


class LinksTable:
    """The table that came in, with what was found added at the right."""

    def __init__(self, edition: Edition) -> None:
        """See `Edition`."""
        self._edition = edition
        self._words = edition.catalog
        self._name = edition.named(LINKS)
        self._width = len(edition.columns.headers)
        self._names = [*ADDED]
        self._further = [name for name, is_told in FURTHER.items() if is_told(edition)]
        self._names[-1:-1] = self._further

    def opening(self) -> Iterator[Piece]:
        """The rows above the header as they came, and the header."""
        edition = self._edition
        added = [self._words.text(f"bulk.column.{name}") for name in self._names]
        header = edition.header.lengthened(self._width).cells
        rows = [*_in_place(edition.before, edition.header.number), [*header, *added]]
        yield Piece(self._name, table_output.opening(rows, edition.form), grows=True)

    def pieces(self, shard: Sequence[Outcome]) -> Iterator[Piece]:
        """The rows in their places; those without a link because they are hidden stay hidden."""
        rows = (
            HiddenCells(self._cells(each)) if each.skipped == HIDDEN else self._cells(each)
            for each in shard
        )
        content = table_output.write(rows, self._edition.form)
        yield Piece(self._name, content, grows=True)

    def _cells(self, outcome: Outcome) -> Sequence[str]:
        row = outcome.row
        if not row.cells:
            return row.cells
        added = self._added(outcome)
        added[-1:-1] = [self._fact(name, outcome) for name in self._further]
        if len(row.cells) == self._width:
            return [*row.cells, *added]
        lacking = [""] * (self._width - len(row.cells))
        return [*row.cells[: self._width], *lacking, *added, *row.cells[self._width :]]

    def _fact(self, name: str, outcome: Outcome) -> str:
        if name == LETTER:
            return self._edition.placed.get(outcome.row.number, "")
        if name == KEY:
            return self._edition.office.keyring.fingerprint if outcome.issued else ""
        found = self._edition.batch(outcome)
        return self._words.text("bulk.due.lapsed") if found == LAPSED else found

    def _added(self, outcome: Outcome) -> list[str]:
        issued = outcome.issued
        if outcome.skipped:
            reason = self._words.problem(Problem("row", outcome.skipped))
            return ["", "", "", "", reason, "", outcome.number, ""]
        if issued is None and not outcome.problems:
            return [""] * len(ADDED)
        if issued is None:
            return ["", "", "", "", "", self._faults(outcome.problems), outcome.number, ""]
        return [
            str(issued.plan.certificate_expiry),
            str(issued.plan.card_expiry),
            issued.addresses.page,
            issued.addresses.feed,
            self._remarks(outcome, issued) if issued.cautions or outcome.remarks else "",
            self._unprinted(outcome.row.number),
            outcome.number,
            self._edition.office.run_number.hex(),
        ]

    def _unprinted(self, number: int) -> str:
        """Returns why there is no letter or SMS, or ''."""
        edition = self._edition
        faults = (each.get(number) for each in (edition.unprinted, edition.unsent))
        return " ".join(self._words.problem(each) for each in faults if each)

    def _remarks(self, outcome: Outcome, issued: Issued) -> str:
        cautions = [self._words.caution(each) for each in issued.cautions]
        return " ".join([*cautions, self._faults(outcome.remarks)]).strip()

    def _faults(self, problems: Sequence[Problem]) -> str:
        return explain_all(problems, self._edition.columns, self._words)


class WaitingLinks(LinksTable):
    """Keeps the rows until it is known where each letter is."""

    def pieces(self, shard: Sequence[Outcome]) -> Iterator[Piece]:
        """The rows of one shard, a line of JSON each."""
        lines = (_kept(each, self._cells(each)) for each in shard)
        yield Piece(SPOOL, b"".join(lines), grows=True)

    def complete(self, spool: BinaryIO, found: Mapping[int, Place]) -> Iterator[Piece]:
        """Yield the rows in ``spool`` with the places of their letters, by row."""
        while lines := [*islice(spool, ROWS_AT_ONCE)]:
            rows = (self._completed(json.loads(each), found) for each in lines)
            yield Piece(self._name, table_output.write(rows, self._edition.form), grows=True)

    def _completed(self, kept: Mapping[str, Any], found: Mapping[int, Place]) -> Sequence[str]:
        cells = [_typed(*each) for each in kept["cells"]]
        if place := found.get(kept["number"]):
            cells[self._at(LETTER)] = place.letter
            error = self._at(ERROR)
            cells[error] = " ".join(filter(None, (place.fault, cells[error])))
        return HiddenCells(cells) if kept["hidden"] else cells

    def _at(self, name: str) -> int:
        return self._width + self._names.index(name)


def _kept(outcome: Outcome, cells: Sequence[str]) -> bytes:
    kept = {
        "number": outcome.row.number,
        "hidden": outcome.skipped == HIDDEN,
        "cells": [(each, type(each).__name__) for each in cells],
    }
    return json.dumps(kept).encode() + b"\n"


def _typed(text: str, kind: str) -> str:
    return KINDS[kind](text)


def _in_place(rows: Iterable[Row], end: int) -> Iterator[Sequence[str]]:
    """Yield the cells of each row from 1 to before ``end``; rows that are not there are blank."""
    cells = {row.number: row.cells for row in rows}
    return (cells.get(number, []) for number in range(1, end))
