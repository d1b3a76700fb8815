"""Keeps who is signed in: a file for each session, in a folder that copies share.

A session lasts as long as its file. So one that was ended stays ended at every copy and after a
restart. A file is named by a digest of its session, so that no name of a file signs anybody in.
"""

import hashlib
import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from calsvc.links.whole_files import make_folder

FOLDER = "sessions"
MAX_IDLE_SECONDS = 30 * 60
"""A session in which nobody does anything for so long has ended."""
SECONDS_BETWEEN_TOUCHES = 30
"""The time of the last request is written down at most so often."""


@dataclass(frozen=True)
class SessionFile:
    """A session. ``begun``, ``used``: seconds since 1970. ``network``: where it was begun from."""

    id: str
    name: str
    network: str
    begun: float
    used: float


class SessionFiles:
    """The sessions that last."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        """``folder``: need not exist yet."""
        self._folder, self._clock = folder / FOLDER, clock

    def begin(self, session: str, name: str, network: str) -> None:
        """Write down that ``name`` has signed in. Raises ``OSError``."""
        make_folder(self._folder)
        content = {"name": name, "network": network, "begun": self._clock()}
        path = self._path(digest(session))
        new = path.with_suffix(".new")
        new.write_text(json.dumps(content), encoding="ascii")
        new.replace(path)

    def use(self, session: str) -> SessionFile | None:
        """Returns the session if it lasts, and notes that it was used. Raises ``OSError``."""
        found = self._read(digest(session)) if session else None
        if found and self._clock() - found.used > SECONDS_BETWEEN_TOUCHES:
            with suppress(FileNotFoundError):  # it is being ended
                os.utime(self._path(found.id), (self._clock(), self._clock()))
        return found

    def all(self) -> list[SessionFile]:
        """Returns all sessions that last, the newest first, and removes others."""
        found = [each for each in map(self._read, self._ids()) if each]
        return sorted(found, key=lambda each: each.begun, reverse=True)

    def end(self, id_: str) -> SessionFile | None:
        """End the session with the digest ``id_`` and return it, if there is one."""
        found = self._read(id_) if id_ in self._ids() else None
        if found:
            self._path(id_).unlink(missing_ok=True)
        return found

    def end_of(self, name: str) -> int:
        """End all sessions of a person and return how many there were."""
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


def digest(session: str) -> str:
    """Returns the name under which ``session`` is kept."""
    return hashlib.blake2b(session.encode(), digest_size=20, person=b"calsvc session").hexdigest()
