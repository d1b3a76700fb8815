"""Replaces the serial numbers of days, which workbooks have in date columns, with text."""

from collections.abc import Callable, Sequence

from calsvc.bulk.columns import Columns
from calsvc.bulk.records import XLSX, Number, Row, Table
from calsvc.parsing.card_fields import DATE_FIELDS, RENEWAL_FIELD, TABLE_ANSWERS


def serial_number_columns(table: Table, columns: Columns) -> Sequence[tuple[str, int]]:
    """Return fields and indexes of the date columns in which a workbook may have numbers."""
    if table.table_format.encoding != XLSX:
        return ()
    return [
        (field, index)
        for field, field_indexes in columns.all_indexes.items()
        if field in DATE_FIELDS
        for index in field_indexes
    ]


def with_dates_as_text(
    row: Row, indexes: Sequence[tuple[str, int]], read_day_text: Callable[[str], str]
) -> Row:
    """Return the row with dates as text instead of serial numbers.

    ``indexes``: from `serial_number_columns`. The output has text because its epoch is always 1900,
    but that of the input may be 1904.
    """
    numbers = [
        index
        for field, index in indexes
        if index < len(row.cells)
        and type(cell := row.cells[index]) is Number
        and not (field == RENEWAL_FIELD and cell in TABLE_ANSWERS)
    ]
    if not numbers:
        return row
    cells = [*row.cells]
    for index in numbers:
        cells[index] = read_day_text(cells[index])
    return row._replace(cells=cells)
