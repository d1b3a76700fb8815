"""Checks the catalogs: ``python -m tests.catalogs``, or ``make catalogs``.

Prints one line for each problem, and exits with 1 if there is one. ``make catalogs ARGS=--write``
writes the template first.
"""

import sys
from collections.abc import Iterator
from importlib import import_module
from itertools import chain

from babel.messages.pofile import PoFileError


def find_problems() -> Iterator[object]:
    """Yield the problems of all catalogs and of the template."""
    try:  # languages are read at import, so a faulty head raises there
        languages = import_module("calsvc.i18n.languages")
        get_catalog = import_module("calsvc.i18n.catalogs").get_catalog
        checks = import_module("tests.catalogs.problems")
        template = import_module("tests.catalogs.template")
        model = get_catalog(languages.DEFAULT_LANGUAGE)
        catalogs = [get_catalog(language) for language in languages.LANGUAGES]
    except (KeyError, ValueError, PoFileError) as error:
        yield ": ".join([*getattr(error, "__notes__", ()), f"{error}"])
        return
    if "--write" in sys.argv:
        template.TEMPLATE.write_bytes(template.build_template(model))
    yield from chain.from_iterable(checks.find_problems(catalog, model) for catalog in catalogs)
    yield from template.template_problems(model)


if __name__ == "__main__":
    lines = [f"{problem}\n" for problem in find_problems()]
    sys.stdout.writelines(lines)
    sys.exit(bool(lines))
