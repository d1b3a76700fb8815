"""The picture of a plan: everything inside its frame, in the order of days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calsvc.rules.card import Card, Subject
from calsvc.rules.milestones import GraceRule
from calsvc.rules.plan import check_and_assess
from calsvc.web.residents.timeline import EDGE, WIDTH, Bar, Timeline, timeline

ADULT = Card(date(1985, 4, 23), card_expires=date(2030, 4, 23))
MINOR = Card(date(2012, 3, 15), date(2023, 6, 1))
STAY = Card(date(1990, 6, 15), date(2023, 7, 1), stay_until=date(2027, 5, 31))


def picture(card: Card, today: date = date(2026, 11, 24)) -> Timeline:
    return timeline(check_and_assess(card, None).plan, GraceRule.ANNIVERSARY, today)


def test_an_adults_card_has_a_row_for_the_certificate_and_one_for_the_card() -> None:
    rows = picture(ADULT).rows
    assert [row.subject for row in rows] == [Subject.CERTIFICATE, Subject.CARD]
    assert [row.expiry.day for row in rows] == [date(2025, 4, 23), date(2030, 4, 23)]


def test_a_minors_card_has_one_row() -> None:
    assert [row.subject for row in picture(MINOR).rows] == [Subject.CARD]


def test_a_card_that_ends_with_the_stay_has_no_window() -> None:
    (row,) = picture(STAY).rows
    assert row.window is None


@pytest.mark.parametrize(
    ("card", "labels"),
    [
        (ADULT, ["2026", "2027", "2028", "2029", "2030"]),
        (STAY, ["2027/01", "2027/04", "2027/07"]),
    ],
)
def test_the_axis_has_as_many_marks_as_there_is_room_for(card: Card, labels: list[str]) -> None:
    assert [tick.label for tick in picture(card).ticks] == labels


def test_the_names_of_rows_stand_beside_the_line_of_today() -> None:
    assert picture(ADULT, date(2024, 1, 1)).subject_x > picture(ADULT, date(2024, 1, 1)).today.x
    assert picture(ADULT, date(2030, 1, 1)).subject_x == EDGE


@given(
    st.dates(date(1930, 1, 1), date(2016, 1, 1)),
    st.dates(date(2016, 1, 1), date(2027, 11, 24)),
    st.dates(date(2016, 1, 1), date(2060, 1, 1)),
    st.none() | st.integers(1, 1826),
)
def test_everything_stands_inside_the_picture_and_in_order(
    born: date, issued: date, today: date, stay: int | None
) -> None:
    until = None if stay is None else issued + timedelta(days=stay)
    drawn = picture(Card(born, issued, stay_until=until), today)
    assert EDGE <= drawn.today.x <= WIDTH - EDGE
    assert all(EDGE <= tick.x <= WIDTH - EDGE for tick in drawn.ticks)
    assert len({tick.label for tick in drawn.ticks}) == len(drawn.ticks)
    for row in drawn.rows:
        window = row.window or Bar(row.expiry.x, 0)
        assert EDGE <= window.x <= row.expiry.x == row.grace.x
        assert row.grace.x + row.grace.width <= WIDTH
        assert (drawn.today.x < row.expiry.x) <= (today < row.expiry.day)
        assert (drawn.today.x > row.expiry.x) <= (today > row.expiry.day)
