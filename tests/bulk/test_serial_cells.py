"""Serial numbers are written back as days, because output counts from 1900."""

import io

import openpyxl
import pytest

from calsvc.bulk import workbook_output
from calsvc.bulk.choices import Choices
from calsvc.bulk.formats import FaultyRows, OutputContext
from calsvc.bulk.outcomes import Outcome
from calsvc.bulk.preview import build_preview
from calsvc.bulk.rows import process_rows
from tests.support.bulk_tables import CONTEXT, opened
from tests.support.workbooks import HEADER, of_1904, xlsx

SERIALS_OF_1904 = (29698, 42521)
DAYS = ["1985-04-23", "2020-06-01"]


def outcome_of(header: tuple[str, ...], row: tuple[object, ...]) -> Outcome:
    table, columns = opened(xlsx(header, row, change=of_1904))
    (found,) = process_rows(table, columns, CONTEXT)
    return found


def test_serial_number_is_written_back_as_a_day() -> None:
    found = outcome_of((*HEADER, "宛名番号"), ("小樽", *SERIALS_OF_1904, 42521))
    assert found.issued
    assert found.row.cells == ["小樽", *DAYS, "42521"]


@pytest.mark.parametrize("cell", [3600423, 20200601, 0])
def test_other_numbers_are_written_back_unchanged(cell: int) -> None:
    assert outcome_of(HEADER, ("小樽", cell, 42521)).row.cells[1] == str(cell)


def test_number_in_a_renewal_column_stays_an_answer() -> None:
    found = outcome_of((*HEADER, "電子証明書更新日"), ("小樽", *SERIALS_OF_1904, 1))
    assert found.issued
    assert found.row.cells[3] == "1"


def test_faulty_rows_submitted_again_have_the_same_dates() -> None:
    table, columns = opened(xlsx(HEADER, ("小樽", "x", 42521), change=of_1904))
    faulty = FaultyRows(OutputContext(table.header, table.table_format, columns, CONTEXT))
    sheet = b"".join(p.content for p in faulty.pieces([*process_rows(table, columns, CONTEXT)]))
    file = io.BytesIO()
    workbook_output.pack(io.BytesIO(sheet), file)
    book = openpyxl.load_workbook(file)
    assert [cell.value for cell in book.active[2]][2:] == ["小樽", "x", DAYS[1]]


def test_the_preview_shows_days() -> None:
    content = io.BytesIO(xlsx(HEADER, ("小樽", *SERIALS_OF_1904), change=of_1904))
    shown = build_preview(content, CONTEXT, Choices(), lambda _: None, lambda *_: None)
    assert shown.rows == [["小樽", *DAYS]]
    assert [each["example"] for each in shown.columns] == ["小樽", *DAYS]
