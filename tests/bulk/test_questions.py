"""Columns that may change a result raise a question."""

import io
import json
from dataclasses import replace

import pytest

from calsvc.bulk import columns as columns_module
from calsvc.bulk.choices import Choices, parse_choices
from calsvc.bulk.columns import FIELDS, find_columns, find_field, match_columns
from calsvc.bulk.records import Row
from calsvc.bulk.tables import SheetError, open_table, scan_file
from calsvc.errors import InvalidInputError, Problem
from calsvc.i18n.catalogs import get_catalog
from calsvc.i18n.languages import LANGUAGES
from tests.support.workbooks import HANAKO, HEADER, xlsx

NEEDED = ["生年月日", "発行日"]


def rows(*cells: str) -> list[Row]:
    return [Row(at, ["1985/4/23", "2020/6/1", cell]) for at, cell in enumerate(cells, start=2)]


@pytest.mark.parametrize(
    ("header", "field"),
    [
        *(("在留期間の満了の日", "stay_until"), ("在留期間満了年月日", "stay_until")),
        *(("電子証明書有効期間満了日", "cert_expires"), ("Ｅメールアドレス", "email")),
        *(("使用言語", "lang"), ("申請年月日", "applied"), ("氏名（漢字）", "name")),
        *(("署名用電子証明書の有効期限", "cert_expires"), ("カード有効期限日", "card_expires")),
        *(
            ("* 生年月日 (西暦)", "born"),
            ("生年月日【和暦】", "born"),
            ("有効期限※", "card_expires"),
        ),
    ],
)
def test_headers_of_real_tables_are_matched(header: str, field: str) -> None:
    assert find_columns([header]).indexes == {field: 0}


@pytest.mark.parametrize(
    ("header", "cells", "key", "must"),
    [
        ("交付日", (), "handed_over", True),
        ("カード更新日", (), "renewed_what", True),
        ("満了日", (), "expiry_of_what", True),
        ("転入年月日", (), "date", True),
        ("メモ", ("2021/4/1", "", "R3.4.1"), "date", True),
        ("氏名カナ", ("ｵﾀﾙ ﾊﾅｺ",), "name", False),
        ("連絡先", ("a@example.jp",), "email", False),
        ("母国語の言語", ("英語",), "lang", False),
        ("旧住所", ("小樽市花園2丁目",), "address", False),
        ("在留資格", ("永住者",), "card", False),
    ],
)
def test_column_that_may_matter_raises_a_question(
    header: str, cells: tuple[str, ...], key: str, must: bool
) -> None:
    (question,) = find_columns([*NEEDED, header], sample=rows(*cells)).questions
    assert (question.index, question.key, question.is_required) == (2, key, must)
    for language in LANGUAGES:
        assert header in get_catalog(language).format_problem(question.problem)


@pytest.mark.parametrize(
    ("header", "cells"),
    [("宛名番号", ("0000000001", "0470024")), ("", ()), ("備考", ("", "電話済")), ("世帯主", ())],
)
def test_unrelated_columns_raise_no_question(header: str, cells: tuple[str, ...]) -> None:
    assert find_columns([*NEEDED, header], sample=rows(*cells)).questions == ()


def test_ignored_date_column_raises_no_question() -> None:
    columns = match_columns([*NEEDED, "交付日"], Choices(ignored=("交付日",)))
    assert columns.questions == ()
    with pytest.raises(InvalidInputError, match=r"column\.handed_over"):
        match_columns([*NEEDED, "交付日"])


def test_a_field_has_several_columns() -> None:
    columns = find_columns(["誕生日", "生年月日", "発行日"])
    assert (columns.indexes["born"], columns.further_indexes["born"]) == (0, [1])


def test_column_can_be_named_by_its_number() -> None:
    columns = match_columns(
        ["日付", "日付"], Choices(overrides={"born": ("#1",), "issued": ("#2",)})
    )
    assert columns.indexes == {"born": 0, "issued": 1}


