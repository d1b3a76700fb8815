"""Ends a command with a readable message instead of a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from calsvc.errors import CalsvcError, InvalidInputError
from calsvc.i18n.catalogs import get_catalog
from calsvc.i18n.languages import DEFAULT_LANGUAGE


@contextmanager
def readable_errors(lang: str = DEFAULT_LANGUAGE) -> Iterator[None]:
    """End the command with the message of a `CalsvcError`, in the language ``lang``."""
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
