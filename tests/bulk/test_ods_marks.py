"""Cells without a result and hidden rows are found in .ods files of several programs."""

import io

import pytest

from calsvc.bulk.choices import Choices
from calsvc.bulk.outcomes import Outcome
from calsvc.bulk.preview import build_preview
from calsvc.bulk.records import Uncomputed
from calsvc.bulk.rows import match_table_columns, process_rows
from calsvc.bulk.tables import open_table
from calsvc.bulk.workbooks import Book
from tests.support.bulk_tables import CONTEXT
from tests.support.workbooks import HANAKO, HEADER, ods, with_part, with_rows

ERROR = (
    '<table:table-cell table:formula="of:=NA()" office:value-type="string"'
    ' office:string-value="" calcext:value-type="error"><text:p>#N/A</text:p></table:table-cell>'
)
CELLS = "<table:table-cell office:value-type='string'><text:p>{}</text:p></table:table-cell>"
END = b"</table:table>"
NAME = CELLS.format("塩谷")
DATES = (
    '<table:table-cell office:value-type="date" office:date-value="1985-04-23"/>'
    '<table:table-cell office:value-type="date" office:date-value="2020-06-01"/>'
)


def cells_of(rows: str) -> list[list[str]]:
    book = Book(io.BytesIO(with_rows(ods(("x",)), rows)))
    found = [list(row.cells) for row in book.rows(0)]
    book.close()
    return found[1:]


def outcomes_of(
    rows: str, header: tuple[str, ...] = HEADER, choices: Choices | None = None
) -> list[Outcome]:
    file = io.BytesIO(with_rows(ods(header, HANAKO), rows))
    table = open_table(file, "xlsx", choices or Choices())
    assert not table.notes or table.notes[0].key.startswith("note.hidden")
    return [*process_rows(table, match_table_columns(table), CONTEXT)][1:]


def keys_of(outcome: Outcome) -> list[str]:
    return [each.key for each in (*outcome.problems, *outcome.warnings)]


# --- cells without a result ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "cell",
    [
        ERROR,
        '<table:table-cell table:formula="of:=1/0" office:value-type="float" office:value="0">'
        "<text:p>#DIV/0!</text:p></table:table-cell>",
        '<table:table-cell office:value-type="float" office:value="0"><text:p>#NV</text:p>'
        "</table:table-cell>",
        '<table:table-cell table:formula="of:=A1" office:value-type="float" office:value="0">'
        "<office:annotation><text:p>x</text:p></office:annotation><text:p>エラー:502</text:p>"
        "</table:table-cell>",
        '<table:table-cell table:formula="of:=A1" office:value-type="string"'
        ' office:string-value="#N/A"><text:p>#N/A</text:p></table:table-cell>',
        '<table:table-cell table:formula="of:=A1"/>',
        '<table:table-cell calcext:value-type="error" office:value-type="string"/>',
    ],
)
def test_cell_without_result_is_neither_blank_nor_text(cell: str) -> None:
    ((_, found),) = cells_of(f"<table:table-row>{NAME}{cell}</table:table-row>")
    assert isinstance(found, Uncomputed)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (CELLS.format("#N/A"), "#N/A"),
        (
            '<table:table-cell table:formula="of:=A1" office:value-type="string"'
            ' office:string-value=""><text:p/></table:table-cell>',
            "",
        ),
        (
            '<table:table-cell table:formula="of:=A1" office:value-type="string"'
            ' office:string-value="#3"><text:p>#3</text:p></table:table-cell>',
            "#3",
        ),
        (
            '<table:table-cell table:formula="of:=A1" office:value-type="float"'
            ' office:value="3"><text:p>#3</text:p></table:table-cell>',
            "3",
        ),
    ],
)
def test_cell_with_a_cached_result_has_its_text(cell: str, text: str) -> None:
    rows = f"<table:table-row>{NAME}{cell}</table:table-row><table:table-row>{ERROR}"
    first, _ = cells_of(f"{rows}</table:table-row>")
    assert first == ["塩谷", text]
    assert not isinstance(first[1], Uncomputed)


def test_marks_respect_repeated_cells_and_rows() -> None:
    rows = (
        '<table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row>'
        '<table:table-row table:number-rows-repeated="2">'
        '<table:table-cell table:number-columns-repeated="2"/><table:covered-table-cell/>'
        f"{ERROR}{NAME}</table:table-row>"
        f'<table:table-row table:number-rows-repeated="1048570">{"<table:table-cell/>"}'
        "</table:table-row>"
    )
    book = Book(io.BytesIO(with_rows(ods(("x",)), rows)))
    found = {row.number: list(row.cells) for row in book.rows(0)}
    book.close()
    assert [*found] == [1, 5, 6]
    assert found[5] == found[6] == ["", "", "", "", "塩谷"]
    assert [type(each) for each in found[5]] == [str, str, str, Uncomputed, str]


