"""Tables that staff have sent: each in a folder of its own, which goes away again.

Every worker process has a folder under one that all of them know, and keeps a lock on it for as
long as it lives; in it, each job has a folder. So any worker finds any job, and what a worker
leaves behind, even one that was killed, is removed by the next that looks.

A job's folder is named by digests of its session and its own id: nobody finds it with one alone.
"""

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from secrets import token_hex, token_urlsafe

from filelock import FileLock, Timeout

from calsvc.bulk.choices import AS_FOUND, Choices, choices_of
from calsvc.clock import JAPAN
from calsvc.errors import CalsvcError
from calsvc.web.staff.sessions import LASTS

MAX_JOBS_OF_SESSION = 2
"""Tables that one clerk may have here at once; how many there are of all, the disk decides."""
KEPT = 30 * 60
"""Seconds that a table or a result is kept after it was last worked on or asked for."""
UNATTENDED = 5 * 60
"""Seconds after which work stops that nobody has asked about: whoever wanted it has gone."""
OWNER_ONLY, OWNER_READS_AND_WRITES = 0o700, 0o600
ID_BYTES = 24
NEW, CHECKING, CHECKED, REFUSED = "new", "checking", "checked", "refused"
WORKING, DONE, FAILED = "working", "done", "failed"
STATES = (NEW, CHECKING, CHECKED, REFUSED, WORKING, DONE, FAILED)
UNDER_WAY = (CHECKING, WORKING)
"""States in which a process is at work."""


class TooManyJobsError(CalsvcError):
    """There is no room on the disk for another table now."""


class TooManyOwnJobsError(CalsvcError):
    """The session has as many tables as one may have."""


@dataclass(frozen=True)
class Status:
    """How far a job is. ``expected``: rows, about, or 0; ``lines``: what to say at the end.

    ``suffix``: that of the table of faulty rows.
    """

    state: str = NEW
    rows: int = 0
    expected: int = 0
    lines: tuple[str, ...] = ()
    formats: tuple[str, ...] = field(default=())
    suffix: str = ""


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
    def choices(self) -> Choices:
        """What the clerk has chosen about the table."""
        try:
            return choices_of(json.loads((self.folder / "choices.json").read_bytes()))
        except FileNotFoundError:
            return AS_FOUND

    def choose(self, choices: Choices) -> None:
        """Write down what the clerk has chosen. Raises ``OSError``."""
        self._write("choices", choices.text())

    @property
    def begun(self) -> datetime:
        """When the table was sent."""
        return datetime.fromtimestamp((self.folder / "id").stat().st_mtime, JAPAN)

    @property
    def status(self) -> Status:
        """How far it is."""
        try:
            found = json.loads((self.folder / "status.json").read_bytes())
        except FileNotFoundError:
            return Status()
        lines, formats = tuple(found.pop("lines")), tuple(found.pop("formats"))
        return Status(**found, lines=lines, formats=formats)

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

    def attend(self) -> None:
        """Note that somebody has asked about it."""
        (self.folder / "attended").touch()

    def remove(self) -> None:
        """Remove all of it at once, whoever is still at work on it."""
        _remove(self.folder)


