"""Counts what would come of a table, before anything is made of it."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, BinaryIO

from calsvc.bulk.choices import Choices
from calsvc.bulk.columns import FIELDS, Columns, find
from calsvc.bulk.date_cells import NO_RESULT
from calsvc.bulk.due import Basis, StockTaking
from calsvc.bulk.edition import Edition, Piece
from calsvc.bulk.explanations import impersonal
from calsvc.bulk.formats import FaultyRows
from calsvc.bulk.outcomes import Issued, Office, Outcome
from calsvc.bulk.records import Row, Table, Uncomputed
from calsvc.bulk.rows import outcomes, serial_places, shards, with_days
from calsvc.bulk.run import SKIPPED, STAYS
from calsvc.bulk.tables import open_table, survey
from calsvc.errors import ParamValue, Problem
from calsvc.i18n.catalogs import Catalog

SHOWN_ROWS = 5
SHOWN_FAULTY = 20
SHOWN_COLUMNS = 50
SHOWN_CHARACTERS = 100
"""Of a cell."""
MONTHS_AHEAD = 6
MONTHS_IN_YEAR = 12

Plain = Mapping[str, Any]
"""What JSON can hold."""


@dataclass
class Preview:
    """What the clerk is shown. ``ready``: nothing stands in the way of making the files.

    ``months``: what is due, by `Basis` and month. ``samples``: letters, of which see `Sample`.
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
    office: Office,
    choices: Choices,
    put: Callable[[Piece], None],
    beat: Callable[[int, int], None],
    *,
    see: Callable[[Sequence[Outcome]], None] = lambda _: None,
) -> Preview:
    """Returns what would come of ``file``. ``see`` is handed the outcomes.

    ``put`` is handed the table of all faulty rows, ``beat`` the rows counted and about how many
    there are. Raises `InvalidInputError`.
    """
    scan = survey(file, choices.encoding)
    table = open_table(file, scan.encoding, choices)
    columns = find(table.names, choices, table.sample)
    must = [each for each in columns.questions if each.must]
    shown = _described(table, columns, scan.encoding)
    shown.problems = [problem_as_plain(each, columns) for each in columns.faults]
    shown.ready = not columns.faults and not must
    if not columns.faults:
        tally, taking = _Tally(columns, office.today), StockTaking(office.today)
        for shard in _written(table, columns, office, put):
            tally.add_all(shard)
            taking.add(shard)
            see(shard)
            beat(tally.counts["rows"], table.expected or scan.lines)
        tally.show(shown)
        stock = taking.stock()
        shown.months = {basis.value: [*stock.by_month(basis)] for basis in Basis}
    return shown


def _described(table: Table, columns: Columns, encoding: str) -> Preview:
    sheets = [vars(each) for each in table.sheets]
    asked = {each.place for each in columns.questions if each.must}
    width = len(columns.headers)
    places = serial_places(table, columns)
    sample = [with_days(row, places, table.day_text) for row in table.sample]
    shown = [at for at in range(width) if at < SHOWN_COLUMNS or at in asked]
    return Preview(
        encoding=encoding,
        sheet=table.sheet,
        sheets=sheets,
        columns=[_column(at, columns, sample) for at in shown],
        further_columns=width - len(shown),
        remarks=[problem_as_plain(each, columns) for each in table.remarks],
        rows=[
            [shortened(row.cells[at]) for at in shown if at < len(row.cells)]
            for row in sample[:SHOWN_ROWS]
        ],
    )


def _column(at: int, columns: Columns, sample: Sequence[Row]) -> Plain:
    question = next((each for each in columns.questions if each.place == at), None)
    examples = (row.cells[at] for row in sample if at < len(row.cells) and row.cells[at].strip())
    return {
        "place": at,
        "header": shortened(columns.headers[at]),
        "field": columns.used.get(at, ""),
        "question": question.key if question else "",
        "must": bool(question and question.must),
        "example": shortened(next(examples, "")),
    }


def shortened(cell: str) -> str:
    """Returns what can be shown of a cell, whatever bytes the table holds."""
    if isinstance(cell, Uncomputed):
        return NO_RESULT
    return cell[:SHOWN_CHARACTERS].encode(errors="replace").decode()


def _written(
    table: Table, columns: Columns, office: Office, put: Callable[[Piece], None]
) -> Iterator[Sequence[Outcome]]:
    """Yield the outcomes, shard by shard; the faulty rows are put into a table."""
    office = replace(office, check_print=lambda _name, _address, _wish: ())
    writer = FaultyRows(Edition(table.header, table.form, columns, office))
    for _, shard in shards(outcomes(table, columns, office)):
        for piece in writer.pieces(shard):
            put(piece)
        yield shard


class _Tally:
    """Counts outcomes and keeps the first faulty rows."""

    def __init__(self, columns: Columns, today: date) -> None:
        self._columns, self._today = columns, today
        self._months = [*_months(today)]
        self.counts: Counter[str] = Counter(rows=0, links=0, faulty=0, blank=0)
        self.due: Counter[tuple[int, int]] = Counter()
        self._reasons: Counter[tuple[str, str]] = Counter()
        self._problems: dict[tuple[str, str], Problem] = {}
        self.faulty: list[Plain] = []
        self._stays: list[int] = []

    def add_all(self, shard: Sequence[Outcome]) -> None:
        for outcome in shard:
            self._add(outcome)

    def show(self, shown: Preview) -> None:
        """Put the counts into the preview."""
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
            self.counts["cautions"] += bool(outcome.issued.cautions or outcome.remarks)
            if outcome.takes_stay:
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

    def _add_link(self, issued: Issued) -> None:
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
    """Yield the year and month of today and of the next."""
    for ahead in range(MONTHS_AHEAD):
        years, month = divmod(today.month - 1 + ahead, MONTHS_IN_YEAR)
        yield today.year + years, month + 1


def _faulty(outcome: Outcome, columns: Columns) -> Plain:
    cells, faulty = outcome.row.cells, {each.field for each in outcome.problems}
    used = sorted(columns.used.items(), key=lambda each: FIELDS.index(each[1]))
    return {
        "number": outcome.row.number,
        "problems": [problem_as_plain(each, columns) for each in outcome.problems],
        "mendable": not outcome.row.fault,
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
    """Returns the problem, and the header of the column that it is in."""
    own = columns and problem.field not in ("row", "table")
    return {
        "column": shortened(columns.header(problem.field)) if columns and own else "",
        "key": problem.key,
        "params": {
            name: [str(fact)] if isinstance(fact, date) else fact
            for name, fact in problem.params.items()
        },
    }


def in_words(plain: Plain, catalog: Catalog) -> str:
    """Returns a problem that `problem_as_plain` has made, in words."""
    params: dict[str, ParamValue] = {
        name: date.fromisoformat(fact[0]) if isinstance(fact, list) else fact
        for name, fact in plain["params"].items()
    }
    said = catalog.problem(Problem("table", plain["key"], params))
    if not plain["column"]:
        return said
    return catalog.text("bulk.fault", {"column": plain["column"], "problem": said})
