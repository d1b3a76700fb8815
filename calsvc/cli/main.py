"""The command line: ``calsvc serve``, ``calsvc feed``, ``calsvc municipality check``."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from calsvc import passwords, settings
from calsvc.cli.links import links
from calsvc.clock import today_in_japan
from calsvc.errors import CalsvcError, InvalidInput
from calsvc.feed.builder import FeedOptions, build_feed
from calsvc.i18n.catalogs import catalog
from calsvc.i18n.languages import DEFAULT_LANGUAGE, LANGUAGES
from calsvc.links.content import REMINDERS, LinkedCard
from calsvc.links.keys import is_there, load_keys, make_key_file, new_key
from calsvc.municipality import toml_reader
from calsvc.parsing.card_fields import DATE_FIELDS, read_card
from calsvc.rules.plan import assess

DATE_HELP = {
    "born": "Birth date (生年月日).",
    "issued": "Issue date (発行日).",
    "card_expires": "Expiry date printed on the card (有効期限).",
    "applied": "Day on which the application was received (申請受付日).",
    "cert_expires": "Certificate's expiry date as written on the card.",
    "cert_renewed": "Day on which the certificate was renewed, or yes: renewed in its window.",
    "stay_until": "Last day of a limited period of stay (在留期限).",
}


@click.group()
@click.version_option(package_name="calsvc")
def main() -> None:
    """Calendar feeds of the days on which a My Number card must be renewed."""


@main.command()
@click.option("--host", help="Address to listen on.")
@click.option("--port", help="Port to listen on.")
@click.option("--workers", help="Number of processes.")
@click.option("--municipality", help="Built-in city, or path of a municipality file.")
@click.option("--fd", type=int, help="Number of a socket that listens already: systemd hands in 3.")
@click.option("--check", "only_check", is_flag=True, help="Check everything, serve nothing.")
def serve(fd: int | None, only_check: bool, **options: str | None) -> None:
    """Serve feeds over HTTP. Options override the CALSVC_* variables of the same name."""
    given = {settings.variable(name): value for name, value in options.items() if value}
    os.environ.update(given)  # the workers are processes of their own and read it again
    with _errors_in_words():
        configured = settings.load(os.environ)
        for name in settings.unknown(os.environ):
            click.echo(f"{name}: there is no such setting", err=True)
        city = toml_reader.load(configured.municipality)
        for language in LANGUAGES:
            catalog(language)
        if only_check:
            _check_keys(configured)
            click.echo(f"In order: {city.texts[DEFAULT_LANGUAGE].name}.")
        else:
            _prepare_keys(configured)
            _serve(configured, fd)


def _serve(configured: settings.Settings, fd: int | None) -> None:
    from calsvc.web.server import server  # noqa: PLC0415 - `feed` needs no server

    server.serve(configured, fd)


def _check_keys(configured: settings.Settings) -> None:
    if configured.keys or is_there(configured.key_file):
        load_keys(configured.keys, configured.key_file)
    else:
        click.echo(f"There are no keys yet; the first run makes {configured.key_file}.")


def _prepare_keys(configured: settings.Settings) -> None:
    if not configured.keys and make_key_file(configured.key_file):
        click.echo(f"Made a key file: {configured.key_file}. Keep it: no link opens without it.")
    load_keys(configured.keys, configured.key_file)


main.add_command(links)


@main.group()
def keys() -> None:
    """Keys that seal links."""


@keys.command()
def new() -> None:
    """Print a fresh key, for CALSVC_KEYS or a key file. The first key seals, all open."""
    click.echo(new_key())


@main.command("staff-password")
@click.password_option(help="Asked for where not given; better so, for others may see commands.")
def staff_password(password: str) -> None:
    """Print what CALSVC_STAFF_PASSWORD_HASH must be for a password of your choice."""
    if len(password) < passwords.SHORTEST:
        raise click.ClickException(f"A password has at least {passwords.SHORTEST} characters.")
    click.echo(passwords.hash_of(password))


def _date_options(command: Callable[..., None]) -> Callable[..., None]:
    for field in reversed(DATE_FIELDS):
        name = f"--{field.replace('_', '-')}"
        command = click.option(name, field, default="", metavar="DATE", help=DATE_HELP[field])(
            command
        )
    return command


@main.command()
@_date_options
@click.option("--lang", default=DEFAULT_LANGUAGE, type=click.Choice(LANGUAGES), show_default=True)
@click.option("--alarms", default="on", type=click.Choice(list(REMINDERS)), show_default=True)
@click.option("--municipality", default=toml_reader.DEFAULT, show_default=True)
def feed(lang: str, alarms: str, municipality: str, **dates: str) -> None:
    """Write the feed of one card to standard output, without a server.

    Dates as 2020-06-01, 2020年6月1日, 令和2年6月1日 or R2.6.1.
    """
    with _errors_in_words(lang):
        city = toml_reader.load(municipality)
        card = LinkedCard(assess(read_card(dates, today_in_japan())).plan)
    options = FeedOptions(city, catalog(lang), REMINDERS[alarms])
    sys.stdout.buffer.write(build_feed([card], options))


@main.group()
def municipality() -> None:
    """Municipality files."""


@municipality.command()
@click.argument("file")
def check(file: str) -> None:
    """Check a municipality FILE (or the built-in city of that name)."""
    with _errors_in_words():
        city = toml_reader.load(file)
    lacking = [language for language in LANGUAGES if language not in city.texts]
    click.echo(f"{file}: {city.texts[DEFAULT_LANGUAGE].name} is in order.")
    if lacking:
        click.echo(f"Japanese stands in for: {', '.join(lacking)}")


@contextmanager
def _errors_in_words(lang: str = DEFAULT_LANGUAGE) -> Iterator[None]:
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
