"""Templates are compiled for each language, with its texts in place."""

import pytest
from jinja2 import UndefinedError
from markupsafe import escape

from calsvc.i18n.catalogs import MissingTranslationError, get_catalog
from calsvc.i18n.languages import LANGUAGES
from calsvc.web.templating import get_environment


def texts(lang: str) -> dict[str, str]:
    """Return the texts of pages that need no facts."""
    messages = get_catalog(lang).messages.items()
    return {
        key.removeprefix("page."): text
        for key, text in messages
        if key.startswith("page.") and "{" not in text
    }


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_text_stands_escaped_in_the_compiled_template(lang: str) -> None:
    known = texts(lang)
    source = "\n".join(f'<a title="{{{{ t("{key}") }}}}">' for key in known)
    expected = "\n".join(f'<a title="{escape(text)}">' for text in known.values())
    assert get_environment(lang).from_string(source).render() == expected


def test_a_text_is_one_argument_among_others() -> None:
    source = '{% macro m(a, b) %}{{ b }}{{ a }}{% endmacro %}{{ m("<", t("skip")) }}'
    rendered = get_environment("en").from_string(source).render()
    assert rendered == f"{texts('en')['skip']}&lt;"


def test_missing_text_fails_when_its_template_is_compiled() -> None:
    with pytest.raises(MissingTranslationError):
        get_environment("en").from_string('{{ t("no.such") }}')


def test_a_text_with_facts_is_left_to_the_page() -> None:
    template = get_environment("en").from_string('{{ t("days", start=1, end=2) }}')
    with pytest.raises(UndefinedError):
        template.render()
    assert template.render(t=lambda key, **facts: f"{key} {facts}").startswith("days ")


def test_an_undefined_name_fails_when_its_page_is_rendered() -> None:
    for source in ("{{ missing }}", "{% if missing %}{% endif %}", '{{ {"a": 1}.missing }}'):
        with pytest.raises(UndefinedError):
            get_environment("en").from_string(source).render()
