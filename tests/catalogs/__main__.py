"""Tells what is wrong with the catalogs: ``python -m tests.catalogs``, or ``make catalogs``.

Prints a line for each fault, and exits with 1 if there is one. ``make catalogs ARGS=--write``
writes the template first.
"""

import sys
from collections.abc import Iterator
from importlib import import_module
from itertools import chain

from babel.messages.pofile import PoFileError


def faults() -> Iterator[object]:
    """Yield each fault of each catalog."""
    try:  # the languages are read at import, so that a faulty head is met there
        languages = import_module("calsvc.i18n.languages")
        get_catalog = import_module("calsvc.i18n.catalogs").get_catalog
        checks = import_module("tests.catalogs.faults")
        template = import_module("tests.catalogs.template")
        model = get_catalog(languages.DEFAULT_LANGUAGE)
        known = [get_catalog(language) for language in languages.LANGUAGES]
    except (KeyError, ValueError, PoFileError) as error:
        yield ": ".join([*getattr(error, "__notes__", ()), f"{error}"])
        return
    if "--write" in sys.argv:
        template.TEMPLATE.write_bytes(template.made_from(model))
    yield from chain.from_iterable(checks.faults(catalog, model) for catalog in known)
    yield from template.template_faults(model)


if __name__ == "__main__":
    found = [*map(str, faults())]
    sys.stdout.writelines(f"{each}\n" for each in found)
    sys.exit(bool(found))
