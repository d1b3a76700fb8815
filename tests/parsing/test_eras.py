"""Eras, and dates written in them: all expectations are literal."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calsvc.errors import InvalidDateError
from calsvc.parsing.dates import ERAS, era_of, parse_date
from tests.parsing.date_errors import date_error


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("明治6年1月1日", date(1873, 1, 1)),
        ("明治45年7月29日", date(1912, 7, 29)),
        ("明治45年7月30日", date(1912, 7, 30)),
        ("大正元年7月30日", date(1912, 7, 30)),
        ("大正元年7月31日", date(1912, 7, 31)),
        ("大正15年12月24日", date(1926, 12, 24)),
        ("大正15年12月25日", date(1926, 12, 25)),
        ("昭和元年12月25日", date(1926, 12, 25)),
        ("昭和元年12月26日", date(1926, 12, 26)),
        ("昭和64年1月6日", date(1989, 1, 6)),
        ("昭和64年1月7日", date(1989, 1, 7)),
        ("平成元年1月8日", date(1989, 1, 8)),
        ("平成元年1月9日", date(1989, 1, 9)),
        ("平成31年4月29日", date(2019, 4, 29)),
        ("平成31年4月30日", date(2019, 4, 30)),
        ("令和元年5月1日", date(2019, 5, 1)),
        ("令和元年5月2日", date(2019, 5, 2)),
    ],
)
def test_the_first_and_last_days_of_an_era_are_parsed(text: str, day: date) -> None:
    assert parse_date(text) == day


@pytest.mark.parametrize(
    ("text", "era", "letter", "year"),
    [
        ("明治45年7月31日", "大正", "T", 1),
        ("明治46年1月1日", "大正", "T", 2),
        ("大正元年7月29日", "明治", "M", 45),
        ("大正元年1月1日", "明治", "M", 45),
        ("大正15年12月26日", "昭和", "S", 1),
        ("大正16年1月1日", "昭和", "S", 2),
        ("昭和元年12月24日", "大正", "T", 15),
        ("昭和元年1月1日", "大正", "T", 15),
        ("昭和64年1月8日", "平成", "H", 1),
        ("昭和65年1月1日", "平成", "H", 2),
        ("昭和99年6月1日", "令和", "R", 6),
        ("平成元年1月7日", "昭和", "S", 64),
        ("平成31年5月1日", "令和", "R", 1),
        ("平成32年4月1日", "令和", "R", 2),
        ("H31.5.1", "令和", "R", 1),
        ("h320401", "令和", "R", 2),
        ("令和元年4月30日", "平成", "H", 31),
        ("令和元年1月1日", "平成", "H", 31),
        ("R1.4.30", "平成", "H", 31),
    ],
)
def test_a_date_of_another_era_is_rejected_with_the_actual_era(
    text: str, era: str, letter: str, year: int
) -> None:
    error = date_error(text)
    assert error.key == "date.other_era"
    assert error.params == {"era": era, "letter": letter, "year": year}


@pytest.mark.parametrize("text", ["明治5年12月31日", "明治元年10月23日", "M1.1.1", "m051231"])
def test_a_date_before_the_gregorian_calendar_is_rejected(text: str) -> None:
    assert date_error(text).key == "date.before_1873"


def test_a_day_before_the_gregorian_calendar_has_no_era() -> None:
    with pytest.raises(InvalidDateError) as caught:
        era_of(date(1872, 12, 31))
    assert caught.value.key == "date.before_1873"


@pytest.mark.parametrize(
    ("day", "name", "year"),
    [
        (date(1873, 1, 1), "明治", 6),
        (date(1912, 7, 29), "明治", 45),
        (date(1912, 7, 30), "大正", 1),
        (date(1926, 12, 24), "大正", 15),
        (date(1926, 12, 25), "昭和", 1),
        (date(1989, 1, 7), "昭和", 64),
        (date(1989, 1, 8), "平成", 1),
        (date(2019, 4, 30), "平成", 31),
        (date(2019, 5, 1), "令和", 1),
        (date(2026, 11, 24), "令和", 8),
    ],
)
def test_a_day_has_an_era_and_a_year_in_it(day: date, name: str, year: int) -> None:
    assert (era_of(day).name, era_of(day).year_of(day)) == (name, year)


def test_eras_have_no_gap_and_overlap_on_two_days_only() -> None:
    steps = {(later.first - earlier.last).days: later.name for earlier, later in pairwise(ERAS)}
    shared = [later.first for earlier, later in pairwise(ERAS) if later.first == earlier.last]
    assert set(steps) == {0, 1}
    assert shared == [date(1912, 7, 30), date(1926, 12, 25)]


def test_eras_reach_from_1873_to_the_end_of_the_calendar() -> None:
    assert (ERAS[0].first, ERAS[-1].last) == (date(1873, 1, 1), date(9999, 12, 31))


@given(st.dates(min_value=date(1873, 1, 1), max_value=date(2999, 12, 31)))
def test_every_day_in_its_era_is_parsed_as_itself(day: date) -> None:
    era = era_of(day)
    assert parse_date(f"{era.name}{era.year_of(day)}年{day.month}月{day.day}日") == day
    assert parse_date(f"{era.letter}{era.year_of(day)}.{day.month}.{day.day}") == day


def test_an_era_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        ERAS[0].first = date(1868, 1, 1)
