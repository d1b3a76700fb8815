"""Dates as people write them, eras, birthdays, whole months: all expectations are literal."""

from contextlib import suppress
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calsvc.errors import UnreadableDate
from calsvc.parsing.dates import ERAS, era_of, parse_date
from calsvc.rules.dates import (
    DateRange,
    age_on,
    birthday_in,
    end_of_month,
    months_after,
    nth_birthday,
)

SINCE_1873 = st.dates(min_value=date(1873, 1, 1))
NEAR_NOW = st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31))


def refusal(text: str) -> UnreadableDate:
    with pytest.raises(UnreadableDate) as caught:
        parse_date(text)
    return caught.value


# --- every form that is read ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "2020-06-01",
        "2020-6-1",
        "2020/06/01",
        "2020/6/1",
        "2020.6.1",
        "2020.06.01",
        "2020年6月1日",
        "2020年06月01日",
        "2020 年 6 月 1 日",
        "2020 / 6 / 1",
        "20200601",
        "  2020-06-01  ",
        "\u30002020-06-01\u3000",
        "2020-06-01\n",
        "２０２０－０６－０１",
        "２０２０／６／１",
        "２０２０．６．１",
        "２０２００６０１",
        "２０２０年６月１日",
        "2020‐06‐01",
        "2020‑06‑01",
        "2020‒06‒01",
        "2020–06–01",
        "2020—06—01",
        "2020―06―01",
        "2020−06−01",
        "2020ー06ー01",
        "2020ｰ06ｰ01",
        "2020‐06-01",
        "令和2年6月1日",
        "令和02年06月01日",
        "令和２年６月１日",
        "令和 2年 6月 1日",
        "令和2.6.1",
        "令和2/6/1",
        "令和2-6-1",
        "令和020601",
        "㋿2年6月1日",
        "R2.6.1",
        "r2.6.1",
        "R 2.6.1",
        "R2/6/1",
        "R2-6-1",
        "R2年6月1日",
        "Ｒ２．６．１",
        "ｒ２．６．１",
        "R020601",
        "r020601",
        "Ｒ０２０６０１",
    ],
)
def test_the_first_of_june_2020_is_read_in_every_common_form(text: str) -> None:
    assert parse_date(text) == date(2020, 6, 1)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("0001-01-01", date(1, 1, 1)),
        ("9999-12-31", date(9999, 12, 31)),
        ("2024-02-29", date(2024, 2, 29)),
        ("20240229", date(2024, 2, 29)),
        ("平成元年3月31日", date(1989, 3, 31)),
        ("平成1年3月31日", date(1989, 3, 31)),
        ("H元.3.31", date(1989, 3, 31)),
        ("H1.3.31", date(1989, 3, 31)),
        ("h010331", date(1989, 3, 31)),
        ("昭和64年1月7日", date(1989, 1, 7)),
        ("S64.1.7", date(1989, 1, 7)),
        ("s640107", date(1989, 1, 7)),
        ("㍼64年1月7日", date(1989, 1, 7)),
        ("㍻元年1月8日", date(1989, 1, 8)),
        ("昭和60年4月23日", date(1985, 4, 23)),
        ("S60/4/23", date(1985, 4, 23)),
        ("大正15年12月25日", date(1926, 12, 25)),
        ("㍽3年2月1日", date(1914, 2, 1)),
        ("T3.2.1", date(1914, 2, 1)),
        ("t030201", date(1914, 2, 1)),
        ("明治33年1月1日", date(1900, 1, 1)),
        ("㍾33年1月1日", date(1900, 1, 1)),
        ("M33.1.1", date(1900, 1, 1)),
        ("m330101", date(1900, 1, 1)),
        ("令和元年5月1日", date(2019, 5, 1)),
        ("R元年5月1日", date(2019, 5, 1)),
        ("令和100年1月1日", date(2118, 1, 1)),
        ("令和981年12月31日", date(2999, 12, 31)),
    ],
)
def test_a_date_is_read(text: str, day: date) -> None:
    assert parse_date(text) == day


def test_a_text_of_forty_characters_is_read() -> None:
    assert parse_date(" " * 30 + "2020-06-01") == date(2020, 6, 1)


