"""``calsvc staff``: adds, lists and removes people who may sign in to the staff pages."""

import os

import click

from calsvc import passwords
from calsvc.cli.audit import write_audit
from calsvc.cli.error_messages import readable_errors
from calsvc.people.accounts import Account, Accounts, Role, normalize_name
from calsvc.people.audit import Action
from calsvc.people.session_files import SessionFiles
from calsvc.settings import load_settings

ROLES = [account.value for account in Role]
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
    account_name = normalize_name(name)
    with readable_errors():
        settings = load_settings(os.environ)
        folder = settings.state_folder
        password_hash = "" if no_password else _new_hash(account_name, password)
        Accounts(folder).add(Account(account_name, Role(role), password_hash))
        write_audit(settings, Action.ACCOUNT_ADDED, {"of": account_name, "role": role})
    click.echo(f"{account_name} may sign in as {role}.")


@staff.command("list")
def list_people() -> None:
    """List names and roles."""
    with readable_errors():
        folder = load_settings(os.environ).state_folder
        for account in Accounts(folder).all().values():
            click.echo(f"{account.role:8} {account.name}")


@staff.command("password")
@click.argument("name")
@password_option
def set_password(name: str, password: str | None) -> None:
    """Set a new password. It ends the sessions of that person."""
    account_name = normalize_name(name)
    with readable_errors():
        settings = load_settings(os.environ)
        folder = settings.state_folder
        Accounts(folder).set_password(account_name, _new_hash(account_name, password))
        ended = SessionFiles(folder).end_all_of(account_name)
        write_audit(settings, Action.PASSWORD_SET, {"of": account_name})
    click.echo(f"{account_name} has a new password. Sessions ended: {ended}.")


@staff.command()
@click.argument("name")
def remove(name: str) -> None:
    """Remove a person. It ends the sessions of that person."""
    account_name = normalize_name(name)
    with readable_errors():
        settings = load_settings(os.environ)
        folder = settings.state_folder
        Accounts(folder).remove(account_name)
        ended = SessionFiles(folder).end_all_of(account_name)
        write_audit(settings, Action.ACCOUNT_REMOVED, {"of": account_name})
    click.echo(f"{account_name} may sign in no more. Sessions ended: {ended}.")


def _new_hash(name: str, password: str | None) -> str:
    """Return the hash of a password that is neither short nor weak. Prompt for it if it is None."""
    if password is None:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    if not passwords.MIN_PASSWORD_LENGTH <= len(password) <= passwords.MAX_PASSWORD_LENGTH:
        raise click.ClickException(
            f"A password has at least {passwords.MIN_PASSWORD_LENGTH} characters."
        )
    if passwords.is_weak_password(password, name):
        raise click.ClickException("This password is found by few guesses. Choose another.")
    return passwords.hash_password(password)
