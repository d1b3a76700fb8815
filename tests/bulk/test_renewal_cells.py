"""Cells about a renewal of the certificate in a workbook: answers, days and formulas."""

import io

import pytest

from calsvc.bulk.outcomes import Outcome
from calsvc.bulk.rows import match_table_columns, process_rows
from calsvc.bulk.tables import open_table
from tests.support.bulk_tables import CONTEXT
from tests.support.workbooks import HANAKO, HEADER, xlsx


def outcome_of(header: str, cell: object) -> Outcome:
    table = open_table(io.BytesIO(xlsx((*HEADER, header), (*HANAKO, cell))), "xlsx")
    (found,) = process_rows(table, match_table_columns(table), CONTEXT)
    return found


@pytest.mark.parametrize("header", ["電子証明書更新日", "電子証明書更新済"])
def test_number_1_is_an_answer_and_not_a_day(header: str) -> None:
    renewed, told = outcome_of(header, 1), outcome_of(header, "済")
    assert renewed.issued
    assert told.issued
    assert renewed.issued.plan == told.issued.plan


@pytest.mark.parametrize("header", ["電子証明書更新日", "電子証明書更新済", "在留期限"])
def test_formula_without_a_result_makes_the_row_faulty(header: str) -> None:
    assert [each.key for each in outcome_of(header, "=1+1").problems] == ["date.uncomputed"]


def test_language_cell_without_result_is_not_japanese() -> None:
    assert [each.key for each in outcome_of("言語", "=1+1").problems] == ["lang.unknown"]
