"""Every language of the service is a catalog file, and its head describes it completely."""

from importlib.resources import files

import pytest

from calsvc.i18n.languages import (
    DEFAULT_LANGUAGE,
    LANGUAGE_HEADS,
    LANGUAGES,
    OTHER_LANGUAGES_RANGE,
    NameScript,
    language_by_number,
    language_number,
    locale_file,
    parse_head,
    parse_head_fields,
)

HEAD = """msgid ""
msgstr ""
"Language: ar\\n"
"X-Tag: ar\\n"
"X-Name: العربية\\n"
"X-Order: 30\\n"
"X-Number-In-Links: 200\\n"
"X-Direction: rtl\\n"
"X-Japanese-Names: latin\\n"
"X-Language-Ranges: ar "
"ar-Latn\\n"

msgid "date.format"
msgstr "X-Order: 1\\n"
"X-Name: no head\\n"
"""


def test_every_language_has_one_catalog() -> None:
    names = {file.name for file in (files("calsvc.i18n") / "locale").iterdir()}
    assert names == {*(f"{language}.po" for language in LANGUAGES), "template.pot"}


def test_default_language_is_the_first_language() -> None:
    assert LANGUAGES[0] == DEFAULT_LANGUAGE == "ja"


NUMBERS = {"ja": 0, "en": 1, "ja-x-easy": 2, "zh-Hans": 3, "ko": 4, "vi": 5, "zh-Hant": 6, "pt": 7}
"""Existing links contain these numbers, so a number never changes its language."""


def test_language_numbers_in_links_never_change() -> None:
    numbers = {each.tag: each.number for each in LANGUAGE_HEADS.values()}
    assert numbers | NUMBERS == numbers


@pytest.mark.parametrize("field", ["tag", "name", "number", "order"])
def test_tag_name_number_and_order_of_languages_are_unique(field: str) -> None:
    values = [getattr(each, field) for each in LANGUAGE_HEADS.values()]
    assert len(values) == len({*values})
    assert all(0 <= each.number <= 255 for each in LANGUAGE_HEADS.values())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_language_number_round_trips(lang: str) -> None:
    assert language_by_number(language_number(lang)) == lang


def test_unknown_language_number_raises_key_error() -> None:
    with pytest.raises(KeyError):
        language_by_number(255)


def test_each_language_range_belongs_to_one_language() -> None:
    ranges = [each for head in LANGUAGE_HEADS.values() for each in head.ranges]
    assert len(ranges) == len({*ranges})
    assert ranges.count(OTHER_LANGUAGES_RANGE) == 1


def test_head_with_folded_lines_is_parsed() -> None:
    head = parse_head(HEAD)
    assert (head.tag, head.name, head.number, head.order) == ("ar", "العربية", 200, 30)
    assert (head.direction, head.html_lang, head.name_script) == ("rtl", "ar", NameScript.LATIN)
    assert (head.ranges, head.aliases) == (("ar", "ar-latn"), ())
    field = '"ar-Latn\\n"\n"X-Called-In-Japanese: アラビア語 亜語'
    aliased = parse_head(HEAD.replace('"ar-Latn', field))
    assert aliased.aliases == ("アラビア語", "亜語")


@pytest.mark.parametrize(
    "lost", ["Tag", "Name", "Order", "Number-In-Links", "Direction", "Japanese-Names"]
)
def test_head_without_a_field_is_rejected(lost: str) -> None:
    with pytest.raises(KeyError, match=f"X-{lost}"):
        parse_head(HEAD.replace(f"X-{lost}:", "X-Lost:"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_head_has_the_tag_of_its_file(lang: str) -> None:
    fields = parse_head_fields(locale_file(lang).read_text("utf-8"))
    assert fields["X-Tag"] == lang
    assert fields["X-Made"].startswith("by ")
    assert fields["X-Read-By"]
    assert fields["X-Direction"] in ("ltr", "rtl")
    assert fields["Language"] in (lang, "ja@easy")
