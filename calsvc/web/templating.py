"""Compiles the templates of pages, for each language apart."""

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
"""Each keeps its templates beside its code; a template's name is the same in none of the others."""
TEXT = re.compile(r'\bt\("([\w.-]+)"\)')
"""A text that needs no facts and whose key is written in the template."""


class Texts(Extension):
    """Replaces the texts of a language in templates before they are compiled.

    Most of a page is such texts. To look up and escape each for each page takes longer than all
    else that its template does.
    """

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002 - Jinja's signature
        """Returns ``source`` with each `TEXT` as a literal, which Jinja escapes."""
        catalog = get_catalog(self.environment.globals["language"])
        return TEXT.sub(
            lambda found: json.dumps(catalog.text(f"page.{found[1]}"), ensure_ascii=False), source
        )


@cache
def _loader() -> BaseLoader:
    return ChoiceLoader([PackageLoader(package) for package in TEMPLATE_PACKAGES])


@cache
def environment(language: str) -> Environment:
    """Returns the templates in ``language``."""
    templates = Environment(
        loader=_loader(),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    templates.globals["language"] = language
    templates.add_extension(Texts)
    return templates
