"""The catalogs have no fault, and put dates, problems and cautions into words."""

from datetime import date

import pytest

from calsvc.errors import Problem
from calsvc.i18n.catalogs import MissingTextError, get_catalog
from calsvc.i18n.languages import LANGUAGES
from calsvc.rules.card import Caution, CautionCode
from tests.catalogs.faults import faults


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_catalog_has_no_fault(lang: str) -> None:
    assert [*map(str, faults(get_catalog(lang), get_catalog("ja")))] == []


def test_a_missing_text_is_an_error_and_no_other_language() -> None:
    with pytest.raises(MissingTextError, match=r"^en: no\.such: 'no\.such'$"):
        get_catalog("en").text("no.such")


def test_a_fact_that_is_missing_is_an_error() -> None:
    with pytest.raises(MissingTextError, match=r"^en: calendar\.description: 'city'$"):
        get_catalog("en").text("calendar.description")


def test_a_catalog_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        get_catalog("tlh")


# --- dates, problems and cautions in words --------------------------------------------------------


@pytest.mark.parametrize(
    ("lang", "day", "words"),
    [
        ("ja", date(2025, 4, 23), "2025年4月23日（水）"),
        ("ja", date(2030, 12, 1), "2030年12月1日（日）"),
        ("en", date(2025, 4, 23), "Wed 23 Apr 2025"),
        ("en", date(2030, 12, 1), "Sun 1 Dec 2030"),
    ],
)
def test_a_date_is_said_with_its_weekday(lang: str, day: date, words: str) -> None:
    assert get_catalog(lang).day(day) == words


@pytest.mark.parametrize(
    ("lang", "unpadded", "padded"),
    [
        ("ja", "2027年1月4日（月）", "2027年 1月 4日（月）"),
        ("en", "Mon 4 Jan 2027", "Mon  4 Jan 2027"),
        ("zh-Hans", "2027年1月4日（周一）", "2027年 1月 4日（周一）"),
        ("ko", "2027년 1월 4일(월)", "2027년  1월  4일(월)"),
        ("vi", "04/01/2027 (Thứ\N{NO-BREAK SPACE}Hai)", "04/01/2027 (T2)"),
        ("zh-Hant", "2027年1月4日（週一）", "2027年 1月 4日（週一）"),
        ("pt", "4 jan 2027 (seg)", " 4 jan 2027 (seg)"),
    ],
)
def test_a_date_is_padded_with_spaces(lang: str, unpadded: str, padded: str) -> None:
    catalog = get_catalog(lang)
    assert (catalog.day(date(2027, 1, 4)), catalog.padded.day(date(2027, 1, 4))) == (
        unpadded,
        padded,
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_padded_catalog_differs_in_its_dates_alone(lang: str) -> None:
    catalog, day = get_catalog(lang), date(2027, 1, 4)
    assert catalog.padded.messages is catalog.messages
    assert catalog.padded.text("doubt.card.other", {"other": day}) == catalog.text(
        "doubt.card.other", {"other": day}
    ).replace(catalog.day(day), catalog.padded.day(day))


def test_a_japanese_date_counts_years_by_the_era_if_asked() -> None:
    catalog = get_catalog("ja").in_era
    assert catalog.day(date(2027, 4, 23)) == "令和9年4月23日（金）"
    assert catalog.day(date(2019, 5, 7)) == "令和元年5月7日（火）"
    assert get_catalog("en").in_era is get_catalog("en")


def test_a_problem_is_said_with_its_facts() -> None:
    other_era = Problem("issued", "date.other_era", {"era": "令和", "letter": "R", "year": 2})
    too_early = Problem("issued", "issued.too_early", {"earliest": date(2016, 1, 1)})
    assert get_catalog("en").problem(other_era).startswith("That day belongs to 令和2年 (R2).")
    assert get_catalog("en").problem(too_early).endswith("on or after Fri 1 Jan 2016.")


def test_a_caution_without_another_date_is_said_too() -> None:
    assert (
        get_catalog("en")
        .caution(Caution(CautionCode.EXPIRY_UNUSUAL))
        .startswith("[Please check] A card")
    )
