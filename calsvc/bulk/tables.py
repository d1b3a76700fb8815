"""Opens a table in a text file or workbook: finds the sheet, the header and notes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import BinaryIO

from calsvc.bulk import csv_files, encodings
from calsvc.bulk.choices import NO_CHOICES, Choices
from calsvc.bulk.date_cells import build_day_reader
from calsvc.bulk.encodings import FileScan
from calsvc.bulk.file_kinds import is_workbook
from calsvc.bulk.headings import has_header, with_header
from calsvc.bulk.records import XLSX, Row, SheetInfo, Table, TableFormat, table_error
from calsvc.bulk.repeated_rows import mark_repeated
from calsvc.bulk.workbooks import Book, Sheet
from calsvc.errors import InvalidInputError, ParamValue, Problem


class SheetError(InvalidInputError):
    """The clerk must choose one of ``sheets``."""

    def __init__(self, key: str, sheets: Sequence[Sheet], usable: Sequence[Sheet]) -> None:
        """``key``: below ``table``. ``usable``: the sheets that have the required columns."""
        self.sheets = [*map(_sheet_info, sheets)]
        super().__init__([Problem("table", f"table.{key}", {"sheets": _join_names(usable)})])


def _sheet_info(sheet: Sheet) -> SheetInfo:
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
        return _open_workbook(file, choices)
    table = with_header(csv_files.read(file, encoding), choices)
    return _apply_choices(table, choices)


def _open_workbook(file: BinaryIO, choices: Choices) -> Table:
    book = Book(file)
    sheets = [each for each in book.sheets if each.head]
    if not sheets:
        raise table_error("empty")
    sheet = _choose_sheet(sheets, choices)
    rows = _with_blank_rows(_rows_and_close(book, book.sheets.index(sheet)))
    table = Table(next(rows), rows, TableFormat(XLSX, ""), build_day_reader(book.epoch), sheet.rows)
    table = _apply_choices(with_header(table, choices), choices)
    return replace(
        table,
        sheets=[*map(_sheet_info, sheets)],
        sheet=sheet.name,
        notes=[*_notes(book, sheets, sheet, choices)],
    )


def _rows_and_close(book: Book, sheet: int) -> Iterator[Row]:
    """Yield the rows, then close the book."""
    try:
        yield from book.rows(sheet)
    finally:
        book.close()


def _choose_sheet(sheets: Sequence[Sheet], choices: Choices) -> Sheet:
    if choices.sheet:
        for sheet in sheets:
            if sheet.name == choices.sheet:
                return sheet
        raise SheetError("no_sheet", sheets, sheets)
    visible = [each for each in sheets if each.visible] or sheets
    usable = [each for each in visible if has_header(each.head, choices)]
    if len(usable) > 1:
        raise SheetError("which_sheet", sheets, usable)
    return (usable or sorted(visible, key=lambda each: not each.active))[0]


def _join_names(sheets: Sequence[Sheet]) -> str:
    return ", ".join(each.name for each in sheets)


def _notes(
    book: Book, sheets: Sequence[Sheet], sheet: Sheet, choices: Choices
) -> Iterator[Problem]:
    others = [each for each in sheets if each is not sheet]
    if others:
        params: Mapping[str, ParamValue] = {"sheet": sheet.name, "others": _join_names(others)}
        yield Problem("table", "note.other_sheets", params)
    if sheet.hidden:
        key = "note.hidden_included" if choices.include_hidden else "note.hidden"
        yield Problem("table", key, {"number": sheet.hidden})
    if not book.knows_hidden_rows:
        yield Problem("table", "note.unknown_rows", {"format": f".{book.format}"})


def _with_blank_rows(rows: Iterator[Row]) -> Iterator[Row]:
    """Yield the rows and the blank rows between them, which a workbook leaves out."""
    last_number = 0
    for row in rows:
        if last_number and row.number > last_number + 1:
            yield from (Row(blank, []) for blank in range(last_number + 1, row.number))
        last_number = row.number
        yield row


def _apply_choices(table: Table, choices: Choices) -> Table:
    sample = [*_apply_to_rows(iter(table.sample), choices)]
    rows = mark_repeated(_apply_to_rows(table.rows, choices))
    return replace(table, rows=rows, sample=sample)


def _apply_to_rows(rows: Iterator[Row], choices: Choices) -> Iterator[Row]:
    """Return the rows with the clerk's corrections, and with hidden rows if chosen."""
    if choices.include_hidden:
        rows = (row._replace(skipped="") if row.skipped else row for row in rows)
    if choices.corrections:
        rows = (_correct_row(row, choices.corrections.get(row.number)) for row in rows)
    return rows


def _correct_row(row: Row, cells: Mapping[int, str] | None) -> Row:
    if not cells:
        return row
    padded = row.padded(max(cells) + 1)
    return row._replace(cells=[cells.get(index, cell) for index, cell in enumerate(padded.cells)])
