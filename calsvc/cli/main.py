"""The command ``calsvc`` with its subcommands. ``serve`` and ``feed`` are defined here."""

import os
import sys
from collections.abc import Callable

import click

from calsvc.cli.end_links import end_links_command
from calsvc.cli.error_messages import readable_errors
from calsvc.cli.keys import keys
from calsvc.cli.letters import letters
from calsvc.cli.links import links
from calsvc.cli.municipality import municipality as municipality_commands
from calsvc.cli.staff import staff
from calsvc.clock import today_in_japan
from calsvc.feed.builder import FeedOptions, build_feed
from calsvc.i18n.catalogs import get_catalog
from calsvc.i18n.languages import DEFAULT_LANGUAGE, LANGUAGES
from calsvc.links.content import REMINDERS_BY_NAME, LinkedCard
from calsvc.links.ended import EndedLinks
from calsvc.links.key_file import create_key_file, has_keys
from calsvc.links.keys import load_keys
from calsvc.municipality import loader
from calsvc.municipality.served import Municipalities
from calsvc.parsing.card_fields import DATE_FIELDS, parse_card
from calsvc.people.accounts import Accounts
from calsvc.rules.plan import assess
from calsvc.settings import Settings, env_name, load_settings, unknown_variables, wide_networks

DATE_HELP = {
    "born": "Birth date (生年月日).",
    "issued": "Issue date (発行日).",
    "card_expires": "Expiry date printed on the card (有効期限).",
    "applied": "Day on which the application was received (申請受付日).",
    "cert_expires": "Certificate's expiry date as written on the card.",
    "cert_renewed": "Day on which the certificate was renewed, or yes: renewed in its window.",
    "stay_until": "Last day of a limited period of stay (在留期限).",
}

ONE_MACHINE_MESSAGE = "not set; staff can sign in, and stay so, on this machine alone"
NO_KEYS_MESSAGE = (
    "there are no keys yet; the first run makes them. If links were sent, restore their keys first"
)
NO_FOLDER_MESSAGE = "does not exist; nobody can sign in, and no link is ended"
WIDE_NETWORK_MESSAGE = (
    "any machine in so wide a network may pose as any client; name the proxies alone"
)


@click.group()
@click.version_option(package_name="calsvc")
def main() -> None:
    """Calendar feeds of the days on which a My Number card must be renewed."""


@main.command()
@click.option("--host", help="Address to listen on.")
@click.option("--port", help="Port to listen on.")
@click.option("--workers", help="Number of processes.")
@click.option("--municipalities", help="Codes, paths of profiles, or all; separated by commas.")
@click.option("--fd", type=int, help="Number of a socket that listens already: systemd hands in 3.")
@click.option("--check", "is_check", is_flag=True, help="Check everything, serve nothing.")
def serve(fd: int | None, is_check: bool, **options: str | None) -> None:
    """Serve feeds over HTTP. Options override the CALSVC_* variables of the same name."""
    overrides = {env_name(name): value for name, value in options.items() if value}
    os.environ.update(overrides)  # Worker processes read the settings again from it.
    with readable_errors():
        settings = load_settings(os.environ)
        for name in unknown_variables(os.environ):
            click.echo(f"{name}: there is no such setting", err=True)
        for network in wide_networks(settings):
            click.echo(f"CALSVC_TRUSTED_PROXIES: {network}: {WIDE_NETWORK_MESSAGE}", err=True)
        municipalities = Municipalities(settings.municipalities)
        EndedLinks(settings.ended_links_file)
        _warn_of_state_folder(settings)
        _check_letters(settings, municipalities)
        for language in LANGUAGES:
            get_catalog(language)
        if is_check:
            _check_keys(settings)
            _print_outdated_profiles(municipalities)
            click.echo(f"In order: {_describe_served(municipalities)}.")
        else:
            _prepare_keys(settings)
            _serve(settings, fd)


def _warn_of_state_folder(settings: Settings) -> None:
    """Warn if the state folder is missing, or not shared by staff. Raises `AccountsError`."""
    if settings.shares_state and not settings.state_folder.is_dir():
        # A shared disk that is not mounted would let ended links open again in silence.
        click.echo(f"CALSVC_STATE_DIR: {settings.state_dir} {NO_FOLDER_MESSAGE}", err=True)
    accounts = Accounts(settings.state_folder).all()
    if (accounts or settings.staff_header) and not settings.shares_state:
        click.echo(f"CALSVC_STATE_DIR: {ONE_MACHINE_MESSAGE}", err=True)


def _check_letters(settings: Settings, municipalities: Municipalities) -> None:
    """Set sample letters of each municipality. Raises `MunicipalityFileError`."""
    if settings.letter_settings:
        from calsvc.bulk.letter_check import check_at_start  # noqa: PLC0415 - slow to load

        check_at_start(settings.letter_settings, municipalities, today_in_japan())


def _print_outdated_profiles(municipalities: Municipalities) -> None:
    """Print the profiles that a person should compare with their sources again."""
    for municipality in municipalities.with_profiles():
        if municipality.is_outdated(today_in_japan()):
            age = f"its profile was checked on {municipality.checked_on}, more than a year ago"
            click.echo(f"{municipality.code}: {age}", err=True)


def _describe_served(municipalities: Municipalities) -> str:
    if municipalities.single is not None:
        return municipalities.single.names[DEFAULT_LANGUAGE]
    return f"{len(municipalities.codes)} municipalities and wards"


def _serve(settings: Settings, fd: int | None) -> None:
    from calsvc.web.server import server  # noqa: PLC0415 - `feed` needs no server

    server.serve(settings, fd)


def _check_keys(settings: Settings) -> None:
    if settings.keys or has_keys(settings.key_file):
        load_keys(settings.keys, settings.key_file)
    else:
        click.echo(f"{settings.key_file}: {NO_KEYS_MESSAGE}", err=True)


def _prepare_keys(settings: Settings) -> None:
    if not settings.keys and create_key_file(settings.key_file):
        click.echo(f"Made a key file: {settings.key_file}. Keep it: no link opens without it.")
    load_keys(settings.keys, settings.key_file)


main.add_command(letters)
main.add_command(links)
main.add_command(keys)
main.add_command(end_links_command)
main.add_command(staff)


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
@click.option(
    "--alarms", default="on", type=click.Choice(list(REMINDERS_BY_NAME)), show_default=True
)
@click.option(
    "--municipality",
    "code_or_path",
    default=loader.DEFAULT_MUNICIPALITY,
    show_default=True,
    help="Code, or path of a profile.",
)
def feed(lang: str, alarms: str, code_or_path: str, **dates: str) -> None:
    """Write the feed of one card to standard output, without a server.

    Dates as 2020-06-01, 2020年6月1日, 令和2年6月1日 or R2.6.1.
    """
    with readable_errors(lang):
        municipality = loader.load_municipality(code_or_path)
        card = LinkedCard(assess(parse_card(dates, today_in_japan())).plan)
    options = FeedOptions(municipality, get_catalog(lang), REMINDERS_BY_NAME[alarms])
    sys.stdout.buffer.write(build_feed([card], options))


main.add_command(municipality_commands)
