"""Each fault of a catalog is found: texts are spoiled one by one."""

import subprocess
import sys

import pytest

from calsvc.i18n.catalogs import Catalog, get_catalog
from calsvc.i18n.languages import LANGUAGES
from tests.catalogs.asked_keys import is_asked, keys_in_code
from tests.catalogs.faults import faults
from tests.catalogs.glossary import glossary
from tests.catalogs.template import TEMPLATE, comment_faults, explained, made_from, template_faults
from tests.support.paths import ROOT

MODEL = get_catalog("ja")


def found(lang: str, **spoiled: str) -> list[str]:
    """Return the faults of a catalog with other texts; ``_`` stands for a dot in their keys."""
    texts = {key.replace("__", "."): text for key, text in spoiled.items()}
    return [*map(str, faults(Catalog(lang, {**get_catalog(lang).messages, **texts}), MODEL))]


# --- texts ----------------------------------------------------------------------------------------


def test_a_missing_key_is_a_fault() -> None:
    texts = {key: text for key, text in get_catalog("ko").messages.items() if key != "page.days"}
    assert [*map(str, faults(Catalog("ko", texts), MODEL))] == [
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
def test_a_spoiled_text_is_a_fault(lang: str, key: str, text: str, expected: str) -> None:
    (fault, *others) = found(lang, **{key: text})
    assert fault.startswith(f"{lang}.po: {key.replace('__', '.')}: ")
    assert expected in fault
    assert all(expected in each for each in others)


def test_dates_of_feeds_must_be_equally_long_and_different() -> None:
    (fault,) = found("pt", date__padded__weekdays="seg ter qua qui sex sáb dom")
    assert fault == "pt.po: date.padded.format: dates of equally many characters and bytes"
    (fault,) = found("ko", date__padded__format="{year:4}{month:.0}{day:2}{weekday:.0}")
    assert fault == "ko.po: date.padded.format: another text for each day"


# --- keys in code ---------------------------------------------------------------------------------


def test_keys_are_found_in_code() -> None:
    in_code = {"error.born.missing", "error.date.other_era", "error.title.not_found", "event.page"}
    assert in_code | {"page.form.title", "page.cautions"} <= keys_in_code()
    composed = ("page.todo.card.in_grace", "letter.state.far.stay", "place.kind.branch")
    assert all(map(is_asked, (*composed, "staff.state.done", "error.card_expires.not_birthday")))


@pytest.mark.parametrize(
    "key", ["page.todo.card.nonsense", "place.kind.moon", "error.born.nonsense", "staff.nonsense"]
)
def test_a_key_with_a_word_that_no_code_has_is_not_asked(key: str) -> None:
    assert not is_asked(key)


# --- template and glossary ------------------------------------------------------------------------


def test_every_key_has_a_comment_and_every_placeholder_is_explained() -> None:
    assert [*map(str, template_faults(MODEL))] == []
    for key, text in MODEL.messages.items():
        assert f'msgid "{key}"\nmsgstr ""\n'.encode() in TEMPLATE.read_bytes(), text


def test_a_key_without_comment_is_a_fault() -> None:
    catalog = Catalog("ja", {**MODEL.messages, "new.key": "{new}", "page.made": "{other}{new}"})
    assert set(comment_faults(catalog)) == {
        ("new.key", "a line in [where]"),
        ("new.key", "a line on {new} in [facts]"),
        ("page.made", "a line on {new} in [facts]"),
    }
    assert made_from(catalog) != TEMPLATE.read_bytes()


def test_the_longest_pattern_explains_a_placeholder() -> None:
    assert explained("page.days", "start") == "the first day"
    assert explained("place.days", "days") == "weekdays"
    assert explained("page.state.ahead", "days") == "a number of days"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_our_words_of_the_glossary_stand_in_the_catalog(lang: str) -> None:
    texts = "\n".join(get_catalog(lang).messages.values()).casefold()
    terms = glossary().get(lang, ())
    assert [word for term in terms for word in term.ours if word.casefold() not in texts] == []


def test_the_glossary_has_languages_that_there_are() -> None:
    assert {*glossary()} <= {*LANGUAGES}
    assert sum(map(len, glossary().values())) > 40
    assert "electronic certificate" in glossary()["en"][1].never


def test_the_command_prints_nothing_where_nothing_is_wrong() -> None:
    command = [sys.executable, "-m", "tests.catalogs"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
