"""Ends a command with what is wrong, in words."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from calsvc.errors import CalsvcError, InvalidInput
from calsvc.i18n.catalogs import catalog
from calsvc.i18n.languages import DEFAULT_LANGUAGE


@contextmanager
def errors_in_words(lang: str = DEFAULT_LANGUAGE) -> Iterator[None]:
    """End the program with what is wrong, and no traceback, where it is the caller's to mend."""
    try:
        yield
    except InvalidInput as error:
        words = catalog(lang)
        lines = [
            f"--{each.field.replace('_', '-')}: {words.problem(each)}" for each in error.problems
        ]
        raise click.ClickException("\n".join(lines)) from None
    except CalsvcError as error:
        raise click.ClickException(str(error)) from None
