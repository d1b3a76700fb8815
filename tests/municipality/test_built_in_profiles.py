"""Every built-in profile: its facts have sources, are fresh, and are said in every language."""

import re
from datetime import timedelta

import pytest

from calsvc.feed.builder import REVISION
from calsvc.i18n.catalogs import get_catalog
from calsvc.i18n.contact_texts import contact
from calsvc.i18n.languages import LANGUAGES
from calsvc.i18n.place_texts import city_facts, city_name, places, task_of, visit
from calsvc.municipality import toml_reader
from calsvc.municipality.code_list import NATIONAL, place
from calsvc.municipality.counters import Task
from calsvc.municipality.model import Municipality
from calsvc.municipality.profile import read_profile

PROFILES = ("japan", *toml_reader.built_in_codes())
MAX_TEXT = 600
"""Characters of a sentence about counters, so that an event stays readable."""
YEAR = timedelta(days=366)
FOREIGN = tuple(each for each in LANGUAGES if not each.startswith("ja"))
each_profile = pytest.mark.parametrize("name", PROFILES)
each_language = pytest.mark.parametrize("lang", LANGUAGES)


def sentences(city: Municipality, lang: str) -> list[str]:
    words = get_catalog(lang)
    said = [city_name(city, words), *contact(city, words).splitlines()]
    said += [visit(city, task, words) for task in Task]
    for variant in ("certificate", "card", "both", "stay"):
        said += [str(fact) for fact in city_facts(city, variant, words).values()]
        said.append(places(city, task_of(variant), words))
    return said


@each_profile
def test_the_file_is_named_by_its_code(name: str) -> None:
    assert read_profile(name, toml_reader.built_in_content(name)).code == name


@each_profile
def test_the_facts_have_sources_and_were_checked_within_a_year_of_the_release(name: str) -> None:
    profile = read_profile(name, toml_reader.built_in_content(name))
    assert profile.sources
    assert REVISION.date() - YEAR <= profile.checked <= REVISION.date() + YEAR
    dated = [each.dated for each in profile.sources if each.dated]
    assert all(day <= profile.checked for day in dated)


@each_profile
def test_a_page_of_the_municipality_itself_is_among_the_sources(name: str) -> None:
    if name == "japan":
        return
    found, sources = place(name), read_profile(name, toml_reader.built_in_content(name)).sources
    assert found is not None
    host = re.sub(r"https?://(www\.)?([^/]+)/.*", r"\2", found.url)
    assert any(host in each.page for each in sources)


@each_language
@each_profile
def test_every_sentence_is_there_and_within_bounds(name: str, lang: str) -> None:
    city = toml_reader.load(name)
    for said in sentences(city, lang):
        assert len(said) <= MAX_TEXT
        assert not set("{}\n") & set(said)
        assert "  " not in said.strip()
    words = get_catalog(lang)
    facts = city_facts(city, "certificate", words)
    for fact in ("city", "certificate_counters", "certificate_visit", "card_counter"):
        assert facts[fact]


@each_profile
def test_no_sentence_names_another_municipality(name: str) -> None:
    code = NATIONAL if name == "japan" else name
    others = [toml_reader.load(each) for each in PROFILES if each not in (name, "japan")]
    related = {code, getattr(place(code), "within", "")}
    forbidden = [
        each.names["ja"]
        for each in others
        if not {each.code, getattr(place(each.code), "within", "")} & related
    ]
    for lang in LANGUAGES:
        said = "\n".join(sentences(toml_reader.load(name), lang))
        assert [each for each in forbidden if each in said] == []


@each_profile
def test_parentheses_in_names_are_as_wide_as_the_letters_around_them(name: str) -> None:
    profile = read_profile(name, toml_reader.built_in_content(name))
    for each in (*profile.counters.values(), *profile.phones.values()):
        for lang in ("ja", "zh-Hans"):
            assert not re.search(r"[()]", each.names.get(lang, ""))


@pytest.mark.parametrize("lang", FOREIGN)
def test_no_japanese_sentence_stands_in_another_language(lang: str) -> None:
    for name in PROFILES:
        said = "\n".join(sentences(toml_reader.load(name), lang))
        assert not re.search("です|ます|ください", said)
