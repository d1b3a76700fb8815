"""Previews a table: its columns, counts and faulty rows, before files are made."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, BinaryIO

from calsvc.bulk.choices import Choices
from calsvc.bulk.columns import FIELDS, Columns, find_columns
from calsvc.bulk.date_cells import NO_RESULT
from calsvc.bulk.due import Basis, DueCounter
from calsvc.bulk.explanations import impersonal
from calsvc.bulk.formats import FaultyRows
from calsvc.bulk.outcomes import BulkContext, IssuedLink, Outcome
from calsvc.bulk.output_context import FilePiece, OutputContext
from calsvc.bulk.records import Row, Table, Uncomputed
from calsvc.bulk.rows import process_rows, split_into_chunks
from calsvc.bulk.run import SKIPPED, STAYS
from calsvc.bulk.serial_numbers import serial_number_columns, with_dates_as_text
from calsvc.bulk.tables import open_table, scan_file
from calsvc.errors import ParamValue, Problem
from calsvc.i18n.catalogs import Catalog

SHOWN_ROWS = 5
SHOWN_FAULTY = 20
SHOWN_COLUMNS = 50
SHOWN_CHARACTERS = 100
"""Characters of a cell."""
MONTHS_AHEAD = 6
MONTHS_IN_YEAR = 12

Plain = Mapping[str, Any]
"""Values that can be written as JSON."""


@dataclass
class Preview:
    """The data that the clerk is shown. ``ready``: the files can be made.

    ``months``: numbers of due cards, by `Basis` and month. ``samples``: letters as in
    `calsvc.bulk.samples.Sample`.
    """

    encoding: str = ""
    sheet: str = ""
    sheets: Sequence[Plain] = ()
    columns: Sequence[Plain] = ()
    further_columns: int = 0
    remarks: Sequence[Plain] = ()
    problems: Sequence[Plain] = ()
    rows: Sequence[Sequence[str]] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    due: Mapping[str, int] = field(default_factory=dict)
    reasons: Sequence[tuple[Plain, int]] = ()
    faulty: Sequence[Plain] = ()
    ready: bool = False
    months: Mapping[str, Sequence[tuple[str, Sequence[int]]]] = field(default_factory=dict)
    samples: Sequence[Plain] = ()
    sample_mail: Plain = field(default_factory=dict)
    sample_sms: Plain = field(default_factory=dict)


def preview(  # noqa: PLR0913 - each is a part of it
    file: BinaryIO,
    context: BulkContext,
    choices: Choices,
    put: Callable[[FilePiece], None],
    beat: Callable[[int, int], None],
    *,
    see: Callable[[Sequence[Outcome]], None] = lambda _: None,
) -> Preview:
    """Return the preview of ``file``. Raises `InvalidInputError`.

    ``put`` receives the pieces of the table of faulty rows. ``see`` receives the outcomes.
    ``beat`` receives the number of counted rows and an estimate of all rows.
    """
    scan = scan_file(file, choices.encoding)
    table = open_table(file, scan.encoding, choices)
    columns = find_columns(table.headers, choices, table.sample)
    must = [each for each in columns.questions if each.is_required]
    shown = _described(table, columns, scan.encoding)
    shown.problems = [problem_as_plain(each, columns) for each in columns.problems]
    shown.ready = not columns.problems and not must
    if not columns.problems:
        tally, due_counter = _Tally(columns, context.today), DueCounter(context.today)
        for chunk in _written(table, columns, context, put):
            tally.add_all(chunk)
            due_counter.add(chunk)
            see(chunk)
            beat(tally.counts["rows"], table.estimated_rows or scan.lines)
        tally.show(shown)
        due = due_counter.result()
        shown.months = {basis.value: [*due.by_month(basis)] for basis in Basis}
    return shown


def _described(table: Table, columns: Columns, encoding: str) -> Preview:
    sheets = [vars(each) for each in table.sheets]
    asked = {each.index for each in columns.questions if each.is_required}
    width = len(columns.headers)
    places = serial_number_columns(table, columns)
    sample = [with_dates_as_text(row, places, table.day_text) for row in table.sample]
    shown = [at for at in range(width) if at < SHOWN_COLUMNS or at in asked]
    return Preview(
        encoding=encoding,
        sheet=table.sheet,
        sheets=sheets,
        columns=[_column(at, columns, sample) for at in shown],
        further_columns=width - len(shown),
        remarks=[problem_as_plain(each, columns) for each in table.notes],
        rows=[
            [shortened(row.cells[at]) for at in shown if at < len(row.cells)]
            for row in sample[:SHOWN_ROWS]
        ],
    )


def _column(at: int, columns: Columns, sample: Sequence[Row]) -> Plain:
    question = next((each for each in columns.questions if each.index == at), None)
    examples = (row.cells[at] for row in sample if at < len(row.cells) and row.cells[at].strip())
    return {
        "place": at,
        "header": shortened(columns.headers[at]),
        "field": columns.fields_by_index.get(at, ""),
        "question": question.key if question else "",
        "must": bool(question and question.is_required),
        "example": shortened(next(examples, "")),
    }


def shortened(cell: str) -> str:
    """Return the beginning of a cell as valid text, even if it contains undecodable bytes."""
    if isinstance(cell, Uncomputed):
        return NO_RESULT
    return cell[:SHOWN_CHARACTERS].encode(errors="replace").decode()


def _written(
    table: Table, columns: Columns, context: BulkContext, put: Callable[[FilePiece], None]
) -> Iterator[Sequence[Outcome]]:
    """Yield the outcomes of each chunk. Pass the table of faulty rows to ``put``."""
    context = replace(context, check_print=lambda _name, _address, _catalog: ())
    writer = FaultyRows(OutputContext(table.header, table.table_format, columns, context))
    for _, chunk in split_into_chunks(process_rows(table, columns, context)):
        for piece in writer.pieces(chunk):
            put(piece)
        yield chunk


class _Tally:
    """Counts outcomes and collects the first faulty rows."""

    def __init__(self, columns: Columns, today: date) -> None:
        self._columns, self._today = columns, today
        self._months = [*_months(today)]
        self.counts: Counter[str] = Counter(rows=0, links=0, faulty=0, blank=0)
        self.due: Counter[tuple[int, int]] = Counter()
        self._reasons: Counter[tuple[str, str]] = Counter()
        self._problems: dict[tuple[str, str], Problem] = {}
        self.faulty: list[Plain] = []
        self._stays: list[int] = []

    def add_all(self, chunk: Sequence[Outcome]) -> None:
        for outcome in chunk:
            self._add(outcome)

    def show(self, shown: Preview) -> None:
        """Copy the counts into the preview."""
        shown.counts, shown.faulty = dict(self.counts), self.faulty
        shown.remarks = [*shown.remarks, *self._note_on_stays()]
        shown.due = {f"{year}-{month:02}": self.due[year, month] for year, month in self._months}
        shown.reasons = [
            (problem_as_plain(self._problems[key], self._columns), number)
            for key, number in self._reasons.most_common()
        ]

    def _add(self, outcome: Outcome) -> None:
        self.counts["rows"] += 1
        if outcome.issued:
            self._add_link(outcome.issued)
            self.counts["cautions"] += bool(outcome.issued.cautions or outcome.warnings)
            if outcome.has_assumed_stay:
                self._add_stay(outcome.row.number)
        elif outcome.problems:
            self._add_faulty(outcome)
        else:
            self.counts[outcome.skipped if outcome.skipped in SKIPPED else "blank"] += 1

    def _add_stay(self, row: int) -> None:
        self.counts[STAYS] += 1
        if len(self._stays) < SHOWN_FAULTY:
            self._stays.append(row)

    def _note_on_stays(self) -> Iterator[Plain]:
        if number := self.counts[STAYS]:
            rows = ", ".join(map(str, self._stays))
            more = ", …" if number > SHOWN_FAULTY else ""
            params: Mapping[str, ParamValue] = {"number": number, "rows": rows + more}
            yield problem_as_plain(Problem("table", "note.stays", params))

    def _add_link(self, issued: IssuedLink) -> None:
        self.counts["links"] += 1
        self.counts["no_name"] += not issued.name
        self.counts["no_email"] += not issued.email
        self.counts["no_address"] += not issued.address.is_complete
        expiries = (issued.plan.certificate_expiry, issued.plan.card_expiry)
        self.counts["card_lapsed"] += expiries[1] < self._today
        self.counts["certificate_lapsed"] += expiries[0] < self._today <= expiries[1]
        self.due.update({(day.year, day.month) for day in expiries if day >= self._today})

    def _add_faulty(self, outcome: Outcome) -> None:
        self.counts["faulty"] += 1
        for problem in outcome.problems:
            key = (problem.field, problem.key)
            self._reasons[key] += 1
            self._problems.setdefault(key, impersonal(problem))
        if len(self.faulty) < SHOWN_FAULTY:
            self.faulty.append(_faulty(outcome, self._columns))


def _months(today: date) -> Iterator[tuple[int, int]]:
    """Yield year and month of `MONTHS_AHEAD` months, from the current one."""
    for ahead in range(MONTHS_AHEAD):
        years, month = divmod(today.month - 1 + ahead, MONTHS_IN_YEAR)
        yield today.year + years, month + 1


def _faulty(outcome: Outcome, columns: Columns) -> Plain:
    cells, faulty = outcome.row.cells, {each.field for each in outcome.problems}
    used = sorted(columns.fields_by_index.items(), key=lambda each: FIELDS.index(each[1]))
    return {
        "number": outcome.row.number,
        "problems": [problem_as_plain(each, columns) for each in outcome.problems],
        "mendable": not outcome.row.problem_key,
        "cells": [
            {
                "place": at,
                "header": shortened(columns.headers[at]),
                "text": shortened(cells[at]) if at < len(cells) else "",
                "faulty": field in faulty,
            }
            for at, field in used
        ],
    }


# --- problems as JSON ---------------------------------------------------------------------------


def problem_as_plain(problem: Problem, columns: Columns | None = None) -> Plain:
    """Return the problem as JSON values, with the header of its column if it has one.

    A date becomes a list of its text, so that `in_words` can distinguish it from other text.
    """
    own = columns and problem.field not in ("row", "table")
    return {
        "column": shortened(columns.label(problem.field)) if columns and own else "",
        "key": problem.key,
        "params": {
            name: [str(fact)] if isinstance(fact, date) else fact
            for name, fact in problem.params.items()
        },
    }


def in_words(plain: Plain, catalog: Catalog) -> str:
    """Return the sentence for a problem that `problem_as_plain` returned."""
    params: dict[str, ParamValue] = {
        name: date.fromisoformat(fact[0]) if isinstance(fact, list) else fact
        for name, fact in plain["params"].items()
    }
    said = catalog.problem(Problem("table", plain["key"], params))
    if not plain["column"]:
        return said
    return catalog.text("bulk.fault", {"column": plain["column"], "problem": said})