def test_fields_are_found_by_their_japanese_names() -> None:
    assert [find_field(name) for name in ("生年月日", "born", "カード有効期限", "fax")] == [
        *("born", "born", "card_expires", ""),
    ]


def test_ambiguous_headers_are_no_aliases() -> None:
    known = {columns_module.normalize_header(name) for each in FIELDS for name in _names(each)}
    assert known & {*columns_module.question_by_header()} == set()


def _names(field: str) -> list[str]:
    return [*columns_module.header_aliases()[field]]


def test_sheets_are_listed_if_one_must_be_chosen() -> None:
    def change(book: object, _sheet: object) -> None:
        for name in ("塩谷", "隠し"):
            other = book.create_sheet(name)  # type: ignore[attr-defined]
            other.append(HEADER)
            other.append(HANAKO)
        other.sheet_state = "hidden"

    file = io.BytesIO(xlsx(HEADER, HANAKO, change=change))
    with pytest.raises(SheetError) as caught:
        open_table(file, scan_file(file).encoding)
    assert [each.name for each in caught.value.sheets] == ["Sheet", "塩谷", "隠し"]
    assert caught.value.problems == (
        Problem("table", "table.which_sheet", {"sheets": "Sheet, 塩谷"}),
    )
    assert open_table(file, "xlsx", Choices(sheet="隠し")).sheet == "隠し"
    with pytest.raises(SheetError, match=r"table\.no_sheet"):
        open_table(file, "xlsx", Choices(sheet="銭函"))


def test_choices_are_read_back_from_json() -> None:
    choices = Choices("cp932", "名簿", True, {"born": ("#1", "誕")}, ("#2",), {7: {0: "S60.4.23"}})
    assert parse_choices(json.loads(choices.to_json())) == choices
    assert "S60" not in repr(replace(choices, sheet=""))


TWICE = ["氏名", "生年月日", "発行日", "有効期限", "有効期限"]


def test_two_expiries_of_one_name_raise_a_question() -> None:
    found = find_columns(TWICE)
    assert [(each.index, each.key, each.is_required) for each in found.questions] == [
        (3, "expiry_of_what", True),
        (4, "expiry_of_what", True),
    ]
    assert "card_expires" not in found.indexes


CARDS = ["生年月日", "発行日", "有効期限", "カード有効期限"]


def test_bare_expiry_beside_the_card_s_raises_a_question() -> None:
    found = find_columns(CARDS)
    assert [(each.index, each.key, each.is_required) for each in found.questions] == [
        (2, "expiry_of_what", True)
    ]
    assert found.all_indexes["card_expires"] == [3]


@pytest.mark.parametrize(
    ("choices", "places"),
    [
        (Choices(ignored=("有効期限",)), {"card_expires": [3]}),
        (Choices(overrides={"card_expires": ("#3", "#4")}), {"card_expires": [2, 3]}),
        (
            Choices(overrides={"cert_expires": ("有効期限",)}),
            {"card_expires": [3], "cert_expires": [2]},
        ),
    ],
)
def test_bare_expiry_follows_the_clerk_s_choice(
    choices: Choices, places: dict[str, list[int]]
) -> None:
    found = match_columns(CARDS, choices)
    assert not found.questions
    assert found.all_indexes == {"born": [0], "issued": [1], **places}


def test_bare_expiry_beside_the_certificate_s_is_the_card_s() -> None:
    found = find_columns(["生年月日", "有効期限", "電子証明書有効期限"])
    assert (found.indexes["card_expires"], found.questions) == (1, ())


def test_two_expiries_of_one_name_follow_the_clerk_s_choice() -> None:
    found = find_columns(
        TWICE, Choices(overrides={"card_expires": ("#4",), "cert_expires": ("#5",)})
    )
    assert (found.indexes["card_expires"], found.indexes["cert_expires"]) == (3, 4)
    assert (found.questions, found.problems) == ((), ())


def test_two_bare_expiries_count_as_a_card_date() -> None:
    found = find_columns(["生年月日", "有効期限", "有効期限"])
    assert not found.problems
    assert len(found.questions) == 2
