"""Writes the audit log: one JSON line for each action of staff, without any cell of a table.

Each machine appends to its own file for each month. Two machines that append to one file on a
shared disk may lose lines.
"""

import json
import os
import socket
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

AUDIT_FOLDER = "audit"
PRIVATE_DIR_MODE, PRIVATE_FILE_MODE = 0o700, 0o600
Detail = str | int | Sequence[str]
NO_DETAILS: Mapping[str, Detail] = MappingProxyType({})


class Action(StrEnum):
    """An action of staff that the audit log records."""

    SIGN_IN = "sign_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGN_OUT = "sign_out"
    SESSION_ENDED = "session_ended"
    REFUSED = "refused"
    UPLOAD = "upload"
    RUN = "run"
    DOWNLOAD = "download"
    LINKS_ENDED = "links_ended"
    ACCOUNT_ADDED = "account_added"
    ACCOUNT_REMOVED = "account_removed"
    PASSWORD_SET = "password_set"  # noqa: S105 - no password


class AuditLog:
    """The audit log in one folder."""

    def __init__(
        self, folder: Path, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        """Use ``folder``, which need not exist yet."""
        self._folder, self._clock = folder / AUDIT_FOLDER, clock

    def write(
        self, action: Action, who: str, network: str, details: Mapping[str, Detail] = NO_DETAILS
    ) -> None:
        """Append a line and sync it to the disk. Raises ``OSError``.

        ``who``: the name of the account, or '' if unknown. ``network``: the network of the client.
        """
        now = self._clock()
        head = {"when": now.isoformat(timespec="seconds"), "act": action, "who": who}
        line = json.dumps({**head, "network": network, **details}, ensure_ascii=False) + "\n"
        self._folder.mkdir(mode=PRIVATE_DIR_MODE, parents=True, exist_ok=True)
        path = self._folder / f"{now:%Y-%m}-{socket.gethostname()}.jsonl"
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        descriptor = os.open(path, flags, PRIVATE_FILE_MODE)
        try:
            os.write(descriptor, line.encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
