"""Every built-in profile: its facts have sources, are recent, and have texts in every language."""

import re
from datetime import timedelta

import pytest

from calsvc.feed.builder import REVISION
from calsvc.i18n.catalogs import get_catalog
from calsvc.i18n.contact_texts import format_contact
from calsvc.i18n.languages import LANGUAGES
from calsvc.i18n.place_texts import (
    format_counter_names,
    format_visit,
    municipality_name,
    municipality_params,
    task_of,
)
from calsvc.municipality import loader
from calsvc.municipality.code_list import NATIONAL, find_place
from calsvc.municipality.counters import Task
from calsvc.municipality.model import Municipality
from calsvc.municipality.profile import read_profile

PROFILES = ("japan", *loader.built_in_codes())
MAX_TEXT = 600
"""Characters of a sentence about counters, so that an event stays readable."""
YEAR = timedelta(days=366)
FOREIGN = tuple(each for each in LANGUAGES if not each.startswith("ja"))
each_profile = pytest.mark.parametrize("name", PROFILES)
each_language = pytest.mark.parametrize("lang", LANGUAGES)


def sentences(city: Municipality, lang: str) -> list[str]:
    catalog = get_catalog(lang)
    texts = [municipality_name(city, catalog), *format_contact(city, catalog).splitlines()]
    texts += [format_visit(city, task, catalog) for task in Task]
    for variant in ("certificate", "card", "both", "stay"):
        texts += [str(fact) for fact in municipality_params(city, variant, catalog).values()]
        texts.append(format_counter_names(city, task_of(variant), catalog))
    return texts


@each_profile
def test_the_file_name_is_its_code(name: str) -> None:
    assert read_profile(name, loader.built_in_content(name)).code == name


@each_profile
def test_the_facts_have_sources_and_a_recent_check(name: str) -> None:
    profile = read_profile(name, loader.built_in_content(name))
    assert profile.sources
    assert REVISION.date() - YEAR <= profile.checked_on <= REVISION.date() + YEAR
    dated = [each.dated for each in profile.sources if each.dated]
    assert all(day <= profile.checked_on for day in dated)


@each_profile
def test_a_source_is_a_page_of_the_municipality(name: str) -> None:
    if name == "japan":
        return
    found, sources = find_place(name), read_profile(name, loader.built_in_content(name)).sources
    assert found is not None
    host = re.sub(r"https?://(www\.)?([^/]+)/.*", r"\2", found.url)
    assert any(host in each.page for each in sources)


@each_language
@each_profile
def test_every_sentence_exists_and_is_within_bounds(name: str, lang: str) -> None:
    city = loader.load_municipality(name)
    for text in sentences(city, lang):
        assert len(text) <= MAX_TEXT
        assert not set("{}\n") & set(text)
        assert "  " not in text.strip()
    catalog = get_catalog(lang)
    facts = municipality_params(city, "certificate", catalog)
    for fact in ("municipality", "certificate_counters", "certificate_visit", "card_counter"):
        assert facts[fact]


@each_profile
def test_no_sentence_names_another_municipality(name: str) -> None:
    code = NATIONAL if name == "japan" else name
    others = [loader.load_municipality(each) for each in PROFILES if each not in (name, "japan")]
    related = {code, getattr(find_place(code), "within", "")}
    forbidden = [
        each.names["ja"]
        for each in others
        if not {each.code, getattr(find_place(each.code), "within", "")} & related
    ]
    for lang in LANGUAGES:
        text = "\n".join(sentences(loader.load_municipality(name), lang))
        assert [each for each in forbidden if each in text] == []


@each_profile
def test_parentheses_have_the_width_of_the_letters_around_them(name: str) -> None:
    profile = read_profile(name, loader.built_in_content(name))
    for each in (*profile.counters.values(), *profile.phones.values()):
        for lang in ("ja", "zh-Hans"):
            assert not re.search(r"[()]", each.names.get(lang, ""))


@pytest.mark.parametrize("lang", FOREIGN)
def test_no_japanese_sentence_is_in_another_language(lang: str) -> None:
    for name in PROFILES:
        text = "\n".join(sentences(loader.load_municipality(name), lang))
        assert not re.search("です|ます|ください", text)
