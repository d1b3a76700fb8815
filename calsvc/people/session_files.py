"""Stores the sessions of staff: a file for each session, in a folder that copies share.

A session is valid as long as its file exists. So a session that was ended is ended at all copies,
and after a restart. The file name is a digest, so that it cannot be used to sign in.
"""

import hashlib
import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from calsvc.links.atomic_files import create_private_folder

SESSIONS_FOLDER = "sessions"
MAX_IDLE_SECONDS = 30 * 60
"""Seconds without a request after which a session ends."""
TOUCH_INTERVAL_SECONDS = 30
"""Minimum time between two updates of the modification time of a session file."""


@dataclass(frozen=True)
class SessionFile:
    """A session of a person ``name``. ``network``: the network of the client.

    ``begun`` and ``used``: the times of the sign-in and of the last request, in Unix seconds.
    """

    id: str
    name: str
    network: str
    begun: float
    used: float


class SessionFiles:
    """The valid sessions of all copies of the service."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        """Use ``folder``, which need not exist yet."""
        self._folder, self._clock = folder / SESSIONS_FOLDER, clock

    def start(self, session: str, name: str, network: str) -> None:
        """Store a new session of the person ``name``. Raises ``OSError``."""
        create_private_folder(self._folder)
        content = {"name": name, "network": network, "begun": self._clock()}
        path = self._path(compute_public_id(session))
        new = path.with_suffix(".new")
        new.write_text(json.dumps(content), encoding="ascii")
        new.replace(path)

    def find_and_touch(self, session: str) -> SessionFile | None:
        """Return the session if it is valid, and record the time of this request.

        Raises ``OSError``.
        """
        file = self._read(compute_public_id(session)) if session else None
        if file and self._clock() - file.used > TOUCH_INTERVAL_SECONDS:
            with suppress(FileNotFoundError):  # Another process has just ended it.
                os.utime(self._path(file.id), (self._clock(), self._clock()))
        return file

    def all(self) -> list[SessionFile]:
        """Return all valid sessions, newest first, and remove the others."""
        files = [each for each in map(self._read, self._ids()) if each]
        return sorted(files, key=lambda each: each.begun, reverse=True)

    def end(self, id_: str) -> SessionFile | None:
        """End the session with the public id ``id_``. Return it, or None if there is none."""
        # An id from a client must be in `_ids`. Otherwise it could be a path outside the folder.
        file = self._read(id_) if id_ in self._ids() else None
        if file:
            self._path(id_).unlink(missing_ok=True)
        return file

    def end_all_of(self, name: str) -> int:
        """End all sessions of the person ``name`` and return their number."""
        return sum(bool(self.end(each.id)) for each in self.all() if each.name == name)

    def _ids(self) -> set[str]:
        return {each.stem for each in self._folder.glob("*.json")}

    def _path(self, id_: str) -> Path:
        return self._folder / f"{id_}.json"

    def _read(self, id_: str) -> SessionFile | None:
        path = self._path(id_)
        try:
            used = path.stat().st_mtime
            content = json.loads(path.read_text(encoding="ascii"))
        except (FileNotFoundError, NotADirectoryError):
            return None
        if self._clock() - used > MAX_IDLE_SECONDS:
            path.unlink(missing_ok=True)
            return None
        return SessionFile(id=id_, used=used, **content)


def compute_public_id(secret: str) -> str:
    """Return a digest of ``secret`` for names of files. It cannot be used to sign in."""
    return hashlib.blake2b(secret.encode(), digest_size=20, person=b"calsvc session").hexdigest()
