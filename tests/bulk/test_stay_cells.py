"""Cells for the end of a stay, also of a stay without an end."""

from datetime import date

import pytest

from tests.support.bulk_tables import outcomes_of

CARD = "1985-04-23,2020-06-01"
HEADER = "born,issued,stay_until"


@pytest.mark.parametrize(
    "cell",
    [
        *("永住", "永住者", "特別永住者", "無期限", "期限なし", "高度専門職２号", "Permanent"),
        *("なし", "無し", "無", "ﾅｼ", "該当なし", "None", "－", "-", "―", "ー", "／", " / "),
    ],
)
def test_endless_stay_does_not_change_the_plan(cell: str) -> None:
    without, found = outcomes_of(f"{HEADER}\n{CARD},\n{CARD},{cell}\n")
    assert without.issued
    assert found.issued
    assert found.issued.plan == without.issued.plan
    assert not found.warnings


@pytest.mark.parametrize("cell", ["確認中", "不明", "未確認", "？", "あり", "0"])
def test_unknown_word_for_the_stay_makes_the_row_faulty(cell: str) -> None:
    (found,) = outcomes_of(f"{HEADER}\n{CARD},{cell}\n")
    assert [(each.field, each.key) for each in found.problems] == [
        ("stay_until", "stay_until.unreadable")
    ]


def test_endless_stay_contradicts_a_day_in_another_column() -> None:
    (found,) = outcomes_of(f"{HEADER},在留期限\n{CARD},永住,2027-06-30\n")
    assert [each.key for each in found.problems] == ["column.differs"]


def test_two_words_for_no_end_and_a_dash_agree() -> None:
    for cells in ("永住,なし", "－,永住者", "永住,"):
        (found,) = outcomes_of(f"{HEADER},在留期限\n{CARD},{cells}\n")
        assert found.issued


def test_a_dash_beside_a_day_is_blank() -> None:
    (found,) = outcomes_of(f"{HEADER},在留期限\n{CARD},－,2027-06-30\n")
    assert found.issued
    assert found.issued.plan.card_expiry == date(2027, 6, 30)


@pytest.mark.parametrize(
    ("cell", "keys"), [("なし", ["card_expires.not_birthday"]), ("－", []), ("", [])]
)
def test_no_stay_is_assumed_if_the_row_says_it_is_endless(cell: str, keys: list[str]) -> None:
    text = f"born,card_expires,stay_until\n1985-04-23,2028-06-30,{cell}\n"
    (found,) = outcomes_of(text)
    assert [each.key for each in found.problems] == keys
