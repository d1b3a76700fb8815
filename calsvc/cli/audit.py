"""Writes actions on the command line to the audit log."""

import getpass
from collections.abc import Mapping

import click

from calsvc.errors import CalsvcError
from calsvc.people.audit import Action, AuditLog, Detail
from calsvc.settings import Settings


class AuditError(CalsvcError):
    """The audit log cannot be written to."""

    def __init__(self, reason: str) -> None:
        """``reason``: the system's message."""
        super().__init__(reason)
        self.reason = reason


def write_audit(settings: Settings, action: Action, details: Mapping[str, Detail]) -> None:
    """Append a line with the user name of the operating system. Raises `click.ClickException`."""
    try:
        append(settings, action, details)
    except AuditError as error:
        raise click.ClickException(
            f"Done, but the audit log in CALSVC_STATE_DIR took no word of it: {error.reason}."
        ) from None


def append(settings: Settings, action: Action, details: Mapping[str, Detail]) -> None:
    """Append a line with the user name of the operating system. Raises `AuditError`."""
    who = f"{getpass.getuser()} (command line)"
    try:
        AuditLog(settings.state_folder).write(action, who, "", details)
    except OSError as error:
        raise AuditError(error.strerror or "") from None
