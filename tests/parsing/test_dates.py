"""Dates as people write them: all expectations are literal."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calsvc.errors import InvalidDateError
from calsvc.parsing.dates import parse_date
from tests.parsing.date_errors import date_error

SINCE_1873 = st.dates(min_value=date(1873, 1, 1))


# --- every form that is parsed --------------------------------------------------------------------


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
def test_1_june_2020_is_parsed_in_every_common_form(text: str) -> None:
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
def test_a_date_is_parsed(text: str, day: date) -> None:
    assert parse_date(text) == day


def test_a_text_of_40_characters_is_parsed() -> None:
    assert parse_date(" " * 30 + "2020-06-01") == date(2020, 6, 1)


# --- every form that is rejected -----------------------------------------------------------------


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
        "020-6-1",
        "12020-6-1",
        "2020",
        "2020-06",
        "2020-06-",
        "2020-06-01-01",
        "2020-006-01",
        "2020-06-001",
        "202061",
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
        "西暦2020年6月1日",
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
def test_an_unknown_form_is_rejected(text: str) -> None:
    assert date_error(text).key == "date.unreadable"


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
def test_a_very_long_text_is_rejected(text: str) -> None:
    assert date_error(text).key == "date.unreadable"


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
def test_a_day_that_does_not_exist_is_rejected(text: str) -> None:
    assert date_error(text).key == "date.no_such_day"


def test_an_error_contains_no_submitted_text() -> None:
    error = date_error("1985-04-23x")
    assert (str(error), error.params) == ("date.unreadable", {})


def test_an_error_hides_its_cause() -> None:
    assert date_error("2023-02-30").__suppress_context__


# --- every day ------------------------------------------------------------------------------------


@given(SINCE_1873)
def test_every_written_day_is_parsed_as_itself(day: date) -> None:
    assert parse_date(day.isoformat()) == day
    assert parse_date(f"{day.year:04d}年{day.month}月{day.day}日") == day
    assert parse_date(day.strftime("%Y%m%d").zfill(8)) == day


@given(st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", fullmatch=True))
def test_hyphens_and_slashes_give_the_same_date(text: str) -> None:
    with suppress(InvalidDateError):
        assert parse_date(text) == parse_date(text.replace("-", "/"))
    with suppress(InvalidDateError):
        assert parse_date(text.replace("-", "/")) == parse_date(text)


def test_an_invalid_iso_date_is_not_in_the_errors_context() -> None:
    for text in ("2020-06-31", "2020-0x-01"):
        assert text not in str(date_error(text).__context__)


@given(st.text(alphabet="0123456789-/.年月日元令和昭平成大正明治RHSTM ０９ー٢W", max_size=14))
def test_any_text_gives_a_date_or_an_error(text: str) -> None:
    with suppress(InvalidDateError):
        assert isinstance(parse_date(text), date)
