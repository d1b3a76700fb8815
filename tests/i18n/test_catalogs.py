"""Catalogs have no problem, and format dates, problems and cautions."""

from datetime import date

import pytest

from calsvc.errors import Problem
from calsvc.i18n.catalogs import MissingTranslationError, get_catalog
from calsvc.i18n.languages import LANGUAGES
from calsvc.rules.card import Caution, CautionCode
from tests.catalogs.problems import find_problems


@pytest.mark.parametrize("lang", LANGUAGES)
def test_catalog_has_no_problem(lang: str) -> None:
    assert [*map(str, find_problems(get_catalog(lang), get_catalog("ja")))] == []


def test_missing_text_raises_instead_of_falling_back() -> None:
    with pytest.raises(MissingTranslationError, match=r"^en: no\.such: 'no\.such'$"):
        get_catalog("en").text("no.such")


def test_missing_parameter_raises_missing_translation() -> None:
    with pytest.raises(MissingTranslationError, match=r"^en: calendar\.description: 'city'$"):
        get_catalog("en").text("calendar.description")


def test_unknown_language_raises_file_not_found() -> None:
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
def test_date_is_formatted_with_its_weekday(lang: str, day: date, words: str) -> None:
    assert get_catalog(lang).format_date(day) == words


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
    assert catalog.format_date(date(2027, 1, 4)) == unpadded
    assert catalog.padded.format_date(date(2027, 1, 4)) == padded


@pytest.mark.parametrize("lang", LANGUAGES)
def test_padded_catalog_differs_only_in_dates(lang: str) -> None:
    catalog, day = get_catalog(lang), date(2027, 1, 4)
    assert catalog.padded.messages is catalog.messages
    assert catalog.padded.text("doubt.card.other", {"other": day}) == catalog.text(
        "doubt.card.other", {"other": day}
    ).replace(catalog.format_date(day), catalog.padded.format_date(day))


def test_in_era_formats_years_of_the_japanese_era() -> None:
    catalog = get_catalog("ja").in_era
    assert catalog.format_date(date(2027, 4, 23)) == "令和9年4月23日（金）"
    assert catalog.format_date(date(2019, 5, 7)) == "令和元年5月7日（火）"
    assert get_catalog("en").in_era is get_catalog("en")


def test_problem_is_formatted_with_its_params() -> None:
    other_era = Problem("issued", "date.other_era", {"era": "令和", "letter": "R", "year": 2})
    too_early = Problem("issued", "issued.too_early", {"earliest": date(2016, 1, 1)})
    assert (
        get_catalog("en").format_problem(other_era).startswith("That day belongs to 令和2年 (R2).")
    )
    assert get_catalog("en").format_problem(too_early).endswith("on or after Fri 1 Jan 2016.")


def test_caution_without_another_date_is_formatted() -> None:
    assert (
        get_catalog("en")
        .format_caution(Caution(CautionCode.EXPIRY_UNUSUAL))
        .startswith("[Please check] A card")
    )
