"""Columns are matched to fields by the headers of real tables."""

import pytest

from calsvc.bulk.choices import Choices
from calsvc.bulk.columns import FIELDS, header_aliases, match_columns
from calsvc.errors import InvalidInputError
from calsvc.parsing.card_fields import DATE_FIELDS


def keys_of(headers: list[str], overrides: dict[str, tuple[str, ...]]) -> list[str]:
    with pytest.raises(InvalidInputError) as caught:
        match_columns(headers, Choices(overrides=overrides))
    return [each.key for each in caught.value.problems]


@pytest.mark.parametrize("name", [0, 1])
def test_fields_match_japanese_and_english_headers_in_any_order(name: int) -> None:
    headers = [header_aliases()[field][name] for field in reversed(FIELDS)]
    columns = match_columns(headers)
    assert columns.indexes == {field: place for place, field in enumerate(reversed(FIELDS))}
    assert columns.language == ("ja", "en")[name]


def test_aliases_cover_all_fields_and_are_unique() -> None:
    assert set(header_aliases()) == set(FIELDS)
    assert set(DATE_FIELDS) < set(FIELDS)
    names = [name for each in header_aliases().values() for name in each]
    assert len(names) == len(set(names))


def test_headers_match_without_width_case_spaces_and_hyphens() -> None:
    headers = ["\uff22\uff4f\uff52\uff4e", " 発行\u3000日 ", "Card-Expires", "E MAIL"]
    assert match_columns(headers).indexes == {"born": 0, "issued": 1, "card_expires": 2, "email": 3}


def test_unknown_columns_are_ignored() -> None:
    assert match_columns(["x", "born", "", "issued"]).indexes == {"born": 1, "issued": 3}


def test_column_can_be_named_on_the_command_line() -> None:
    columns = match_columns(
        ["born", "生まれた日", "issued"],
        Choices(overrides={"born": ("生まれた日",)}, ignored=("#1",)),
    )
    assert columns.indexes["born"] == 1
    assert columns.label("born") == "生まれた日"
    assert columns.label("stay_until") == "stay_until"


def test_column_chosen_for_one_field_serves_no_other() -> None:
    headers = ["born", "有効期限", "カード有効期限"]
    columns = match_columns(headers, Choices(overrides={"cert_expires": ("有効期限",)}))
    assert (columns.indexes["cert_expires"], columns.indexes["card_expires"]) == (1, 2)


@pytest.mark.parametrize(
    ("headers", "overrides", "keys"),
    [
        (["氏名"], {}, ["table.no_born", "table.no_card_date"]),
        (["born"], {}, ["table.no_card_date"]),
        (["issued"], {}, ["table.no_born"]),
        (["issued"], {"born": ("誕",)}, ["table.no_column"]),
    ],
)
def test_missing_and_ambiguous_columns_are_reported_together(
    headers: list[str], overrides: dict[str, tuple[str, ...]], keys: list[str]
) -> None:
    assert keys_of(headers, overrides) == keys


@pytest.mark.parametrize("header", ["更新日", "更新済", "更新済み"])
def test_renewal_column_without_subject_raises_a_question(header: str) -> None:
    assert keys_of(["born", "issued", header], {}) == ["column.renewed_what"]


@pytest.mark.parametrize("header", ["証明書", "renewed"])
def test_renewal_columns_must_name_the_certificate(header: str) -> None:
    columns = match_columns(["born", "issued", header])
    assert columns.indexes == {"born": 0, "issued": 1}


def test_the_day_and_the_answer_are_two_columns() -> None:
    columns = match_columns(["born", "issued", "電子証明書更新日", "電子証明書更新済"])
    assert (columns.indexes["cert_renewed"], columns.indexes["cert_renewed_answer"]) == (2, 3)
