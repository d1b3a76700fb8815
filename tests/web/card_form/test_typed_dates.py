"""Dates as people type them: an era left out, the first year, a month by its name."""

from datetime import date

import pytest

from calsvc.parsing.dates import parse_date
from calsvc.web.card_form.typed_dates import DateInput, complete_era, possible_readings, strip_unit

TODAY = date(2026, 11, 26)


def complete(year: str, month: str, day: str, field: str = "born") -> DateInput:
    return complete_era(DateInput("", year, month, day), field, TODAY)


@pytest.mark.parametrize(
    ("field", "typed", "expected"),
    [
        ("born", "60-4-23", date(1985, 4, 23)),
        ("born", "６０-4-23", date(1985, 4, 23)),
        ("born", "45-4-23", date(1970, 4, 23)),
        ("born", "1952-5-3", date(1952, 5, 3)),
        ("issued", "5-6-1", date(2023, 6, 1)),
        ("issued", "元-6-1", date(2019, 6, 1)),
        ("card_expires", "12-4-23", date(2030, 4, 23)),
        ("stay_until", "10-5-31", date(2028, 5, 31)),
        ("cert_renewed", "31-2-1", date(2019, 2, 1)),
    ],
)
def test_the_only_era_that_fits_is_inferred(field: str, typed: str, expected: date) -> None:
    assert parse_date(complete(*typed.split("-"), field=field).text) == expected


@pytest.mark.parametrize(
    ("field", "typed", "possible"),
    [
        ("born", "27-5-3", [1952, 2015]),
        ("born", "14-5-3", [1925, 1939, 2002]),
        ("born", "3-5-3", [1928, 1991, 2021]),
        ("born", "1-3-5", [1989]),  # or a year of this century
        ("card_expires", "30-5-3", [2030]),
        ("stay_until", "28-5-31", [2016, 2028]),
        ("born", "99-5-3", []),
        ("born", "27-23-5", []),
        ("born", "0-5-3", []),
        ("born", "x-5-3", []),
    ],
)
def test_nothing_is_inferred_where_a_year_is_not_certain(
    field: str, typed: str, possible: list[int]
) -> None:
    given = complete(*typed.split("-"), field=field)
    assert given == DateInput("", *typed.split("-"))
    assert [each.day.year for each in possible_readings(given, field, TODAY)] == possible


@pytest.mark.parametrize(
    ("month", "number"),
    [
        *(("May", 5), ("sept.", 9), ("DECEMBER", 12), ("janeiro", 1), ("fev", 2), ("março", 3)),
        *(("tháng 5", 5), ("thg 11", 11), ("五", 5), ("十二", 12), ("０５", 5)),
    ],
)
def test_the_name_of_a_month_is_read(month: str, number: int) -> None:
    assert parse_date(DateInput("", "1985", month, "23").text) == date(1985, number, 23)


@pytest.mark.parametrize("month", ["ma", "x", "一一", "", "100000", "tháng"])
def test_other_words_are_no_month(month: str) -> None:
    assert "month" not in DateInput("", "1985", month, "23").numbers


@pytest.mark.parametrize(
    ("part", "typed", "expected"),
    [
        ("year", "1985年", "1985"),
        ("month", "5월", "5"),
        ("day", " 23 日 ", "23"),
        ("year", "元年", "元"),
    ],
)
def test_the_unit_behind_a_number_is_passed_over(part: str, typed: str, expected: str) -> None:
    assert strip_unit(part, typed) == expected
