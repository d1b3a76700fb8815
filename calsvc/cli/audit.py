"""Writes down in the audit log what is done on the command line."""

import getpass
from collections.abc import Mapping

import click

from calsvc.people.audit import Act, AuditLog, ParamValue
from calsvc.settings import Settings


def write_audit(settings: Settings, act: Act, params: Mapping[str, ParamValue]) -> None:
    """Append a line that names the user of the system. Raises `click.ClickException`."""
    who = f"{getpass.getuser()} (command line)"
    try:
        AuditLog(settings.state_folder).write(act, who, "", params)
    except OSError as error:
        raise click.ClickException(
            f"Done, but the audit log in CALSVC_STATE_DIR took no word of it: {error.strerror}."
        ) from None
