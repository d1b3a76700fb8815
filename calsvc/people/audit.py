"""Writes the audit log: one JSON line for each action of staff, without any cell of a table.

Each machine appends to its own file for each month. Two machines that append to one file on a
shared disk may lose lines.
"""

import hashlib
import json
import socket
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

from calsvc.links.atomic_files import append_line, create_private_folder

AUDIT_FOLDER = "audit"
Detail = str | int | Sequence[str]
NO_DETAILS: Mapping[str, Detail] = MappingProxyType({})
DIGEST_PURPOSE = b"calsvc audit"
"""Purpose of the key of `compute_table_digest`, which is derived from the sealing key."""
DIGEST_BYTES = 16
CHUNK_BYTES = 1 << 20


class Action(StrEnum):
    """An action of staff that the audit log records."""

    SIGN_IN = "sign_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGN_OUT = "sign_out"
    SESSION_ENDED = "session_ended"
    REFUSED = "refused"
    ONE_RESIDENT = "one_resident"
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
        create_private_folder(self._folder)
        append_line(self._folder / f"{now:%Y-%m}-{socket.gethostname()}.jsonl", line)


def compute_table_digest(table: BinaryIO, key: bytes) -> str:
    """Return a keyed digest that identifies ``table`` in the audit log.

    It has a key, so that a reader of the log cannot confirm a guess of the contents.
    """
    digest = hashlib.blake2b(key=key, digest_size=DIGEST_BYTES)
    while block := table.read(CHUNK_BYTES):
        digest.update(block)
    return digest.hexdigest()
