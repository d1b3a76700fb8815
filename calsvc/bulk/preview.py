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
from calsvc.bulk.explanations import without_dates
from calsvc.bulk.formats import FaultyRows
from calsvc.bulk.outcomes import BulkContext, IssuedLink, Outcome
from calsvc.bulk.output_context import FilePiece, OutputContext
from calsvc.bulk.records import Row, Table, Uncomputed
from calsvc.bulk.result_counts import REMARKS, SKIPPED, remarks_of
from calsvc.bulk.rows import process_rows, split_into_chunks
from calsvc.bulk.serial_numbers import serial_number_columns, with_dates_as_text
from calsvc.bulk.tables import open_table, scan_file
from calsvc.errors import ParamValue, Problem
from calsvc.i18n.catalogs import Catalog

MAX_PREVIEW_ROWS = 5
MAX_PREVIEW_FAULTY_ROWS = 20
MAX_PREVIEW_COLUMNS = 50
MAX_CELL_CHARACTERS = 100
"""Characters of a cell."""
PREVIEW_MONTHS = 6
MONTHS_IN_YEAR = 12

JsonObject = Mapping[str, Any]
"""Values that can be written as JSON."""


@dataclass
class Preview:
    """The check of a table, for the clerk. ``ready``: True if the files can be made.

    ``months``: numbers of due cards, by `Basis` and month. ``samples``: letters as in
    `calsvc.bulk.samples.Sample`.
    """

    encoding: str = ""
    sheet: str = ""
    sheets: Sequence[JsonObject] = ()
    columns: Sequence[JsonObject] = ()
    further_columns: int = 0
    remarks: Sequence[JsonObject] = ()
    problems: Sequence[JsonObject] = ()
    rows: Sequence[Sequence[str]] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    due: Mapping[str, int] = field(default_factory=dict)
    reasons: Sequence[tuple[JsonObject, int]] = ()
    faulty: Sequence[JsonObject] = ()
    ready: bool = False
    months: Mapping[str, Sequence[tuple[str, Sequence[int]]]] = field(default_factory=dict)
    samples: Sequence[JsonObject] = ()
    sample_mail: JsonObject = field(default_factory=dict)
    sample_sms: JsonObject = field(default_factory=dict)


def build_preview(  # noqa: PLR0913 - each is a part of it
    file: BinaryIO,
    context: BulkContext,
    choices: Choices,
    write_faulty: Callable[[FilePiece], None],
    report_progress: Callable[[int, int], None],
    *,
    observe: Callable[[Sequence[Outcome]], None] = lambda _: None,
) -> Preview:
    """Return the preview of ``file``. Raises `InvalidInputError`.

    ``write_faulty`` receives pieces of the table of faulty rows. ``observe`` receives outcomes.
    ``report_progress`` receives the number of counted rows and an estimate of all rows.
    """
    scan = scan_file(file, choices.encoding)
    table = open_table(file, scan.encoding, choices)
    columns = find_columns(table.headers, choices, table.sample)
    required_questions = [each for each in columns.questions if each.is_required]
    preview = _describe_table(table, columns, scan.encoding)
    preview.problems = [problem_to_json(each, columns) for each in columns.problems]
    preview.ready = not columns.problems and not required_questions
    if not columns.problems:
        counter, due_counter = _PreviewCounter(columns, context.today), DueCounter(context.today)
        for chunk in _process_chunks(table, columns, context, write_faulty):
            counter.add_chunk(chunk)
            due_counter.add(chunk)
            observe(chunk)
            report_progress(counter.counts["rows"], table.estimated_rows or scan.lines)
        counter.copy_to(preview)
        due = due_counter.result()
        preview.months = {basis.value: [*due.by_month(basis)] for basis in Basis}
    return preview


def _describe_table(table: Table, columns: Columns, encoding: str) -> Preview:
    sheets = [vars(each) for each in table.sheets]
    required = {each.index for each in columns.questions if each.is_required}
    width = len(columns.headers)
    date_columns = serial_number_columns(table, columns)
    sample = [with_dates_as_text(row, date_columns, table.read_day_text) for row in table.sample]
    indexes = [index for index in range(width) if index < MAX_PREVIEW_COLUMNS or index in required]
    return Preview(
        encoding=encoding,
        sheet=table.sheet,
        sheets=sheets,
        columns=[_describe_column(index, columns, sample) for index in indexes],
        further_columns=width - len(indexes),
        remarks=[problem_to_json(each, columns) for each in table.notes],
        rows=[
            [shorten(row.cells[index]) for index in indexes if index < len(row.cells)]
            for row in sample[:MAX_PREVIEW_ROWS]
        ],
    )


def _describe_column(index: int, columns: Columns, sample: Sequence[Row]) -> JsonObject:
    question = next((each for each in columns.questions if each.index == index), None)
    examples = (
        row.cells[index] for row in sample if index < len(row.cells) and row.cells[index].strip()
    )
    return {
        "place": index,
        "header": shorten(columns.headers[index]),
        "field": columns.fields_by_index.get(index, ""),
        "question": question.key if question else "",
        "must": bool(question and question.is_required),
        "example": shorten(next(examples, "")),
    }


def shorten(cell: str) -> str:
    """Return the beginning of a cell as valid text, even if it contains undecodable bytes."""
    if isinstance(cell, Uncomputed):
        return NO_RESULT
    return cell[:MAX_CELL_CHARACTERS].encode(errors="replace").decode()