# --- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "today",
        "2025-W17-3",
        "2025-113",
        "2025W173",
        "6/1/2020",
        "1.6.2020",
        "20/6/1",
        "020-6-1",
        "12020-6-1",
        "2020",
        "2020-06",
        "2020-06-",
        "2020-06-01-01",
        "2020-006-01",
        "2020-06-001",
        "202061",
        "2020061",
        "202006011",
        "2020-06/01",
        "2020/06-01",
        "2020.06/01",
        "2020年6-1",
        "2020年6月1",
        "2020年6/1日",
        "2020-6月1日",
        "2020 6 1",
        "2020_06_01",
        "2020--06-01",
        "-2020-06-01",
        "+2020-06-01",
        "2020-06-01T00:00:00",
        "2020-06-01 00:00",
        "2020-06-01Z",
        "2020-06-01 2020-06-01",
        "2020-06-01x",
        "x2020-06-01",
        "元年5月1日",
        "2年6月1日",
        "西暦2020年6月1日",
        "平2.6.1",
        "X2.6.1",
        "2020X6X1",
        "2020x6x1",
        "K2.6.1",
        "慶応3年1月1日",
        "R2",
        "R2.6",
        "R2.6/1",
        "R20601",
        "R0206010",
        "R元0501",
        "R1000.1.1",
        "R-2.6.1",
        "RR2.6.1",
        "二〇二〇年六月一日",
        "令和二年六月一日",
        "٢٠٢٠-٠٦-٠١",
        "२०२०-०६-०१",
        "2020-06-0١",
        "2020-6-1\x00",
        "2020-\n06-01-",
    ],
)
def test_another_form_is_refused(text: str) -> None:
    assert refusal(text).key == "date.unreadable"


@pytest.mark.parametrize(
    "text",
    [
        " " * 31 + "2020-06-01",
        "2020-06-01" + " " * 31,
        "2020-06-01" + " " * 1_000_000,
        "0" * 1_000_000,
        "年" * 1_000_000,
        "\ufdfa" * 1_000_000,
    ],
)
def test_a_very_long_text_is_refused_at_once(text: str) -> None:
    assert refusal(text).key == "date.unreadable"


@pytest.mark.parametrize(
    "text",
    [
        "2023-02-30",
        "2023-02-29",
        "1900-02-29",
        "20230229",
        "2023年2月29日",
        "2023-00-01",
        "2023-13-01",
        "2023-01-00",
        "2023-01-32",
        "2023-04-31",
        "0000-01-01",
        "99999999",
        "令和0年1月1日",
        "R00.1.1",
        "R000101",
        "令和5年2月29日",
        "R5.13.1",
        "R050431",
        "昭和64年2月30日",
    ],
)
def test_a_day_that_no_calendar_has_is_refused(text: str) -> None:
    assert refusal(text).key == "date.no_such_day"


def test_an_error_holds_nothing_of_what_was_sent() -> None:
    error = refusal("1985-04-23x")
    assert (str(error), error.facts) == ("date.unreadable", {})


def test_an_error_shows_no_inner_error() -> None:
    assert refusal("2023-02-30").__suppress_context__


# --- eras -----------------------------------------------------------------------------------------


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
def test_the_days_at_the_edge_of_an_era_are_read(text: str, day: date) -> None:
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
def test_an_era_date_that_lies_in_another_era_is_refused_with_its_right_name(
    text: str, era: str, letter: str, year: int
) -> None:
    error = refusal(text)
    assert error.key == "date.other_era"
    assert error.facts == {"era": era, "letter": letter, "year": year}


@pytest.mark.parametrize("text", ["明治5年12月31日", "明治元年10月23日", "M1.1.1", "m051231"])
def test_a_meiji_date_before_the_gregorian_calendar_is_refused(text: str) -> None:
    assert refusal(text).key == "date.before_1873"


def test_a_day_before_the_gregorian_calendar_has_no_era() -> None:
    with pytest.raises(UnreadableDate) as caught:
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


