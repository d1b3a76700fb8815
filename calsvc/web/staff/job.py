"""An uploaded table with its files and its status.

A process that works on a job holds a lock on a file in its folder until it ends. So interrupted
work is recognised as failed, even if a full disk prevents writing the status.
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
from calsvc.web.staff.run_choices import NO_RUN_CHOICES, RunChoices, run_choices_from_json

NEW, CHECKING, CHECKED, REFUSED = "new", "checking", "checked", "refused"
WORKING, DONE, FAILED = "working", "done", "failed"
SHEET, ENCODING, COLUMNS = "sheet", "encoding", "columns"
IN_PROGRESS = (CHECKING, WORKING)
"""States in which a process works on the job."""
FILES_OF_FAILED = {"id", "digest", "attended", "lock", "status.json"}
"""The files that a failed job needs. The others are removed to free the disk."""


@dataclass(frozen=True)
class Status:
    """The status of a job. ``expected``: the estimated number of rows, or 0.

    ``lines``: messages for the clerk. ``suffix``: that of the table of faulty rows. ``waits_for``:
    `SHEET`, `ENCODING` or `COLUMNS` if the clerk must choose it, or ''.
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
        """The message key of the state, without its prefix ``staff``."""
        return f"state.{self.state}.{self.waits_for}".removesuffix(".")


@dataclass(frozen=True)
class Job:
    """An uploaded table, and the files that are made from it."""

    id: str
    folder: Path

    @property
    def table(self) -> Path:
        """The uploaded file."""
        return self.folder / "table"

    @property
    def result(self) -> Path:
        """The ZIP file. It exists once the job is done."""
        return self.folder / "result.zip"

    @property
    def faulty(self) -> Path:
        """The table of all faulty rows, after the check. Its format is `Status.suffix`."""
        return self.folder / "faulty"

    @property
    def preview(self) -> Path:
        """The preview for the clerk, as JSON."""
        return self.folder / "preview.json"

    @property
    def digest(self) -> str:
        """The digest that identifies the table in the audit log, or ''. See `store_digest`."""
        path = self.folder / "digest"
        return path.read_text(encoding="ascii") if path.is_file() else ""

    def store_digest(self, key: bytes) -> None:
        """Store the digest of the table, made with ``key``; see `compute_table_digest`."""
        with self.table.open("rb") as file:
            digest = compute_table_digest(file, key)
        (self.folder / "digest").write_text(digest, encoding="ascii")

    @property
    def choices(self) -> Choices:
        """The choices of the clerk about the table."""
        try:
            return parse_choices(json.loads((self.folder / "choices.json").read_bytes()))
        except FileNotFoundError:
            return NO_CHOICES

    def save_choices(self, choices: Choices) -> None:
        """Save the choices of the clerk. Raises ``OSError``."""
        self._write("choices", choices.to_json())

    @property
    def run_choices(self) -> RunChoices:
        """The clerk's choices for the run."""
        try:
            return run_choices_from_json(json.loads((self.folder / "wanted.json").read_bytes()))
        except FileNotFoundError:
            return NO_RUN_CHOICES

    def save_run_choices(self, run_choices: RunChoices) -> None:
        """Save the clerk's choices for the run. Raises ``OSError``."""
        self._write("wanted", run_choices.to_json())

    @property
    def begun(self) -> datetime:
        """The time of the upload."""
        return datetime.fromtimestamp((self.folder / "id").stat().st_mtime, JAPAN)

    @property
    def status(self) -> Status:
        """The status. It is `FAILED` if the process ended without a final status."""
        status = self._written_status()
        if status.state in IN_PROGRESS and not self._is_locked():
            status = self._written_status()  # the process may have finished in between
            if status.state in IN_PROGRESS:
                return replace(status, state=FAILED)
        return status

    def _written_status(self) -> Status:
        try:
            fields = json.loads((self.folder / "status.json").read_bytes())
        except FileNotFoundError:
            return Status()
        lines, formats = tuple(fields.pop("lines")), tuple(fields.pop("formats"))
        return Status(**fields, lines=lines, formats=formats)

    def _is_locked(self) -> bool:
        """Return True until the process ends that inherited the lock of `hold_lock`."""
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
    def hold_lock(self, status: Status) -> Iterator[int]:
        """Save ``status``, and yield the descriptor of the lock that the process must inherit.

        Raises ``OSError``. Then the job is unchanged or has failed.
        """
        new = self.folder / f"lock-{token_hex(8)}"  # a new file, so no other process holds it
        with new.open("wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            new.replace(self._lock)
            self.save_status(status)
            yield file.fileno()

    def save_status(self, status: Status) -> None:
        """Save ``status``. Raises ``OSError`` if the job has been removed."""
        self._write("status", json.dumps(asdict(status)))

    def _write(self, name: str, text: str) -> None:
        new = self.folder / f"{name}.new"
        new.write_text(text, encoding="utf-8")
        new.replace(self.folder / f"{name}.json")

    def claim(self) -> bool:
        """Return True for the first caller only, so that the work starts once."""
        try:
            (self.folder / "claimed").touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    def unclaim(self) -> None:
        """Undo `claim`, because the work could not be started."""
        (self.folder / "claimed").unlink(missing_ok=True)

    def discard_work(self) -> None:
        """Remove all files that a failed job does not need."""
        for path in self.folder.iterdir():
            if path.name not in FILES_OF_FAILED:
                path.unlink(missing_ok=True)

    def record_request(self) -> None:
        """Record the time of a request for the job."""
        (self.folder / "attended").touch()

    def remove(self) -> None:
        """Remove all files of the job at once, even if a process still works on it."""
        remove_folder(self.folder)


def remove_folder(folder: Path) -> None:
    """Remove ``folder``. It is renamed first, so that no process can write to it any more."""
    doomed = folder.with_name(f".removed.{token_hex(8)}")
    with suppress(FileNotFoundError):
        folder.rename(doomed)
        shutil.rmtree(doomed, ignore_errors=True)


def status_json(status: Status) -> Mapping[str, str | int]:
    """Return ``status`` as JSON for the script of the page."""
    return {"state": status.state, "rows": status.rows, "expected": status.expected}
