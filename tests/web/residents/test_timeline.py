"""The picture of a plan: everything inside its frame, in the order of days."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calsvc.rules.card import Card, Subject
from calsvc.rules.milestones import GraceRule
from calsvc.rules.plan import check_and_assess
from calsvc.web.residents.timeline import (
    MARGIN,
    OUTSIDE_X,
    PICTURE_WIDTH,
    ROW_HEIGHT,
    Timeline,
    build_household_timeline,
    build_timeline,
)

NAME_ENDS, DAY_BEGINS = 17, 43
"""Heights in a row: its name hangs from 13, its day stands on 55, both of 15 units."""
ADULT = Card(date(1985, 4, 23), card_expires=date(2030, 4, 23))
MINOR = Card(date(2012, 3, 15), date(2023, 6, 1))
STAY = Card(date(1990, 6, 15), date(2023, 7, 1), stay_until=date(2027, 5, 31))


def build(card: Card, today: date = date(2026, 11, 24)) -> Timeline:
    return build_timeline(check_and_assess(card, None).plan, GraceRule.ANNIVERSARY, today)


def test_adult_has_a_row_for_certificate_and_one_for_card() -> None:
    rows = build(ADULT).rows
    assert [row.subject for row in rows] == [Subject.CERTIFICATE, Subject.CARD]
    assert [row.expiry.day for row in rows] == [date(2025, 4, 23), date(2030, 4, 23)]


def test_a_minors_card_has_one_row() -> None:
    assert [row.subject for row in build(MINOR).rows] == [Subject.CARD]


def test_a_card_that_ends_with_the_stay_has_no_window() -> None:
    (row,) = build(STAY).rows
    assert row.window is None


@pytest.mark.parametrize(
    ("card", "labels"),
    [
        (ADULT, ["2030/03", "2030/05", "2030/07"]),
        (STAY, ["2027/03", "2027/05", "2027/07", "2027/09"]),
    ],
)
def test_the_axis_has_as_many_marks_as_there_is_room_for(card: Card, labels: list[str]) -> None:
    assert [tick.label for tick in build(card).ticks] == labels


def test_the_months_around_the_next_expiry_are_large() -> None:
    certificate, card = build(ADULT, date(2025, 1, 1)).rows
    assert (certificate.expiry.x, certificate.expiry.label) == (149.5, "{day}")
    assert (card.expiry.x, card.expiry.label_x, card.expiry.anchor) == (OUTSIDE_X, 294, "end")
    certificate, card = build(ADULT).rows
    assert (certificate.expiry.x, certificate.expiry.label_x) == (OUTSIDE_X, MARGIN)
    assert MARGIN < card.expiry.x < PICTURE_WIDTH - MARGIN


def test_a_past_expiry_is_shown_where_there_is_no_next_one() -> None:
    (row,) = build(MINOR, date(2040, 1, 1)).rows
    assert MARGIN < row.expiry.x < PICTURE_WIDTH - MARGIN


def test_no_line_passes_through_a_label() -> None:
    timeline = build(ADULT, date(2030, 4, 1))
    for top, length in re.findall(r"M[\d.]+ ([\d.]+)v([\d.]+)", timeline.today_path)[:-1]:
        (row,) = [each for each in timeline.rows if each.y <= float(top) < each.y + ROW_HEIGHT]
        assert row.y + NAME_ENDS < float(top)
        assert float(top) + float(length) < row.y + DAY_BEGINS


def test_the_strip_shows_all_years_and_a_frame() -> None:
    strip = build(ADULT).strip
    assert [tick.label for tick in strip.ticks] == ["2026", "2027", "2028", "2029", "2030"]
    assert strip.expiries[0] < strip.today.x < strip.frame.x < strip.expiries[1]
    assert strip.expiries[1] < strip.frame.x + strip.frame.width < PICTURE_WIDTH


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
    timeline = build(Card(born, issued, stay_until=until), today)
    assert timeline.today.x == OUTSIDE_X or MARGIN <= timeline.today.x <= PICTURE_WIDTH - MARGIN
    for ticks in (timeline.ticks, timeline.strip.ticks):
        assert all(MARGIN <= tick.x <= PICTURE_WIDTH - MARGIN for tick in ticks)
        assert len({tick.label for tick in ticks}) == len(ticks)
    assert any(row.expiry.x != OUTSIDE_X for row in timeline.rows)
    for row in timeline.rows:
        assert MARGIN <= row.expiry.label_x <= PICTURE_WIDTH - MARGIN
        for bar in (row.window, row.grace):
            assert (
                bar is None or not bar.width or MARGIN <= bar.x < bar.x + bar.width <= PICTURE_WIDTH
            )
        if OUTSIDE_X not in (row.expiry.x, timeline.today.x):
            assert row.window is None or row.window.x <= row.expiry.x == row.grace.x
            assert (timeline.today.x < row.expiry.x) <= (today < row.expiry.day)
            assert (timeline.today.x > row.expiry.x) <= (today > row.expiry.day)
    for x in (timeline.strip.today.x, *timeline.strip.expiries):
        assert MARGIN <= x <= PICTURE_WIDTH - MARGIN


HOUSEHOLD_DAY = date(2026, 11, 24)


def test_household_has_a_row_per_card_with_the_next_expiry() -> None:
    plans = [check_and_assess(card, None).plan for card in (ADULT, MINOR, STAY)]
    timelines = [build_timeline(plan, GraceRule.ANNIVERSARY, HOUSEHOLD_DAY) for plan in plans]
    expiries = [[row.expiry.day for row in timeline.rows] for timeline in timelines]
    expected = [min(day for day in days if day >= HOUSEHOLD_DAY) for days in expiries]
    timeline = build_household_timeline(plans, GraceRule.ANNIVERSARY, HOUSEHOLD_DAY)
    assert [row.expiry.day for row in timeline.rows] == expected
    assert [row.y for row in timeline.rows] == sorted({row.y for row in timeline.rows})
    assert len(timeline.strip.expiries) == len(plans)


def test_a_card_whose_days_are_past_keeps_its_row() -> None:
    plan = check_and_assess(MINOR, None).plan
    timeline = build_household_timeline([plan, plan], GraceRule.ANNIVERSARY, date(2040, 1, 1))
    assert [row.subject for row in timeline.rows] == [Subject.CARD] * 2
