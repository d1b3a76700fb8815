"""A municipality's texts and opening days, whatever file they come from."""

from datetime import date

from calsvc.municipality import toml_reader


def test_a_language_that_the_file_lacks_is_spoken_in_japanese() -> None:
    assert toml_reader.load("otaru").text("tlh").name == "小樽市"


def test_a_municipality_knows_its_last_open_day() -> None:
    assert toml_reader.load("otaru").last_open_day(date(2026, 11, 29)) == date(2026, 11, 27)