def test_the_table_of_eras_has_no_gap_and_no_overlap_but_for_the_two_shared_days() -> None:
    steps = {(later.first - earlier.last).days: later.name for earlier, later in pairwise(ERAS)}
    shared = [later.first for earlier, later in pairwise(ERAS) if later.first == earlier.last]
    assert set(steps) == {0, 1}
    assert shared == [date(1912, 7, 30), date(1926, 12, 25)]


def test_the_table_of_eras_reaches_from_1873_to_the_end_of_the_calendar() -> None:
    assert (ERAS[0].first, ERAS[-1].last) == (date(1873, 1, 1), date(9999, 12, 31))


@given(SINCE_1873)
def test_every_day_reads_back_as_it_is_written(day: date) -> None:
    assert parse_date(day.isoformat()) == day
    assert parse_date(f"{day.year:04d}年{day.month}月{day.day}日") == day
    assert parse_date(day.strftime("%Y%m%d").zfill(8)) == day


@given(st.dates(min_value=date(1873, 1, 1), max_value=date(2999, 12, 31)))
def test_every_day_reads_back_from_its_era(day: date) -> None:
    era = era_of(day)
    assert parse_date(f"{era.name}{era.year_of(day)}年{day.month}月{day.day}日") == day
    assert parse_date(f"{era.letter}{era.year_of(day)}.{day.month}.{day.day}") == day


@given(st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", fullmatch=True))
def test_the_usual_form_is_read_as_the_same_form_with_slashes(text: str) -> None:
    with suppress(UnreadableDate):
        assert parse_date(text) == parse_date(text.replace("-", "/"))
    with suppress(UnreadableDate):
        assert parse_date(text.replace("-", "/")) == parse_date(text)


def test_a_faulty_day_in_the_usual_form_leaves_no_trace_of_what_was_sent() -> None:
    for text in ("2020-06-31", "2020-0x-01"):
        assert text not in str(refusal(text).__context__)


@given(st.text(alphabet="0123456789-/.年月日元令和昭平成大正明治RHSTM ０９ー٢W", max_size=14))
def test_any_text_at_all_gives_a_date_or_an_unreadable_date(text: str) -> None:
    with suppress(UnreadableDate):
        assert isinstance(parse_date(text), date)


# --- birthdays ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("born", "year", "birthday"),
    [
        (date(1985, 4, 23), 2030, date(2030, 4, 23)),
        (date(1985, 12, 31), 2030, date(2030, 12, 31)),
        (date(2000, 2, 28), 2023, date(2023, 2, 28)),
        (date(2000, 2, 28), 2024, date(2024, 2, 28)),
        (date(2000, 2, 29), 2024, date(2024, 2, 29)),
        (date(2000, 2, 29), 2023, date(2023, 2, 28)),
        (date(2000, 2, 29), 2100, date(2100, 2, 28)),
        (date(2000, 3, 29), 2023, date(2023, 3, 29)),
        (date(2000, 1, 29), 2023, date(2023, 1, 29)),
    ],
)
def test_a_birthday_falls_on_its_day_or_on_28_february(
    born: date, year: int, birthday: date
) -> None:
    assert birthday_in(born, year) == birthday


@pytest.mark.parametrize(
    ("after", "n", "birthday"),
    [
        (date(2020, 10, 9), 1, date(2020, 10, 10)),
        (date(2020, 10, 10), 1, date(2021, 10, 10)),
        (date(2020, 10, 11), 1, date(2021, 10, 10)),
        (date(2020, 5, 15), 5, date(2024, 10, 10)),
        (date(2020, 5, 15), 10, date(2029, 10, 10)),
        (date(2020, 10, 10), 10, date(2030, 10, 10)),
    ],
)
def test_a_birthday_on_the_day_itself_is_not_counted(after: date, n: int, birthday: date) -> None:
    assert nth_birthday(date(1990, 10, 10), after, n) == birthday


