"""Writes down who did what: a JSON line for each act, with no cell of any table.

Each machine appends to a file of its own for each month, because appending from two machines to
one file of a shared disk may lose lines.
"""

import json
import os
import socket
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

FOLDER = "audit"
OWNER_ONLY, OWNER_READS_AND_WRITES = 0o700, 0o600
ParamValue = str | int | Sequence[str]
NO_FACTS: Mapping[str, ParamValue] = MappingProxyType({})


class Act(StrEnum):
    """What is written down."""

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
    """The files of one folder."""

    def __init__(
        self, folder: Path, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        """``folder``: need not exist yet."""
        self._folder, self._clock = folder / FOLDER, clock

    def write(
        self, act: Act, who: str, network: str, details: Mapping[str, ParamValue] = NO_FACTS
    ) -> None:
        """Append a line to the disk. ``who``: a name, or '' if unknown. Raises ``OSError``."""
        now = self._clock()
        head = {"when": now.isoformat(timespec="seconds"), "act": act, "who": who}
        line = json.dumps({**head, "network": network, **details}, ensure_ascii=False) + "\n"
        self._folder.mkdir(mode=OWNER_ONLY, parents=True, exist_ok=True)
        path = self._folder / f"{now:%Y-%m}-{socket.gethostname()}.jsonl"
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        descriptor = os.open(path, flags, OWNER_READS_AND_WRITES)
        try:
            os.write(descriptor, line.encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