def test_each_sheet_has_its_own_marks() -> None:
    row = f"<table:table-row>{ERROR}</table:table-row>"
    further = f'</table:table><table:table table:name="二枚目">{row}</table:table>'
    content = with_part(with_rows(ods(("x",)), ""), "content.xml", END, further.encode())
    book = Book(io.BytesIO(content))
    found = [[type(cell) for row in book.rows(at) for cell in row.cells] for at in (0, 1)]
    book.close()
    assert found == [[str], [Uncomputed]]


NULL_DATE = (
    '<table:calculation-settings><table:null-date table:date-value="1904-01-01"/>'
    "</table:calculation-settings>"
)


@pytest.mark.parametrize(("settings", "epoch"), [("", 1900), (NULL_DATE, 0)])
def test_declared_epoch_is_not_guessed(settings: str, epoch: int) -> None:
    start = b"<office:spreadsheet>"
    content = with_part(ods(HEADER, HANAKO), "content.xml", start, start + settings.encode())
    book = Book(io.BytesIO(content))
    assert book.epoch == epoch
    book.close()


def test_epoch_element_name_in_a_cell_sets_no_epoch() -> None:
    book = Book(io.BytesIO(ods(HEADER, ("null-date", *HANAKO[1:]))))
    assert book.epoch == 1900
    book.close()


# --- rows -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("header", ["有効期限", "在留期限", "電子証明書更新日", "電子証明書更新済"])
def test_error_in_a_date_column_makes_the_row_faulty(header: str) -> None:
    row = f"<table:table-row>{NAME}{DATES}{ERROR}</table:table-row>"
    (found,) = outcomes_of(row, (*HEADER, header))
    assert keys_of(found) == ["date.uncomputed"]


def test_error_in_the_language_column_makes_the_row_faulty() -> None:
    row = f"<table:table-row>{NAME}{DATES}{ERROR}</table:table-row>"
    (found,) = outcomes_of(row, (*HEADER, "言語"))
    assert keys_of(found) == ["lang.unknown"]


def test_error_in_a_further_column_of_a_field_is_a_problem() -> None:
    row = f"<table:table-row>{NAME}{DATES}<table:table-cell/>{ERROR}</table:table-row>"
    (found,) = outcomes_of(row, (*HEADER, "在留期限", "在留期間満了日"))
    assert found.problems


def test_row_with_only_errors_is_not_blank() -> None:
    (found,) = outcomes_of(f"<table:table-row>{ERROR * 3}</table:table-row>")
    assert keys_of(found) == ["date.uncomputed", "date.uncomputed"]


def test_preview_shows_an_error_so_that_it_can_be_cleared() -> None:
    row = f"<table:table-row>{NAME}{DATES}{ERROR}</table:table-row>"
    file = io.BytesIO(with_rows(ods((*HEADER, "在留期限"), HANAKO), row))

    def shown(choices: Choices) -> list[str]:
        found = build_preview(file, CONTEXT, choices, lambda _: None, lambda *_: None)
        return [cell["text"] for each in found.faulty for cell in each["cells"] if cell["faulty"]]

    assert shown(Choices()) == ["#"]
    assert shown(Choices(corrections={3: {3: ""}})) == []


def test_error_as_name_or_e_mail_is_a_warning() -> None:
    row = f"<table:table-row>{ERROR}{DATES}{ERROR}</table:table-row>"
    (found,) = outcomes_of(row, (*HEADER, "メールアドレス"))
    assert keys_of(found) == ["name.uncomputed", "email.malformed"]
    assert found.issued
    assert (found.issued.name, found.issued.email) == ("", "")


# --- hidden rows --------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["collapse", "filter"])
def test_hidden_rows_get_no_links(how: str) -> None:
    rows = (
        f'<table:table-row table:visibility="{how}">{NAME}{DATES}</table:table-row>'
        f"<table:table-row>{NAME}{DATES}</table:table-row>"
        f'<table:table-row table:visibility="{how}" table:number-rows-repeated="1048570">'
        "<table:table-cell/></table:table-row>"
    )
    hidden, shown = outcomes_of(rows)
    assert hidden.skipped == "row.hidden"
    assert shown.issued
    included, _ = outcomes_of(rows, choices=Choices(include_hidden=True))
    assert included.issued


def test_blank_hidden_rows_are_not_counted() -> None:
    rows = (
        '<table:table-row table:visibility="filter"><table:table-cell/></table:table-row>'
        f'<table:table-row table:visibility="filter">{NAME}</table:table-row>'
    )
    book = Book(io.BytesIO(with_rows(ods(("x",)), rows)))
    assert [sheet.hidden for sheet in book.sheets] == [1]
    assert book.knows_hidden_rows
    book.close()
