"""A header below titles is found, also after the clerk has said what each column is."""

import io

from calsvc.bulk.choices import Choices
from calsvc.bulk.columns import find
from calsvc.bulk.records import Table
from calsvc.bulk.tables import open_table, survey
from tests.support.workbooks import HANAKO, HEADER, xlsx

TITLED = (
    "対象者一覧,,,\n令和8年11月1日現在,,,\n\n氏名,うまれ,発行日,転入日\nA,S60.4.23,R2.6.1,H30.4.1\n"
)
PLACES = Choices(
    given={"name": ("#1",), "born": ("#2",), "issued": ("#3",)},
    ignored=("#4",),
)


def opened(content: bytes, choices: Choices) -> Table:
    file = io.BytesIO(content)
    return open_table(file, survey(file).encoding, choices)


def test_header_stays_where_it_was_once_columns_are_mapped() -> None:
    before, after = opened(TITLED.encode(), Choices()), opened(TITLED.encode(), PLACES)
    assert before.header.number == after.header.number == 4
    columns = find(after.names, PLACES, after.sample)
    assert (columns.language, columns.faults, columns.questions) == ("ja", (), ())


def test_sheet_stays_chosen_once_columns_are_mapped() -> None:
    def change(book: object, _sheet: object) -> None:
        other = book.create_sheet("凡例")  # type: ignore[attr-defined]
        other.append(("記号", "意味", "注"))
        other.append(("○", "済", ""))

    content = xlsx(HEADER, HANAKO, change=change)
    assert opened(content, Choices()).sheet == opened(content, PLACES).sheet == "Sheet"
