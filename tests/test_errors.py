"""Errors carry a field, a message key and parameters, and never a value that was submitted."""

from datetime import date

import pytest

from calsvc.errors import (
    CalsvcError,
    InvalidDateError,
    InvalidInputError,
    MunicipalityFileError,
    Problem,
    error_location,
)


def test_every_error_is_a_calsvc_error() -> None:
    assert {
        InvalidInputError.__base__,
        InvalidDateError.__base__,
        MunicipalityFileError.__base__,
    } == {CalsvcError}


def test_invalid_input_names_its_fields_and_keys_only() -> None:
    problems = [
        Problem("born", "born.too_early", {"earliest": date(1900, 1, 1)}),
        Problem("issued", "issued.missing"),
    ]
    error = InvalidInputError(iter(problems))
    assert error.problems == tuple(problems)
    assert str(error) == "born: born.too_early, issued: issued.missing"


def test_a_problem_cannot_be_changed() -> None:
    problem = Problem("born", "born.missing")
    with pytest.raises(AttributeError):
        problem.key = "born.too_early"


def test_an_unreadable_date_has_its_key_as_its_text() -> None:
    error = InvalidDateError("date.other_era", era="令和", letter="R", year=2)
    assert (str(error), error.params) == (
        "date.other_era",
        {"era": "令和", "letter": "R", "year": 2},
    )


@pytest.mark.parametrize(
    ("key", "text"),
    [("closed.dates", "a.toml: closed.dates: is missing"), ("", "a.toml: is missing")],
)
def test_a_municipality_file_error_names_file_and_entry(key: str, text: str) -> None:
    assert str(MunicipalityFileError("a.toml", key, "is missing")) == text


def raise_error() -> None:
    raise ValueError("1987-03-29")


def test_an_error_is_located_without_its_message() -> None:
    try:
        raise_error()
    except ValueError as error:
        location = error_location(error)
    kind, _, frames = location.partition(" at ")
    innermost, outermost = frames.split(" < ")
    assert kind == "ValueError"
    assert innermost.startswith(f"{__file__}:")
    assert outermost.startswith(f"{__file__}:")
    assert "1987" not in location