class Jobs:
    """All jobs of this service on this machine."""

    def __init__(self, secret: bytes, place: Path | None = None) -> None:
        """``secret``: names the folder, the same for all workers and after a rotation of keys.

        ``place``: for temporary files, else the system's.
        """
        name = hashlib.blake2b(secret, digest_size=10, person=b"calsvc staff").hexdigest()
        self.root = (place or Path(tempfile.gettempdir())) / f"calsvc-staff-{name}"
        self._own = self.root / f"worker-{token_hex(8)}"
        self._lock = FileLock(self._own.with_suffix(".lock"), thread_local=False)

    def new(self, session: str, needed: int = 0) -> Job:
        """An empty job; ``needed``: bytes that must be free on the disk.

        Raises `TooManyJobsError`, `TooManyOwnJobsError`, ``OSError``.
        """
        self.sweep(time.time())
        if len(self.of(session)) >= MAX_JOBS_OF_SESSION:
            raise TooManyOwnJobsError
        self._make_own()
        if shutil.disk_usage(self.root).free < needed:
            raise TooManyJobsError
        job = Job(name := token_urlsafe(ID_BYTES), self._own / _name(session, name))
        job.folder.mkdir(mode=OWNER_ONLY)
        (job.folder / "id").write_text(name, encoding="utf-8")
        job.attend()
        return job

    def folders(self) -> list[Path]:
        """Return the folders of the jobs of all sessions and all worker processes."""
        return [each for each in self.root.glob("worker-*/*-*") if each.is_dir()]

    def of(self, session: str) -> list[Job]:
        """Return the jobs of ``session``, the oldest first."""
        found = []
        for path in self.root.glob(f"worker-*/{_digest(session)}-*/id"):
            with suppress(FileNotFoundError):  # it is being removed
                job = Job(path.read_text(encoding="utf-8"), path.parent)
                found.append((job.begun, job))
        return [job for _, job in sorted(found, key=lambda each: each[0])]

    def find(self, session: str, id_: str) -> Job | None:
        """The job ``id_`` of ``session``, if it is still there."""
        found = next(self.root.glob(f"worker-*/{_name(session, id_)}"), None)
        return Job(id_, found) if found else None

    def sweep(self, now: float) -> None:
        """Remove what is past its time, and what workers have left that live no more."""
        for worker in self.root.glob("worker-*/"):
            if worker != self._own:
                _remove_if_left(worker)
        for folder in self.folders():
            if _is_over(Job("", folder), now):
                _remove(folder)
        for mark in self.root.glob("ended-*"):
            with suppress(FileNotFoundError):
                if mark.stat().st_mtime < now - LASTS:
                    mark.unlink()

    def end(self, session: str) -> None:
        """Remove all jobs of ``session``, and remember that it is over as long as workers live."""
        self._make_own()
        self._mark(session).touch(OWNER_READS_AND_WRITES)
        for folder in self.root.glob(f"worker-*/{_digest(session)}-*"):
            _remove(folder)

    def has_ended(self, session: str) -> bool:
        """Whether ``session`` has ended before its time, at any worker."""
        return self._mark(session).exists()

    def _mark(self, session: str) -> Path:
        return self.root / f"ended-{_digest(session)}"

    def close(self) -> None:
        """Remove all that this worker has kept."""
        if self._lock.is_locked:
            _remove(self._own)
            self._lock.release()
            Path(self._lock.lock_file).unlink(missing_ok=True)
        if not any(self.root.glob("worker-*/")):
            shutil.rmtree(self.root, ignore_errors=True)

    def _make_own(self) -> None:
        if self._own.is_dir():
            return
        self.root.mkdir(mode=OWNER_ONLY, exist_ok=True)
        _refuse_strangers(self.root)
        self._lock.acquire(timeout=0)
        self._own.mkdir(mode=OWNER_ONLY)


def _name(session: str, id_: str) -> str:
    return f"{_digest(session)}-{_digest(id_)}"


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=20).hexdigest()


def _refuse_strangers(root: Path) -> None:
    """Raise ``PermissionError`` where the folder is not this user's alone: /tmp is everybody's."""
    found = root.lstat()
    if root.is_symlink() or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise PermissionError


def _is_over(job: Job, now: float) -> bool:
    try:
        working = job.status.state in UNDER_WAY
        return _last_used(job.folder) < now - (UNATTENDED if working else KEPT)
    except (OSError, ValueError):  # removed meanwhile by another worker
        return False


def _last_used(folder: Path) -> float:
    """When somebody last asked about the job; for a result also when it was done."""
    names = (
        ("attended",) if Job("", folder).status.state in UNDER_WAY else ("attended", "status.json")
    )
    paths = [folder / name for name in names]
    return max(
        [path.stat().st_mtime for path in paths if path.exists()] or [folder.stat().st_mtime]
    )


def _remove_if_left(worker: Path) -> None:
    lock = FileLock(worker.with_suffix(".lock"))
    with suppress(Timeout):
        lock.acquire(timeout=0)
        _remove(worker)
        lock.release()
        Path(lock.lock_file).unlink(missing_ok=True)


def _remove(folder: Path) -> None:
    """Rename first: whoever is still writing into the folder finds it no more."""
    doomed = folder.with_name(f".removed.{token_hex(8)}")
    with suppress(FileNotFoundError):
        folder.rename(doomed)
        shutil.rmtree(doomed, ignore_errors=True)


def said(status: Status) -> Mapping[str, str | int]:
    """What a script is told of ``status``."""
    return {"state": status.state, "rows": status.rows, "expected": status.expected}
