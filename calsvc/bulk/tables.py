"""Opens a table in a text file or workbook: finds the sheet, the header and notes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import BinaryIO

from calsvc.bulk import csv_files, encodings
from calsvc.bulk.choices import NO_CHOICES, Choices
from calsvc.bulk.date_cells import build_day_reader
from calsvc.bulk.encodings import FileScan
from calsvc.bulk.file_kinds import is_workbook
from calsvc.bulk.headings import has_header, locate_header
from calsvc.bulk.records import XLSX, Row, SheetInfo, Table, TableFormat, table_error
from calsvc.bulk.workbooks import Book, Sheet
from calsvc.errors import InvalidInputError, ParamValue, Problem


class SheetError(InvalidInputError):
    """The clerk must choose one of ``sheets``."""

    def __init__(self, key: str, sheets: Sequence[Sheet], fit: Sequence[Sheet]) -> None:
        """``key``: below ``table``. ``fit``: the sheets that have the required columns."""
        self.sheets = [*map(_info, sheets)]
        super().__init__([Problem("table", f"table.{key}", {"sheets": _listed(fit)})])


def _info(sheet: Sheet) -> SheetInfo:
    return SheetInfo(sheet.name, sheet.visible, sheet.active, sheet.rows, sheet.hidden)


def scan_file(file: BinaryIO, encoding: str = "") -> FileScan:
    """Read all of ``file``, a workbook or text. ``encoding``: skips the detection unless ''.

    Raises `InvalidInputError`.
    """
    if is_workbook(file):
        return replace(encodings.scan_text_file(file, XLSX), lines=0)
    return encodings.scan_text_file(file, encoding)


def open_table(file: BinaryIO, encoding: str, choices: Choices = NO_CHOICES) -> Table:
    """Return the table in ``file``. ``encoding``: from its `scan_file`.

    Raises `InvalidInputError`, also while rows are iterated. It is a `SheetError`
    (``table.which_sheet``) if the clerk must choose a sheet.
    """
    if encoding == XLSX:
        return _of_workbook(file, choices)
    table = locate_header(csv_files.read(file, encoding), choices)
    return _with_choices(table, choices)


def _of_workbook(file: BinaryIO, choices: Choices) -> Table:
    book = Book(file)
    sheets = [each for each in book.sheets if each.head]
    if not sheets:
        raise table_error("empty")
    sheet = _chosen(sheets, choices)
    rows = _with_blanks(_owned(book, book.sheets.index(sheet)))
    table = Table(next(rows), rows, TableFormat(XLSX, ""), build_day_reader(book.epoch), sheet.rows)
    table = _with_choices(locate_header(table, choices), choices)
    return replace(
        table,
        sheets=[*map(_info, sheets)],
        sheet=sheet.name,
        notes=[*_notes(book, sheets, sheet, choices)],
    )


def _owned(book: Book, sheet: int) -> Iterator[Row]:
    """Yield the rows, then close the book."""
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


def _notes(
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
    """Yield the rows and the blank rows between them, which a workbook leaves out."""
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
    """Return the rows with the clerk's corrections, and with hidden rows if chosen."""
    if choices.include_hidden:
        rows = (row._replace(skipped="") if row.skipped else row for row in rows)
    if choices.corrections:
        rows = (_corrected(row, choices.corrections.get(row.number)) for row in rows)
    return rows


def _corrected(row: Row, cells: Mapping[int, str] | None) -> Row:
    if not cells:
        return row
    found = row.padded(max(cells) + 1).cells
    return row._replace(cells=[cells.get(at, cell) for at, cell in enumerate(found)])
