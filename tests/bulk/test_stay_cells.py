"""A cell for the end of a stay may say that the stay has none."""

import pytest

from tests.support.bulk_tables import outcomes_of

CARD = "1985-04-23,2020-06-01"
HEADER = "born,issued,stay_until"


@pytest.mark.parametrize(
    "cell", ["永住", "永住者", "特別永住者", "無期限", "期限なし", "高度専門職２号", "Permanent"]
)
def test_a_stay_without_end_limits_nothing(cell: str) -> None:
    without, found = outcomes_of(f"{HEADER}\n{CARD},\n{CARD},{cell}\n")
    assert without.issued
    assert found.issued
    assert found.issued.plan == without.issued.plan
    assert not found.remarks


def test_another_word_is_the_rows_fault() -> None:
    (found,) = outcomes_of(f"{HEADER}\n{CARD},確認中\n")
    assert [(each.field, each.key) for each in found.problems] == [
        ("stay_until", "date.unreadable")
    ]


def test_no_end_in_one_column_and_a_day_in_another_differ() -> None:
    (found,) = outcomes_of(f"{HEADER},在留期限\n{CARD},永住,2027-06-30\n")
    assert [each.key for each in found.problems] == ["column.differs"]