def _process_chunks(
    table: Table, columns: Columns, context: BulkContext, write_faulty: Callable[[FilePiece], None]
) -> Iterator[Sequence[Outcome]]:
    """Yield the outcomes of each chunk. Pass the table of faulty rows to ``write_faulty``."""
    context = replace(context, check_print=lambda _name, _address, _wish: ())
    writer = FaultyRows(OutputContext(table.header, table.table_format, columns, context))
    for _, chunk in split_into_chunks(process_rows(table, columns, context)):
        for piece in writer.pieces(chunk):
            write_faulty(piece)
        yield chunk


class _PreviewCounter:
    """Counts outcomes and collects the first faulty rows."""

    def __init__(self, columns: Columns, today: date) -> None:
        self._columns, self._today = columns, today
        self._months = [*_months(today)]
        self.counts: Counter[str] = Counter(rows=0, links=0, faulty=0, blank=0)
        self.due: Counter[tuple[int, int]] = Counter()
        self._reasons: Counter[tuple[str, str]] = Counter()
        self._problems: dict[tuple[str, str], Problem] = {}
        self.faulty: list[JsonObject] = []
        self._remark_rows: dict[str, list[int]] = {name: [] for name in REMARKS}

    def add_chunk(self, chunk: Sequence[Outcome]) -> None:
        for outcome in chunk:
            self._add(outcome)

    def copy_to(self, preview: Preview) -> None:
        """Copy the counts into ``preview``."""
        preview.counts, preview.faulty = dict(self.counts), self.faulty
        preview.remarks = [*preview.remarks, *self._notes()]
        preview.due = {f"{year}-{month:02}": self.due[year, month] for year, month in self._months}
        preview.reasons = [
            (problem_to_json(self._problems[key], self._columns), number)
            for key, number in self._reasons.most_common()
        ]

    def _add(self, outcome: Outcome) -> None:
        self.counts["rows"] += 1
        if outcome.issued:
            self._add_link(outcome.issued)
            self.counts["cautions"] += bool(outcome.issued.cautions or outcome.warnings)
            for name in remarks_of(outcome):
                self._add_remark(name, outcome.row.number)
        elif outcome.problems:
            self._add_faulty(outcome)
        else:
            self.counts[outcome.skipped if outcome.skipped in SKIPPED else "blank"] += 1

    def _add_remark(self, name: str, row: int) -> None:
        self.counts[name] += 1
        if len(self._remark_rows[name]) < MAX_PREVIEW_FAULTY_ROWS:
            self._remark_rows[name].append(row)

    def _notes(self) -> Iterator[JsonObject]:
        for name, first_rows in self._remark_rows.items():
            if number := self.counts[name]:
                rows = ", ".join(map(str, first_rows))
                more = ", …" if number > MAX_PREVIEW_FAULTY_ROWS else ""
                params: Mapping[str, ParamValue] = {"number": number, "rows": rows + more}
                yield problem_to_json(Problem("table", f"note.{name}", params))

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
            self._problems.setdefault(key, without_dates(problem))
        if len(self.faulty) < MAX_PREVIEW_FAULTY_ROWS:
            self.faulty.append(_describe_faulty_row(outcome, self._columns))


def _months(today: date) -> Iterator[tuple[int, int]]:
    """Yield year and month of `PREVIEW_MONTHS` months, from the current one."""
    for ahead in range(PREVIEW_MONTHS):
        years, month = divmod(today.month - 1 + ahead, MONTHS_IN_YEAR)
        yield today.year + years, month + 1


def _describe_faulty_row(outcome: Outcome, columns: Columns) -> JsonObject:
    cells, faulty = outcome.row.cells, {each.field for each in outcome.problems}
    used = sorted(columns.fields_by_index.items(), key=lambda each: FIELDS.index(each[1]))
    return {
        "number": outcome.row.number,
        "problems": [problem_to_json(each, columns) for each in outcome.problems],
        "mendable": not outcome.row.problem_key,
        "cells": [
            {
                "place": index,
                "header": shorten(columns.headers[index]),
                "text": shorten(cells[index]) if index < len(cells) else "",
                "faulty": field in faulty,
            }
            for index, field in used
        ],
    }


# --- problems as JSON ---------------------------------------------------------------------------


def problem_to_json(problem: Problem, columns: Columns | None = None) -> JsonObject:
    """Return the problem as JSON values, with the header of its column if it has one.

    A date becomes a list of its text, so that `problem_text` can distinguish it from other text.
    """
    has_column = columns and problem.field not in ("row", "table")
    return {
        "column": shorten(columns.label(problem.field)) if columns and has_column else "",
        "key": problem.key,
        "params": {
            name: [str(value)] if isinstance(value, date) else value
            for name, value in problem.params.items()
        },
    }


def problem_text(plain: JsonObject, catalog: Catalog) -> str:
    """Return the sentence for a problem that `problem_to_json` returned."""
    params: dict[str, ParamValue] = {
        name: date.fromisoformat(value[0]) if isinstance(value, list) else value
        for name, value in plain["params"].items()
    }
    text = catalog.format_problem(Problem("table", plain["key"], params))
    if not plain["column"]:
        return text
    return catalog.text("bulk.fault", {"column": plain["column"], "problem": text})
