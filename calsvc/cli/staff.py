"""``calsvc staff``: adds, lists and removes people who may sign in to the staff pages."""

import os

import click

from calsvc import passwords
from calsvc.cli.audit import write_audit
from calsvc.cli.error_messages import errors_in_words
from calsvc.people.accounts import Account, Accounts, Role, normalize_name
from calsvc.people.audit import Action
from calsvc.people.session_files import SessionFiles
from calsvc.settings import load_settings

ROLES = [each.value for each in Role]
password_option = click.option(
    "--password",
    prompt=False,
    help="Asked for where not given; better so, for others may see commands.",
)


@click.group()
def staff() -> None:
    """People who may sign in to the staff pages."""


@staff.command()
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice(ROLES),
    default=Role.CLERK.value,
    show_default=True,
)
@click.option("--no-password", is_flag=True, help="A proxy signs in: see CALSVC_STAFF_HEADER.")
@password_option
def add(name: str, role: str, no_password: bool, password: str | None) -> None:
    """Add a person. A manager also sees who is signed in, and ends sessions."""
    cleaned = normalize_name(name)
    with errors_in_words():
        settings = load_settings(os.environ)
        folder = settings.state_folder
        hashed = "" if no_password else _new_hash(cleaned, password)
        Accounts(folder).add(Account(cleaned, Role(role), hashed))
        write_audit(settings, Action.ACCOUNT_ADDED, {"of": cleaned, "role": role})
    click.echo(f"{cleaned} may sign in as {role}.")


@staff.command("list")
def list_people() -> None:
    """List names and roles."""
    with errors_in_words():
        folder = load_settings(os.environ).state_folder
        for each in Accounts(folder).all().values():
            click.echo(f"{each.role:8} {each.name}")


@staff.command("password")
@click.argument("name")
@password_option
def set_password(name: str, password: str | None) -> None:
    """Set a new password. It ends the sessions of that person."""
    cleaned = normalize_name(name)
    with errors_in_words():
        settings = load_settings(os.environ)
        folder = settings.state_folder
        Accounts(folder).set_password(cleaned, _new_hash(cleaned, password))
        ended = SessionFiles(folder).end_all_of(cleaned)
        write_audit(settings, Action.PASSWORD_SET, {"of": cleaned})
    click.echo(f"{cleaned} has a new password. Sessions ended: {ended}.")


@staff.command()
@click.argument("name")
def remove(name: str) -> None:
    """Remove a person. It ends the sessions of that person."""
    cleaned = normalize_name(name)
    with errors_in_words():
        settings = load_settings(os.environ)
        folder = settings.state_folder
        Accounts(folder).remove(cleaned)
        ended = SessionFiles(folder).end_all_of(cleaned)
        write_audit(settings, Action.ACCOUNT_REMOVED, {"of": cleaned})
    click.echo(f"{cleaned} may sign in no more. Sessions ended: {ended}.")


def _new_hash(name: str, password: str | None) -> str:
    """Return the hash of a password that is neither short nor common."""
    if password is None:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    if not passwords.MIN_PASSWORD_LENGTH <= len(password) <= passwords.MAX_PASSWORD_LENGTH:
        raise click.ClickException(
            f"A password has at least {passwords.MIN_PASSWORD_LENGTH} characters."
        )
    if passwords.is_weak_password(password, name):
        raise click.ClickException("This password is found by few guesses. Choose another.")
    return passwords.hash_password(password)
