"""The catalogs: nothing missing, nothing left over, the same placeholders in every language."""

import re
import string
from datetime import date, timedelta
from pathlib import Path

import pytest

import calsvc
from calsvc.errors import Problem
from calsvc.i18n.catalogs import MissingTextError, catalog
from calsvc.i18n.languages import LANGUAGES
from calsvc.rules.card import Caution, CautionCode

SOURCE = Path(calsvc.__file__).parent


def placeholders(text: str) -> set[str]:
    """Return the names of the placeholders in ``text``."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def error_keys() -> set[str]:
    """Every key of an error that stands in the code, as in ``Problem("field", "key")``."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in sorted(SOURCE.rglob("*.py")))
    problems = re.findall(r'Problem\(\s*(?:[\w.]+|f?"[^"]*"),\s*"([a-z_0-9.]+)"', code)
    unreadable = re.findall(r'UnreadableDate\(\s*"([a-z_0-9.]+)"', code)
    keys = {*problems, *unreadable}
    faults = {"not_birthday", "impossible_age", "too_early", "not_known_yet", "not_of_this_issue"}
    assert all(f'"{fault}"' in code for fault in faults)
    titles = re.findall(r'"(error\.title\.[a-z_]+)"', code)
    return (
        {f"error.{key}" for key in keys}
        | {*titles}
        | {f"error.card_expires.{fault}" for fault in faults}
    )


# --- nothing missing, nothing left over -----------------------------------------------------------


def test_every_language_has_the_same_keys() -> None:
    keys = {lang: set(catalog(lang).messages) for lang in LANGUAGES}
    for lang in LANGUAGES:
        assert keys[lang] ^ keys["ja"] == set()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_error_in_the_code_has_its_text(lang: str) -> None:
    found = error_keys()
    assert {"error.born.missing", "error.date.other_era", "error.title.not_found"} <= found
    assert found <= set(catalog(lang).messages)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_text_is_empty(lang: str) -> None:
    assert [key for key, text in catalog(lang).messages.items() if not text.strip()] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_placeholder_stands_in_every_language(lang: str) -> None:
    for key, text in catalog("ja").messages.items():
        own = placeholders(catalog(lang).messages[key])
        shared = placeholders(text)
        assert own == shared, key


@pytest.mark.parametrize("lang", ["ja", "zh-Hans"])
def test_punctuation_is_as_wide_as_the_letters_around_it(lang: str) -> None:
    said = catalog(lang).messages.items()
    assert [key for key, text in said if re.search(r"[()~]|: \{", text)] == []


@pytest.mark.parametrize(
    ("lang", "other"),
    [
        ("en", "My Number card"),
        ("zh-Hans", "电子证明书"),
        ("ko", "마이넘버 카드"),
        ("vi", "chứng nhận điện tử"),
    ],
)
def test_a_thing_has_one_name_in_a_language(lang: str, other: str) -> None:
    assert [key for key, text in catalog(lang).messages.items() if other in text] == []


def test_a_missing_text_is_an_error_and_no_other_language() -> None:
    with pytest.raises(MissingTextError, match=r"^en: no\.such: 'no\.such'$"):
        catalog("en").text("no.such")


def test_a_fact_that_is_missing_is_an_error() -> None:
    with pytest.raises(MissingTextError, match=r"^en: calendar\.description: 'city'$"):
        catalog("en").text("calendar.description")


def test_a_catalog_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        catalog("tlh")


def test_the_facts_that_a_text_asks_for_are_found() -> None:
    assert placeholders("a {b} {{c}} {d}") == {"b", "d"}


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
    assert catalog(lang).day(day) == words


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
    words = catalog(lang)
    assert (words.day(date(2027, 1, 4)), words.padded.day(date(2027, 1, 4))) == (unpadded, padded)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_padded_date_of_a_language_is_equally_wide(lang: str) -> None:
    words = catalog(lang).padded
    first = date(2026, 9, 28)
    said = [words.day(first + timedelta(days=step)) for step in range(140)]
    said += [words.day(day) for day in (date(1, 1, 1), date(9999, 12, 31))]
    assert len({tuple(len(letter.encode()) for letter in each) for each in said}) == 1
    assert len(set(said)) == 142


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_padded_catalog_differs_in_its_dates_alone(lang: str) -> None:
    words, day = catalog(lang), date(2027, 1, 4)
    assert words.padded.messages is words.messages
    assert words.padded.text("doubt.card.other", {"other": day}) == words.text(
        "doubt.card.other", {"other": day}
    ).replace(words.day(day), words.padded.day(day))


def test_a_japanese_date_counts_years_by_the_era_if_asked() -> None:
    words = catalog("ja").in_era
    assert words.day(date(2027, 4, 23)) == "令和9年4月23日（金）"
    assert words.day(date(2019, 5, 7)) == "令和元年5月7日（火）"
    assert catalog("en").in_era is catalog("en")


def test_a_problem_is_said_with_its_facts() -> None:
    other_era = Problem("issued", "date.other_era", {"era": "令和", "letter": "R", "year": 2})
    too_early = Problem("issued", "issued.too_early", {"earliest": date(2016, 1, 1)})
    assert catalog("en").problem(other_era).startswith("That day belongs to 令和2年 (R2).")
    assert catalog("en").problem(too_early).endswith("on or after Fri 1 Jan 2016.")


def test_a_caution_without_another_date_is_said_too() -> None:
    assert (
        catalog("en")
        .caution(Caution(CautionCode.EXPIRY_UNUSUAL))
        .startswith("[Please check] A card")
    )
