"""A municipality's file: a good one is read, a faulty one is rejected by file and entry."""

from datetime import date
from pathlib import Path

import pytest

from calsvc.errors import InvalidFile
from calsvc.municipality import toml_reader
from calsvc.rules.milestones import GraceRule
from tests.municipality.profiles import YEAR_END, changed

NAMES = 'weekdays = ["sat", "sun"]'


def refusal(content: bytes) -> InvalidFile:
    with pytest.raises(InvalidFile) as caught:
        toml_reader.read("city.toml", content)
    assert caught.value.file == "city.toml"
    assert str(caught.value).startswith("city.toml: ")
    return caught.value


# --- good files -----------------------------------------------------------------------------------


def test_otaru_is_read_as_its_page_says() -> None:
    otaru = toml_reader.load("otaru")
    assert (otaru.id, otaru.code) == ("otaru", "012033")
    assert otaru.grace is GraceRule.ANNIVERSARY
    assert (otaru.phone, otaru.extension, otaru.fax) == ("0134-32-4111", "296, 297", "0134-33-4644")
    assert otaru.text("ja").name == "小樽市"
    assert otaru.text("en").name == "Otaru City"
    assert otaru.links.certificate_counters == ("https://www.city.otaru.lg.jp/docs/2020110600073/")


def test_a_file_is_read_from_its_path(tmp_path: Path) -> None:
    path = tmp_path / "elsewhere.toml"
    path.write_bytes(changed('grace = "anniversary"', 'grace = "month-end"'))
    assert toml_reader.load(str(path)).grace is GraceRule.MONTH_END


def test_extension_fax_and_closed_days_may_be_empty() -> None:
    content = changed(YEAR_END, "year_end = []").decode()
    content = content.replace('"296, 297"', '""').replace('"0134-33-4644"', '""')
    content = content.replace(NAMES, "weekdays = []")
    content = content.replace("national_holidays = true", "national_holidays = false")
    city = toml_reader.read("city.toml", content.encode())
    assert (city.extension, city.fax) == ("", "")
    assert city.last_open_day(date(2027, 1, 1)) == date(2027, 1, 1)


# --- faulty files ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('id = "otaru"', 'id = "Otaru City"', "id"),
        ('id = "otaru"', "id = 1", "id"),
        ('code = "012033"', 'code = "01203"', "code"),
        ('code = "012033"', 'code = "012034"', "code"),
        ('code = "012033"', 'code = "012303"', "code"),
        ('colour = "royalblue"', 'colour = "#4169e1"', "colour"),
        ('grace = "anniversary"', 'grace = "three months"', "grace"),
        ('phone = "0134-32-4111"', 'phone = ""', "phone"),
        ('phone = "0134-32-4111"', 'phone = "1\\n2"', "phone"),
        ('phone = "0134-32-4111"', "", "phone"),
        ('phone = "0134-32-4111"', 'telephone = "1"', "phone"),
        ('fax = "0134-33-4644"', 'fax = "1"\ntelex = "1"', "telex"),
        ('fax = "0134-33-4644"', "fax = 1", "fax"),
        ('extension = "296, 297"', "extension = 296", "extension"),
        (NAMES, 'weekdays = "sat"', "closed.weekdays"),
        (NAMES, 'weekdays = ["Sat"]', "closed.weekdays"),
        (
            NAMES,
            'weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]',
            "closed.weekdays",
        ),
        ("national_holidays = true", 'national_holidays = "yes"', "closed.national_holidays"),
        (YEAR_END, 'year_end = ["12-29"]', "closed.year_end"),
        (YEAR_END, 'year_end = ["12-29", "01-03", "01-04"]', "closed.year_end"),
        (YEAR_END, 'year_end = ["12-29", "01-32"]', "closed.year_end"),
        (YEAR_END, 'year_end = ["01-03", "12-29"]', "closed.year_end"),
        (YEAR_END, 'year_end = ["12-29", "02-03"]', "closed.year_end"),
        (YEAR_END, "year_end = [1229, 103]", "closed.year_end"),
        (YEAR_END, 'year_end = ["12-29", "01-03", "x"]', "closed.year_end"),
        ("dates = []", 'dates = ["2026-11-24"]', "closed.dates"),
        ("dates = []", "dates = [2026-11-24T00:00:00]", "closed.dates"),
        ("dates = []", "dates = []\nclosed_on = []", "closed.closed_on"),
        ("[closed]", "[open]", "closed"),
        (
            'apply_at_counter = "https://www.city.otaru.lg.jp/docs/2022111700035/"',
            'apply_at_counter = "http://www.city.otaru.lg.jp/"',
            "links.apply_at_counter",
        ),
        (
            'collect = "https://www.city.otaru.lg.jp/docs/2020110500793/"',
            'collect = "https://"',
            "links.collect",
        ),
        (
            'collect = "https://www.city.otaru.lg.jp/docs/2020110500793/"',
            'collect = "https://a.example/b c"',
            "links.collect",
        ),
        (
            'collect = "https://www.city.otaru.lg.jp/docs/2020110500793/"',
            'collect = "https://a.example/"\nhome = "https://a.example/"',
            "links.home",
        ),
        ("[text.en]", "[text.English]", "text.English"),
        ("[text.ja]", "[text.tlh]", "text.ja"),
        ('name = "小樽市"', 'name = "小樽\\n市"', "text.ja.name"),
        ('name = "Otaru City"', "", "text.en.name"),
        ('name = "Otaru City"', 'name = "Otaru City"\nmayor = "x"', "text.en.mayor"),
    ],
)
def test_a_faulty_entry_is_named(old: str, new: str, key: str) -> None:
    error = refusal(changed(old, new))
    assert error.key == key
    assert error.reason


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('grace = "anniversary"', 'grace = "x"', "grace: must be one of: anniversary, month-end"),
        ('phone = "0134-32-4111"', "", "phone: is missing"),
        ("dates = []", 'dates = "x"', "closed.dates: must be a list"),
        (
            'fax = "0134-33-4644"',
            'fax = ""\ntelex = ""',
            "telex: is not an entry that calsvc knows",
        ),
    ],
)
def test_a_faulty_entry_is_told_what_is_expected(old: str, new: str, message: str) -> None:
    assert str(refusal(changed(old, new))) == f"city.toml: {message}"


@pytest.mark.parametrize("content", [b"", b"id = ", b"\xff", b"id = 1\nid = 2", b"{}"])
def test_a_file_that_is_no_toml_or_empty_is_refused(content: bytes) -> None:
    assert refusal(content).key == ("id" if content == b"" else "")


@pytest.mark.parametrize("name", ["sapporo", "../otaru", "/nonexistent.toml", "", "."])
def test_a_city_that_is_not_there_is_named(name: str) -> None:
    with pytest.raises(InvalidFile) as caught:
        toml_reader.load(name)
    assert (caught.value.file, caught.value.key) == (name, "")