@pytest.mark.parametrize(
    ("after", "n", "birthday"),
    [
        (date(2021, 2, 27), 1, date(2021, 2, 28)),
        (date(2021, 2, 28), 1, date(2022, 2, 28)),
        (date(2021, 2, 28), 3, date(2024, 2, 29)),
        (date(2024, 2, 28), 1, date(2024, 2, 29)),
        (date(2024, 2, 29), 1, date(2025, 2, 28)),
        (date(2024, 2, 29), 4, date(2028, 2, 29)),
    ],
)
def test_the_birthdays_of_a_leap_day_child_are_counted(after: date, n: int, birthday: date) -> None:
    assert nth_birthday(date(2000, 2, 29), after, n) == birthday


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(2004, 4, 1), date(2022, 3, 31), 17),
        (date(2004, 4, 1), date(2022, 4, 1), 18),
        (date(2004, 4, 1), date(2023, 3, 31), 18),
        (date(2004, 4, 1), date(2004, 4, 1), 0),
        (date(2004, 4, 1), date(2005, 3, 31), 0),
        (date(2004, 2, 29), date(2022, 2, 27), 17),
        (date(2004, 2, 29), date(2022, 2, 28), 18),
        (date(2004, 2, 29), date(2024, 2, 28), 19),
        (date(2004, 2, 29), date(2024, 2, 29), 20),
    ],
)
def test_age_goes_up_on_the_birthday(born: date, day: date, age: int) -> None:
    assert age_on(born, day) == age


@given(NEAR_NOW, NEAR_NOW, st.integers(1, 10))
def test_birthdays_come_one_a_year_after_the_day(born: date, after: date, n: int) -> None:
    first, this, following = (nth_birthday(born, after, each) for each in (1, n, n + 1))
    assert after < first <= after + timedelta(days=366)
    assert timedelta(days=365) <= following - this <= timedelta(days=366)
    assert (this.month, this.day) in {(born.month, born.day), (2, 28)}


@given(NEAR_NOW, NEAR_NOW)
def test_age_is_one_more_on_the_next_birthday_and_not_a_day_before(born: date, day: date) -> None:
    birthday = nth_birthday(born, day, 1)
    assert age_on(born, birthday) == age_on(born, day) + 1
    assert age_on(born, birthday - timedelta(days=1)) == age_on(born, day)


# --- months ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "months", "result"),
    [
        (date(2025, 4, 23), -3, date(2025, 1, 23)),
        (date(2025, 4, 23), 3, date(2025, 7, 23)),
        (date(2025, 1, 15), -3, date(2024, 10, 15)),
        (date(2025, 11, 15), 3, date(2026, 2, 15)),
        (date(2025, 5, 31), -3, date(2025, 2, 28)),
        (date(2024, 5, 31), -3, date(2024, 2, 29)),
        (date(2024, 5, 29), -3, date(2024, 2, 29)),
        (date(2025, 5, 29), -3, date(2025, 2, 28)),
        (date(2025, 7, 31), -3, date(2025, 4, 30)),
        (date(2025, 11, 30), 3, date(2026, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2025, 1, 31), 3, date(2025, 4, 30)),
        (date(2025, 2, 28), 3, date(2025, 5, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2025, 4, 23), 0, date(2025, 4, 23)),
    ],
)
def test_months_are_counted_to_the_same_day_or_the_last_of_the_month(
    day: date, months: int, result: date
) -> None:
    assert months_after(day, months) == result


@pytest.mark.parametrize(
    ("day", "last"),
    [
        (date(2025, 2, 1), date(2025, 2, 28)),
        (date(2024, 2, 10), date(2024, 2, 29)),
        (date(2100, 2, 10), date(2100, 2, 28)),
        (date(2025, 4, 30), date(2025, 4, 30)),
        (date(2025, 12, 1), date(2025, 12, 31)),
    ],
)
def test_a_month_has_a_last_day(day: date, last: date) -> None:
    assert end_of_month(day) == last


@pytest.mark.parametrize(
    ("day", "inside"),
    [
        (date(2025, 1, 23), False),
        (date(2025, 1, 24), True),
        (date(2025, 4, 23), True),
        (date(2025, 4, 24), False),
    ],
)
def test_a_run_of_days_includes_both_its_ends(day: date, inside: bool) -> None:
    assert (day in DateRange(date(2025, 1, 24), date(2025, 4, 23))) is inside
