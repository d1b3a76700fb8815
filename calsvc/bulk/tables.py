"""Opens a table in whatever file it stands, with the sheet, the header and what there is to say."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import BinaryIO

from calsvc.bulk import csv_files, encodings
from calsvc.bulk.choices import AS_FOUND, Choices
from calsvc.bulk.date_cells import day_reader
from calsvc.bulk.encodings import Survey
from calsvc.bulk.file_kinds import is_workbook
from calsvc.bulk.headings import has_header, locate
from calsvc.bulk.records import XLSX, Form, Row, SheetInfo, Table, unusable
from calsvc.bulk.workbooks import Book, Sheet
from calsvc.errors import InvalidInputError, ParamValue, Problem


class SheetError(InvalidInputError):
    """A sheet must be chosen, of ``sheets``."""

    def __init__(self, key: str, sheets: Sequence[Sheet], fit: Sequence[Sheet]) -> None:
        """``key``: without ``table``; ``fit``: the sheets that have the needed columns."""
        self.sheets = [*map(_info, sheets)]
        super().__init__([Problem("table", f"table.{key}", {"sheets": _listed(fit)})])


def _info(sheet: Sheet) -> SheetInfo:
    return SheetInfo(sheet.name, sheet.visible, sheet.active, sheet.rows, sheet.hidden)


def survey(file: BinaryIO, encoding: str = "") -> Survey:
    """Look through ``file``, a workbook or text; ``encoding`` settles what would be detected.

    Raises `InvalidInputError`.
    """
    if is_workbook(file):
        return replace(encodings.survey(file, XLSX), lines=0)
    return encodings.survey(file, encoding)


def open_table(file: BinaryIO, encoding: str, choices: Choices = AS_FOUND) -> Table:
    """The table in ``file``, whose ``encoding`` is that of its `survey`.

    Raises `InvalidInputError`, also while rows are read. Its problem is ``table.which_sheet`` if a
    sheet must be chosen.
    """
    if encoding == XLSX:
        return _of_workbook(file, choices)
    table = locate(csv_files.read(file, encoding), choices)
    return _with_choices(table, choices)


def _of_workbook(file: BinaryIO, choices: Choices) -> Table:
    book = Book(file)
    sheets = [each for each in book.sheets if each.head]
    if not sheets:
        raise unusable("empty")
    sheet = _chosen(sheets, choices)
    rows = _with_blanks(_owned(book, book.sheets.index(sheet)))
    read = Table(next(rows), rows, Form(XLSX, ""), day_reader(book.epoch), sheet.rows)
    table = _with_choices(locate(read, choices), choices)
    return replace(
        table,
        sheets=[*map(_info, sheets)],
        sheet=sheet.name,
        remarks=[*_remarks(book, sheets, sheet, choices)],
    )


def _owned(book: Book, sheet: int) -> Iterator[Row]:
    """Yield the rows; the book is closed after them."""
    try:
        yield from book.rows(sheet)
    finally:
        book.close()


def _chosen(sheets: Sequence[Sheet], choices: Choices) -> Sheet:
    if choices.sheet:
        for each in sheets:
            if each.name == choices.sheet:
                return each
        raise SheetError("no_sheet", sheets, sheets)
    shown = [each for each in sheets if each.visible] or sheets
    fit = [each for each in shown if has_header(each.head, choices)]
    if len(fit) > 1:
        raise SheetError("which_sheet", sheets, fit)
    return (fit or sorted(shown, key=lambda each: not each.active))[0]


def _listed(sheets: Sequence[Sheet]) -> str:
    return ", ".join(each.name for each in sheets)


def _remarks(
    book: Book, sheets: Sequence[Sheet], sheet: Sheet, choices: Choices
) -> Iterator[Problem]:
    others = [each for each in sheets if each is not sheet]
    if others:
        params: Mapping[str, ParamValue] = {"sheet": sheet.name, "others": _listed(others)}
        yield Problem("table", "note.other_sheets", params)
    if sheet.hidden:
        key = "note.hidden_included" if choices.include_hidden else "note.hidden"
        yield Problem("table", key, {"number": sheet.hidden})
    if not book.knows_rows:
        yield Problem("table", "note.unknown_rows", {"format": f".{book.format}"})


def _with_blanks(rows: Iterator[Row]) -> Iterator[Row]:
    """Yield also the blank rows between others."""
    passed = 0
    for row in rows:
        if passed and row.number > passed + 1:
            yield from (Row(blank, []) for blank in range(passed + 1, row.number))
        passed = row.number
        yield row


def _with_choices(table: Table, choices: Choices) -> Table:
    sample = [*_prepared(iter(table.sample), choices)]
    return replace(table, rows=_prepared(table.rows, choices), sample=sample)


def _prepared(rows: Iterator[Row], choices: Choices) -> Iterator[Row]:
    """Returns the rows as the clerk has mended them and wants them."""
    if choices.include_hidden:
        rows = (row._replace(skipped="") if row.skipped else row for row in rows)
    if choices.mended:
        rows = (_mended(row, choices.mended.get(row.number)) for row in rows)
    return rows


def _mended(row: Row, cells: Mapping[int, str] | None) -> Row:
    if not cells:
        return row
    found = row.lengthened(max(cells) + 1).cells
    return row._replace(cells=[cells.get(at, cell) for at, cell in enumerate(found)])
