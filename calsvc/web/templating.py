"""Compiles the templates of pages, once for each language."""

import json
import re
from functools import cache

from jinja2 import BaseLoader, ChoiceLoader, Environment, PackageLoader, StrictUndefined
from jinja2.ext import Extension

from calsvc.i18n.catalogs import get_catalog

TEMPLATE_PACKAGES = (
    "calsvc.web",
    "calsvc.web.card_form",
    "calsvc.web.residents",
    "calsvc.web.staff",
)
"""Packages with templates. The name of a template is unique among them."""
TEXT_PATTERN = re.compile(r'\bt\("([\w.-]+)"\)')
"""A text without parameters, whose key is written in the template."""


class CatalogTexts(Extension):
    """Jinja extension that inserts the texts of a language before a template is compiled.

    Most of a page is such texts. Looking up and escaping each for each page would take longer than
    the rest of its template.
    """

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002 - Jinja's signature
        """Return ``source`` with each `TEXT_PATTERN` as a literal, which Jinja escapes."""
        catalog = get_catalog(self.environment.globals["language"])
        return TEXT_PATTERN.sub(
            lambda match: json.dumps(catalog.text(f"page.{match[1]}"), ensure_ascii=False), source
        )


@cache
def _loader() -> BaseLoader:
    return ChoiceLoader([PackageLoader(package) for package in TEMPLATE_PACKAGES])


@cache
def get_environment(language: str) -> Environment:
    """Return the templates in ``language``."""
    templates = Environment(
        loader=_loader(),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    templates.globals["language"] = language
    templates.add_extension(CatalogTexts)
    return templates
