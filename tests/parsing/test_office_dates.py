"""Dates as registers, databases and spreadsheets of offices write them."""

from datetime import date

import pytest

from calsvc.parsing.dates import parse_date
from tests.parsing.date_errors import date_error

DAY = date(1985, 4, 23)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "3600423",
            "03600423",
            "昭60.4.23",
            "昭60年4月23日",
            "S.60.4.23",
            "S60・4・23",
            "S60･4･23",
            "1985·4·23",
            "昭・60・4・23",
            "s. 60/4/23",
        ),
        *("昭和60年4月23日(火)", "昭和60年4月23日（火）", "1985年4月23日火曜日", "1985/4/23(火)"),
        *("昭和60年4月23日㈫", "昭和60年4月23日生", "S60.4.23生まれ", "昭和60年4月23日(火)生"),
        *("昭和60年(1985年)4月23日", "1985年（昭和60年）4月23日", "昭和60(1985)年4月23日"),
        *("23-Apr-85", "23-Apr-1985", "23 April 1985", "23/APR/85", "昭和 60年 4月 23日"),
    ],
)
def test_a_day_is_parsed_in_every_form_of_offices(text: str) -> None:
    assert parse_date(text) == DAY


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1450730", date(1912, 7, 30)),
        ("2150423", date(1926, 4, 23)),
        ("4070423", date(1995, 4, 23)),
        ("5020601", date(2020, 6, 1)),
        ("令2.6.1", date(2020, 6, 1)),
        ("平元.1.8", date(1989, 1, 8)),
    ],
)
def test_each_era_has_a_number_and_one_character(text: str, day: date) -> None:
    assert parse_date(text) == day


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("昭和61年(1985年)4月23日", "date.years_differ"),
        ("1985年4月23日(水)", "date.other_weekday"),
        ("3650423", "date.other_era"),
        ("4310501", "date.other_era"),
        ("3601323", "date.no_such_day"),
        ("6020601", "date.unreadable"),
        ("昭和(1985)", "date.unreadable"),
        ("23-Foo-85", "date.unreadable"),
        ("85/13/23", "date.unreadable"),
    ],
)
def test_a_text_that_contradicts_itself_is_rejected(text: str, key: str) -> None:
    assert date_error(text).key == key


@pytest.mark.parametrize(
    ("text", "one", "other"),
    [
        ("60/4/23", date(1985, 4, 23), date(1960, 4, 23)),
        ("2年6月1日", date(2020, 6, 1), date(1990, 6, 1)),
        ("020601", date(2020, 6, 1), date(1990, 6, 1)),
        ("85.4.23", date(1985, 4, 23), date(2085, 4, 23)),
        ("23-Apr-25", date(1925, 4, 23), date(2025, 4, 23)),
        ("2020612", date(1913, 6, 12), date(2020, 6, 12)),
    ],
)
def test_an_ambiguous_year_is_rejected_with_two_readings(text: str, one: date, other: date) -> None:
    error = date_error(text)
    assert error.key == "date.two_digit_year"
    assert (error.params["one"], error.params["other"]) == (one, other)
