"""``calsvc end-links``: ends single links, with all links that were derived from them."""

import os
from collections.abc import Iterator
from pathlib import Path

import click

from calsvc.bulk.link_lists import ListedRow, find_tokens, read
from calsvc.cli.audit import write_audit
from calsvc.cli.error_messages import readable_errors
from calsvc.errors import InvalidInputError
from calsvc.i18n.catalogs import get_catalog
from calsvc.i18n.languages import DEFAULT_LANGUAGE
from calsvc.links.content import NO_NUMBER, InvalidTokenError
from calsvc.links.ended import end_links
from calsvc.links.keys import load_keys
from calsvc.links.sealing import Keyring
from calsvc.people.audit import Action
from calsvc.settings import load_settings


@click.command("end-links")
@click.argument("links", metavar="TOKEN|FILE")
def end_links_command(links: str) -> None:
    """End a link by its TOKEN or URL, or all links in FILE.

    FILE is links.csv or links.xlsx of a run, or a list with a token or URL on each line. Hidden
    rows of a workbook are left alone. What ends is the number of a link, so every language, choice
    and change of it ends too.
    """
    with readable_errors():
        settings = load_settings(os.environ)
        keyring = Keyring(load_keys(settings.keys, settings.key_file))
        rows = _listed_rows(links)
        shown = [row for row in rows if not row.is_hidden]
        numbers = dict.fromkeys(number for row in shown for number in _numbers(row, keyring))
        if not numbers:
            raise click.ClickException("There is no link in it. Nothing was ended.")
        added = end_links(settings.ended_links_file, numbers)
        write_audit(settings, Action.LINKS_ENDED, {"links": added})
    without = sum(not row.tokens for row in shown)
    click.echo(f"Links ended: {added}, ended before: {len(numbers) - added}.")
    click.echo(f"Rows without a link: {without}, hidden rows: {len(rows) - len(shown)}.")
    click.echo(f"All processes that read {settings.ended_links_file} follow within seconds.")


def _listed_rows(links: str) -> list[ListedRow]:
    """Return the rows of a file, or one row for a token. Raises `click.ClickException`.

    No message repeats ``links``, because it may be a mistyped token, which is a secret.
    """
    if tokens := find_tokens(links):
        return [ListedRow(1, tokens, is_hidden=False)]
    try:
        with Path(links).open("rb") as file:
            return [*read(file)]
    except InvalidInputError as error:
        catalog = get_catalog(DEFAULT_LANGUAGE)
        raise click.ClickException("\n".join(map(catalog.format_problem, error.problems))) from None
    except OSError as error:
        raise click.ClickException(f"Neither a link nor a file: {error.strerror}.") from None


def _numbers(row: ListedRow, keyring: Keyring) -> Iterator[bytes]:
    """Yield the numbers of the links in ``row``. Raises `click.ClickException`."""
    for token in row.tokens:
        try:
            number = keyring.open(token).number
        except InvalidTokenError:
            number = NO_NUMBER
        if number == NO_NUMBER:  # A feed from dates in its URL also has this number.
            raise click.ClickException(
                f"Row {row.number}: no link that the keys here open. Nothing was ended."
            )
        yield number
