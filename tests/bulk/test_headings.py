"""The header is found below titles, also after the clerk has chosen the columns."""

import io

from calsvc.bulk.choices import Choices
from calsvc.bulk.columns import find_columns
from calsvc.bulk.records import Table
from calsvc.bulk.tables import open_table, scan_file
from tests.support.workbooks import HANAKO, HEADER, xlsx

TITLED = (
    "対象者一覧,,,\n令和8年11月1日現在,,,\n\n氏名,うまれ,発行日,転入日\nA,S60.4.23,R2.6.1,H30.4.1\n"
)
BY_NUMBER = Choices(
    overrides={"name": ("#1",), "born": ("#2",), "issued": ("#3",)},
    ignored=("#4",),
)


def open_content(content: bytes, choices: Choices) -> Table:
    file = io.BytesIO(content)
    return open_table(file, scan_file(file).encoding, choices)


def test_header_is_found_again_after_columns_are_chosen() -> None:
    before, after = (
        open_content(TITLED.encode(), Choices()),
        open_content(TITLED.encode(), BY_NUMBER),
    )
    assert before.header.number == after.header.number == 4
    columns = find_columns(after.headers, BY_NUMBER, after.sample)
    assert (columns.language, columns.problems, columns.questions) == ("ja", (), ())


def test_sheet_is_found_again_after_columns_are_chosen() -> None:
    def change(book: object, _sheet: object) -> None:
        other = book.create_sheet("凡例")  # type: ignore[attr-defined]
        other.append(("記号", "意味", "注"))
        other.append(("○", "済", ""))

    content = xlsx(HEADER, HANAKO, change=change)
    assert (
        open_content(content, Choices()).sheet == open_content(content, BY_NUMBER).sheet == "Sheet"
    )


def indexes_of(content: str) -> dict[str, int]:
    table = open_content(content.encode(), Choices())
    columns = find_columns(table.headers, Choices(), table.sample)
    assert not columns.further_indexes
    return dict(columns.indexes)


def test_line_above_distinguishes_columns_of_one_name() -> None:
    """The expiry of a certificate must never be taken for that of the card."""
    found = indexes_of(
        ",住民,,カード,,電子証明書\n番号,氏名,生年月日,発行日,有効期限,有効期限\n"
        "1,A,S60.4.23,R2.6.1,,R7.4.23\n"
    )
    assert found == {"name": 1, "born": 2, "issued": 3, "card_expires": 4, "cert_expires": 5}


def test_unknown_line_above_does_not_name_an_expiry_of_the_card() -> None:
    found = indexes_of(
        ",本人,,発行,甲,乙\n番号,氏名,生年月日,日,有効期限,有効期限\n"
        "1,A,S60.4.23,R2.6.1,R12.4.23,R7.4.23\n"
    )
    assert "card_expires" not in found


def test_title_does_not_distinguish_columns() -> None:
    table = open_content(
        "名簿,,,\n氏名,生年月日,発行日,生年月日\nA,,R2.6.1,S60.4.23\n".encode(), Choices()
    )
    assert find_columns(table.headers).further_indexes == {"born": [3]}
