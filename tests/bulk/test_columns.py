"""Which column is which, whatever office named them."""

import pytest

from calsvc.bulk.choices import Choices
from calsvc.bulk.columns import FIELDS, known_names, recognise
from calsvc.errors import InvalidInputError
from calsvc.parsing.card_fields import DATE_FIELDS


def keys_of(headers: list[str], given: dict[str, tuple[str, ...]]) -> list[str]:
    with pytest.raises(InvalidInputError) as caught:
        recognise(headers, Choices(given=given))
    return [each.key for each in caught.value.problems]


@pytest.mark.parametrize("name", [0, 1])
def test_all_fields_are_known_by_japanese_and_english_names_in_any_order(name: int) -> None:
    headers = [known_names()[field][name] for field in reversed(FIELDS)]
    columns = recognise(headers)
    assert columns.places == {field: place for place, field in enumerate(reversed(FIELDS))}
    assert columns.language == ("ja", "en")[name]


def test_the_names_are_those_of_the_fields_and_no_two_fields_share_one() -> None:
    assert set(known_names()) == set(FIELDS)
    assert set(DATE_FIELDS) < set(FIELDS)
    names = [name for each in known_names().values() for name in each]
    assert len(names) == len(set(names))


def test_width_case_spaces_and_joints_make_no_difference() -> None:
    headers = ["\uff22\uff4f\uff52\uff4e", " 発行\u3000日 ", "Card-Expires", "E MAIL"]
    assert recognise(headers).places == {"born": 0, "issued": 1, "card_expires": 2, "email": 3}


def test_unknown_columns_are_left_alone() -> None:
    assert recognise(["x", "born", "", "issued"]).places == {"born": 1, "issued": 3}


def test_a_column_may_be_named_on_the_command_line() -> None:
    columns = recognise(
        ["born", "生まれた日", "issued"], Choices(given={"born": ("生まれた日",)}, ignored=("#1",))
    )
    assert columns.places["born"] == 1
    assert columns.header("born") == "生まれた日"
    assert columns.header("stay_until") == "stay_until"


def test_a_column_named_for_one_field_is_no_longer_anothers() -> None:
    headers = ["born", "有効期限", "カード有効期限"]
    columns = recognise(headers, Choices(given={"cert_expires": ("有効期限",)}))
    assert (columns.places["cert_expires"], columns.places["card_expires"]) == (1, 2)


@pytest.mark.parametrize(
    ("headers", "given", "keys"),
    [
        (["氏名"], {}, ["table.no_born", "table.no_card_date"]),
        (["born"], {}, ["table.no_card_date"]),
        (["issued"], {}, ["table.no_born"]),
        (["issued"], {"born": ("誕",)}, ["table.no_column"]),
    ],
)
def test_what_is_missing_or_ambiguous_is_said_all_at_once(
    headers: list[str], given: dict[str, tuple[str, ...]], keys: list[str]
) -> None:
    assert keys_of(headers, given) == keys


@pytest.mark.parametrize("header", ["更新日", "更新済", "更新済み"])
def test_a_renewal_that_does_not_say_of_what_is_asked_about(header: str) -> None:
    assert keys_of(["born", "issued", header], {}) == ["column.renewed_what"]


@pytest.mark.parametrize("header", ["証明書", "renewed"])
def test_renewal_columns_must_name_the_certificate(header: str) -> None:
    columns = recognise(["born", "issued", header])
    assert columns.places == {"born": 0, "issued": 1}


def test_the_day_and_the_answer_are_two_columns() -> None:
    columns = recognise(["born", "issued", "電子証明書更新日", "電子証明書更新済"])
    assert (columns.places["cert_renewed"], columns.places["cert_renewed_answer"]) == (2, 3)
