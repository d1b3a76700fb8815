"""One table that staff have sent, and how far the work on it is.

While a process works on a job, it holds a lock on a file there, which ends with it in any way. So
work that broke off is known to have failed, even where a full disk takes no word of it.
"""

import fcntl
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from secrets import token_hex

from calsvc.bulk.choices import NO_CHOICES, Choices, parse_choices
from calsvc.clock import JAPAN
from calsvc.people.audit import compute_table_digest

NEW, CHECKING, CHECKED, REFUSED = "new", "checking", "checked", "refused"
WORKING, DONE, FAILED = "working", "done", "failed"
STATES = (NEW, CHECKING, CHECKED, REFUSED, WORKING, DONE, FAILED)
SHEET, ENCODING, COLUMNS = "sheet", "encoding", "columns"
CHOSEN = (SHEET, ENCODING, COLUMNS)
UNDER_WAY = (CHECKING, WORKING)
"""States in which a process is at work."""
OF_FAILED = {"id", "digest", "attended", "lock", "status.json"}
"""The files of a job that failed; all others only take room."""


@dataclass(frozen=True)
class Status:
    """How far a job is. ``expected``: rows, about, or 0; ``lines``: what to say at the end.

    ``suffix``: that of the table of faulty rows. ``waits_for``: what the clerk must choose, of
    `CHOSEN`, or ''.
    """

    state: str = NEW
    rows: int = 0
    expected: int = 0
    lines: tuple[str, ...] = ()
    formats: tuple[str, ...] = field(default=())
    suffix: str = ""
    waits_for: str = ""

    @property
    def key(self) -> str:
        """The message key for the state, without ``staff``."""
        return f"state.{self.state}.{self.waits_for}".removesuffix(".")


@dataclass(frozen=True)
class Job:
    """A table that was sent, and what is made of it."""

    id: str
    folder: Path

    @property
    def table(self) -> Path:
        """The file that was sent."""
        return self.folder / "table"

    @property
    def result(self) -> Path:
        """The ZIP file, once it is done."""
        return self.folder / "result.zip"

    @property
    def faulty(self) -> Path:
        """The table of all faulty rows, once it is checked; `Status.suffix` is its form."""
        return self.folder / "faulty"

    @property
    def preview(self) -> Path:
        """What the clerk is shown before anything is made, as JSON."""
        return self.folder / "preview.json"

    @property
    def digest(self) -> str:
        """What tells the table from others in the audit log, or ''; see `note_digest`."""
        path = self.folder / "digest"
        return path.read_text(encoding="ascii") if path.is_file() else ""

    def note_digest(self, key: bytes) -> None:
        """Store the digest of the table, made with ``key``; see `compute_table_digest`."""
        with self.table.open("rb") as file:
            digest = compute_table_digest(file, key)
        (self.folder / "digest").write_text(digest, encoding="ascii")

    @property
    def choices(self) -> Choices:
        """What the clerk has chosen about the table."""
        try:
            return parse_choices(json.loads((self.folder / "choices.json").read_bytes()))
        except FileNotFoundError:
            return NO_CHOICES

    def choose(self, choices: Choices) -> None:
        """Write down what the clerk has chosen. Raises ``OSError``."""
        self._write("choices", choices.to_json())

    @property
    def begun(self) -> datetime:
        """When the table was sent."""
        return datetime.fromtimestamp((self.folder / "id").stat().st_mtime, JAPAN)

    @property
    def status(self) -> Status:
        """How far it is. It has failed if nothing works on it any more though it is under way."""
        status = self._written_status()
        if status.state in UNDER_WAY and not self._is_held():
            status = self._written_status()  # the process may have ended well between the two
            if status.state in UNDER_WAY:
                return replace(status, state=FAILED)
        return status

    def _written_status(self) -> Status:
        try:
            found = json.loads((self.folder / "status.json").read_bytes())
        except FileNotFoundError:
            return Status()
        lines, formats = tuple(found.pop("lines")), tuple(found.pop("formats"))
        return Status(**found, lines=lines, formats=formats)

    def _is_held(self) -> bool:
        """True while the process lives that inherited the lock of `under_way`."""
        try:
            with self._lock.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except FileNotFoundError:
            return False
        return False

    @property
    def _lock(self) -> Path:
        return self.folder / "lock"

    @contextmanager
    def under_way(self, status: Status) -> Iterator[int]:
        """Yield a descriptor whose holder works on it, and write down ``status``.

        Raises ``OSError``. Then it is as before, or has failed.
        """
        new = self.folder / f"lock-{token_hex(8)}"  # nobody else waits for it or tries it
        with new.open("wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            new.replace(self._lock)
            self.tell(status)
            yield file.fileno()

    def tell(self, status: Status) -> None:
        """Write down how far it is. Raises ``OSError`` where the job has been removed."""
        self._write("status", json.dumps(asdict(status)))

    def _write(self, name: str, text: str) -> None:
        new = self.folder / f"{name}.new"
        new.write_text(text, encoding="utf-8")
        new.replace(self.folder / f"{name}.json")

    def claim(self) -> bool:
        """Whether the caller is the first who wants to work on it."""
        try:
            (self.folder / "claimed").touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    def unclaim(self) -> None:
        """Let another work on it, because the caller cannot."""
        (self.folder / "claimed").unlink(missing_ok=True)

    def discard_work(self) -> None:
        """Remove all files that a job which failed has no use for."""
        for path in self.folder.iterdir():
            if path.name not in OF_FAILED:
                path.unlink(missing_ok=True)

    def attend(self) -> None:
        """Note that somebody has asked about it."""
        (self.folder / "attended").touch()

    def remove(self) -> None:
        """Remove all of it at once, whoever is still at work on it."""
        remove_folder(self.folder)


def remove_folder(folder: Path) -> None:
    """Rename first: whoever is still writing into the folder finds it no more."""
    doomed = folder.with_name(f".removed.{token_hex(8)}")
    with suppress(FileNotFoundError):
        folder.rename(doomed)
        shutil.rmtree(doomed, ignore_errors=True)


def said(status: Status) -> Mapping[str, str | int]:
    """What a script is told of ``status``."""
    return {"state": status.state, "rows": status.rows, "expected": status.expected}
