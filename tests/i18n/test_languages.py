"""Every language of the service has its texts, and no other language has any."""

from importlib.resources import files

from calsvc.i18n.languages import DEFAULT_LANGUAGE, LANGUAGES


def test_every_language_has_one_catalog() -> None:
    names = [file.name for file in (files("calsvc.i18n") / "locale").iterdir()]
    assert sorted(names) == sorted(f"{language}.po" for language in LANGUAGES)


def test_the_default_is_one_of_the_languages() -> None:
    assert LANGUAGES[0] == DEFAULT_LANGUAGE == "ja"
