"""The residents to whom a run writes, and their batches."""

from datetime import date

import pytest

from calsvc.bulk.due import (
    ALL_RESIDENTS,
    LAPSED,
    Basis,
    DueCounter,
    DueItem,
    InvalidMonthsError,
    Selection,
    find_batch,
    find_due,
    parse_months,
)
from calsvc.bulk.outcomes import IssuedLink, Outcome
from tests.support.bulk_tables import outcomes_of

TODAY = date(2026, 11, 24)
HEADER = "生年月日,発行日,有効期限,電子証明書有効期限,在留期限\n"
CERTIFICATE_2027 = "1985-04-23,2022-06-01,,,\n"  # certificate 2027-04-23, card 2032-04-23
TOGETHER_2027 = "2009-04-23,2022-06-01,,,\n"  # a child: both on 2027-04-23
LATE = "1985-04-23,2016-06-01,2026-04-23,,\n"
CERTIFICATE_LATE = "1985-05-23,,2027-05-23,2026-10-01,\n"


def outcome_of(row: str) -> Outcome:
    (found,) = outcomes_of(HEADER + row)
    return found


def issued_link(row: str) -> IssuedLink:
    found = outcome_of(row).issued
    assert found
    return found


def due_of(row: str, basis: Basis = Basis.EXPIRY) -> list[DueItem]:
    found = issued_link(row)
    return find_due(found.plan, found.municipality, basis, TODAY)


def test_what_is_due_has_a_kind_and_a_month() -> None:
    assert due_of(CERTIFICATE_2027, Basis.EXPIRY) == [
        ("certificate", "2027-04", False),
        ("card", "2032-04", False),
    ]
    assert due_of(TOGETHER_2027, Basis.WINDOW) == [("both", "2027-01", False)]
    assert due_of(LATE, Basis.EXPIRY) == [("card", "2026-04", True)]


@pytest.mark.parametrize(
    ("row", "selection", "expected"),
    [
        (CERTIFICATE_2027, ALL_RESIDENTS, "2027-04"),
        (CERTIFICATE_2027, Selection("2027-04", "2027-06"), "2027-04"),
        (CERTIFICATE_2027, Selection("2027-05", "2027-06"), ""),
        (CERTIFICATE_2027, Selection("2032-01", "2032-12"), "2032-04"),
        (CERTIFICATE_2027, Selection("2027-01", "2027-01", Basis.WINDOW), "2027-01"),
        (CERTIFICATE_2027, Selection(lapsed=True), ""),
        (LATE, ALL_RESIDENTS, LAPSED),
        (LATE, Selection(lapsed=True), LAPSED),
        (LATE, Selection("2026-04", "2026-04"), ""),
        (LATE, Selection("2027-04", "2027-06", lapsed=True), LAPSED),
    ],
)
def test_resident_is_in_at_most_one_batch(row: str, selection: Selection, expected: str) -> None:
    assert find_batch(issued_link(row), selection, TODAY) == expected


def test_expired_certificate_of_a_due_card_is_in_lapsed_batch() -> None:
    months = {each.month: each.is_lapsed for each in due_of(CERTIFICATE_LATE)}
    assert months == {"2026-10": True, "2027-05": False}
    assert (
        find_batch(issued_link(CERTIFICATE_LATE), Selection("2027-05", "2027-05"), TODAY) == LAPSED
    )
    assert find_batch(issued_link(CERTIFICATE_LATE), Selection("2027-06", "2027-06"), TODAY) == ""


def test_months_are_parsed_or_rejected() -> None:
    assert parse_months(["2027-04"]) == Selection("2027-04", "2027-04")
    assert parse_months(["2027-04..2027-06", "lapsed"]) == Selection(
        "2027-04", "2027-06", lapsed=True
    )
    for bad in ("2027-13", "2027-06..2027-04", "april", "2027-04..", "2027"):
        with pytest.raises(InvalidMonthsError):
            parse_months([bad])
    with pytest.raises(InvalidMonthsError):
        parse_months(["2027-04", "2027-06"])


def test_a_stock_counts_months_kinds_and_open_days() -> None:
    counter = DueCounter(TODAY)
    counter.add(map(outcome_of, [CERTIFICATE_2027, TOGETHER_2027, TOGETHER_2027, LATE]))
    counts = counter.result()
    assert [*counts.by_month(Basis.EXPIRY)] == [
        ("2027-04", [1, 0, 2, 0]),
        ("2032-04", [0, 1, 0, 0]),
    ]
    assert counts.lapsed == {"card": 1}
    days = [*counts.forecast()]
    assert days[0] == (date(2027, 1, 25), 3, 0)  # the 24th is a Sunday
    assert (date(2027, 4, 23), 0, 3) in days
