"""Rows with the same cells as an earlier one are named, because they give two letters."""

from calsvc.bulk.columns import match_columns
from calsvc.bulk.records import Row
from calsvc.bulk.repeated_rows import MAX_COMPARED_ROWS, mark_repeated
from calsvc.bulk.result_counts import count_results, format_summary
from calsvc.errors import Problem
from calsvc.i18n.catalogs import get_catalog
from tests.support.bulk_tables import outcomes_of

HEADER = "氏名,生年月日,発行日\n"
HANAKO = "小樽 花子,1985-04-23,2022-06-01\n"
ICHIRO = "小樽 一郎,1985-04-23,2022-06-01\n"
NAMELESS = ",1985-04-23,2022-06-01\n"


def test_a_repeated_row_gets_its_link_and_names_the_first() -> None:
    found = outcomes_of(HEADER + HANAKO + ICHIRO + HANAKO + HANAKO)
    repeated = Problem("row", "row.repeated", {"first": 2})
    assert [each.warnings for each in found] == [(), (), (repeated,), (repeated,)]
    assert all(each.issued for each in found)


def test_rows_without_a_name_may_be_different_people() -> None:
    found = outcomes_of(HEADER + NAMELESS + NAMELESS)
    assert [each.warnings for each in found] == [(), ()]
    found = outcomes_of("生年月日,発行日\n1985-04-23,2022-06-01\n1985-04-23,2022-06-01\n")
    assert [each.warnings for each in found] == [(), ()]


def test_blank_and_faulty_rows_may_be_repeated() -> None:
    found = outcomes_of(HEADER + ",,\n,,\n小樽 花子,x,2022-06-01\n小樽 花子,x,2022-06-01\n")
    assert [each.warnings for each in found] == [()] * 4


def test_repeated_rows_are_counted_in_the_summary() -> None:
    catalog, columns = get_catalog("ja"), match_columns(HEADER.strip().split(","))
    found = outcomes_of(HEADER + HANAKO + HANAKO + ICHIRO)
    lines = [*format_summary(count_results(found, columns, catalog), catalog)]
    assert lines[1:] == [catalog.text("bulk.summary.repeated", {"number": 1})]


def test_a_row_is_compared_with_a_limited_number_of_rows() -> None:
    names = ["花子", *map(str, range(MAX_COMPARED_ROWS)), "花子"]
    rows = [Row(number, [name]) for number, name in enumerate(names, start=2)]
    assert [row.repeats for row in mark_repeated(iter(rows))] == [0] * len(rows)
    last = [row.repeats for row in mark_repeated(iter([*rows[2:], rows[2]._replace(number=99)]))][
        -1
    ]
    assert last == rows[2].number
