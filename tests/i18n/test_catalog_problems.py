"""Checks of catalogs find each kind of problem, with one wrong text at a time."""

import subprocess
import sys

import pytest

from calsvc.i18n.catalogs import Catalog, get_catalog
from calsvc.i18n.languages import LANGUAGES
from tests.catalogs.glossary import load_glossary
from tests.catalogs.problems import find_problems
from tests.catalogs.template import (
    TEMPLATE,
    build_template,
    comment_problems,
    find_explanation,
    template_problems,
)
from tests.catalogs.used_keys import is_used, literal_keys
from tests.support.paths import ROOT

MODEL = get_catalog("ja")


def problems_of(lang: str, **changed: str) -> list[str]:
    """Return the problems of a catalog with changed texts. ``__`` is a dot in their keys."""
    texts = {key.replace("__", "."): text for key, text in changed.items()}
    return [*map(str, find_problems(Catalog(lang, {**get_catalog(lang).messages, **texts}), MODEL))]


# --- texts ----------------------------------------------------------------------------------------


def test_missing_key_is_a_problem() -> None:
    texts = {key: text for key, text in get_catalog("ko").messages.items() if key != "page.days"}
    assert [*map(str, find_problems(Catalog("ko", texts), MODEL))] == [
        "ko.po: page.days: a text; the key is missing"
    ]


@pytest.mark.parametrize(
    ("lang", "key", "text", "expected"),
    [
        ("en", "page__nonsense", "x", "no such key; no code asks for it"),
        ("en", "page__print", "", "a text; it is empty"),
        ("en", "page__days", "{start} {ends}", "these placeholders: {end} {start}"),
        ("en", "page__days", "{start} {end", "these placeholders: {end} {start}"),
        ("en", "page__print", "{start}", "these placeholders: none"),
        ("pt", "date__weekdays", "seg ter qua", "7 words with a space between each two"),
        ("pt", "date__months", "jan fev", "12 words with a space between each two"),
        ("ja-x-easy", "page__print", "の(きげん)", "each reading in ( ) directly after"),
        ("zh-Hant", "page__print", "列印(頁)", "full-width （）：〜"),
        ("en", "page__print", "My Number card", "another word than “My Number card”"),
        ("en", "event__card__expiry__title", "C" * 37, "at most 36 columns; it has 37"),
        ("ja", "event__card__expiry__title", "カ" * 19, "at most 36 columns; it has 38"),
        ("en", "event__max_columns", "601", "a number of columns, at most 600"),
        ("ja", "event__max_columns", "多", "a number of columns, at most 500"),
        ("en", "event__max_columns", "60", "room for the first line of an event; one has "),
    ],
)
def test_invalid_text_is_a_problem(lang: str, key: str, text: str, expected: str) -> None:
    (problem, *others) = problems_of(lang, **{key: text})
    assert problem.startswith(f"{lang}.po: {key.replace('__', '.')}: ")
    assert expected in problem
    assert all(expected in each for each in others)


def test_padded_dates_must_be_equally_long_and_distinct() -> None:
    (problem,) = problems_of("pt", date__padded__weekdays="seg ter qua qui sex sáb dom")
    assert problem == "pt.po: date.padded.format: dates of equally many characters and bytes"
    (problem,) = problems_of("ko", date__padded__format="{year:4}{month:.0}{day:2}{weekday:.0}")
    assert problem == "ko.po: date.padded.format: another text for each day"


# --- keys in code ---------------------------------------------------------------------------------


def test_literal_and_composed_keys_are_found_in_code() -> None:
    in_code = {"error.born.missing", "error.date.other_era", "error.title.not_found", "event.page"}
    assert in_code | {"page.form.title", "page.cautions"} <= literal_keys()
    composed = ("page.todo.card.in_grace", "letter.state.far.stay", "place.kind.branch")
    assert all(map(is_used, (*composed, "staff.state.done", "error.card_expires.not_birthday")))


@pytest.mark.parametrize(
    "key", ["page.todo.card.nonsense", "place.kind.moon", "error.born.nonsense", "staff.nonsense"]
)
def test_key_with_an_unknown_part_is_unused(key: str) -> None:
    assert not is_used(key)


# --- template and glossary ------------------------------------------------------------------------


def test_template_has_comments_on_all_keys_and_placeholders() -> None:
    assert [*map(str, template_problems(MODEL))] == []
    for key, text in MODEL.messages.items():
        assert f'msgid "{key}"\nmsgstr ""\n'.encode() in TEMPLATE.read_bytes(), text


def test_key_without_comment_is_a_problem() -> None:
    catalog = Catalog("ja", {**MODEL.messages, "new.key": "{new}", "page.made": "{other}{new}"})
    assert set(comment_problems(catalog)) == {
        ("new.key", "a line in [where]"),
        ("new.key", "a line on {new} in [facts]"),
        ("page.made", "a line on {new} in [facts]"),
    }
    assert build_template(catalog) != TEMPLATE.read_bytes()


def test_longest_matching_pattern_explains_a_placeholder() -> None:
    assert find_explanation("page.days", "start") == "the first day"
    assert find_explanation("place.days", "days") == "weekdays"
    assert find_explanation("page.state.ahead", "days") == "a number of days"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_preferred_words_of_the_glossary_are_in_the_catalog(lang: str) -> None:
    texts = "\n".join(get_catalog(lang).messages.values()).casefold()
    terms = load_glossary().get(lang, ())
    assert [word for term in terms for word in term.preferred if word.casefold() not in texts] == []


def test_glossary_has_only_known_languages() -> None:
    assert {*load_glossary()} <= {*LANGUAGES}
    assert sum(map(len, load_glossary().values())) > 40
    assert "electronic certificate" in load_glossary()["en"][1].forbidden


@pytest.mark.large
def test_check_command_prints_nothing_without_problems() -> None:
    command = [sys.executable, "-m", "tests.catalogs"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
