"""Ends a command with what is wrong, and no traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from calsvc.errors import CalsvcError, InvalidInputError
from calsvc.i18n.catalogs import get_catalog
from calsvc.i18n.languages import DEFAULT_LANGUAGE


@contextmanager
def errors_in_words(lang: str = DEFAULT_LANGUAGE) -> Iterator[None]:
    """End the command with the errors that the caller can mend, in the language ``lang``."""
    try:
        yield
    except InvalidInputError as error:
        catalog = get_catalog(lang)
        lines = [
            f"--{each.field.replace('_', '-')}: {catalog.format_problem(each)}"
            for each in error.problems
        ]
        raise click.ClickException("\n".join(lines)) from None
    except CalsvcError as error:
        raise click.ClickException(str(error)) from None
