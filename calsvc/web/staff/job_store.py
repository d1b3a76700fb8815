"""Stores uploaded tables, each in a temporary folder of its own.

All worker processes share one folder. Each has a subfolder there with the folders of its jobs, and
holds a lock on it until it ends. So every worker finds every job. The files of a dead worker are
deleted by the next worker that calls `JobStore.sweep`.

The folder of a job is named by digests of its session and its id. Both are needed to find it.
"""

import hashlib
import os
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from secrets import token_hex, token_urlsafe

from filelock import FileLock, Timeout

from calsvc.errors import CalsvcError
from calsvc.links.atomic_files import PRIVATE_DIR_MODE
from calsvc.people.session_files import compute_public_id
from calsvc.web.staff.job import FAILED, IN_PROGRESS, Job, remove_folder

MAX_JOBS_OF_SESSION = 2
"""The maximum for one session. The total is limited only by the disk."""
RETENTION_SECONDS = 30 * 60
"""Seconds after its last use after which a table or a result is removed."""
ABANDONED_SECONDS = 5 * 60
"""A running job is stopped if its page was not requested for this many seconds."""
ID_BYTES = 24


class TooManyJobsError(CalsvcError):
    """The disk has no room for another table."""


class TooManySessionJobsError(CalsvcError):
    """The session has the maximum number of tables."""


class JobStore:
    """The jobs of this service on this machine."""

    def __init__(self, secret: bytes, parent_dir: Path | None = None) -> None:
        """Name the folder by ``secret``, which is the same for all workers and after key rotation.

        ``parent_dir``: the parent folder, by default the system's for temporary files.
        """
        name = hashlib.blake2b(secret, digest_size=10, person=b"calsvc staff").hexdigest()
        self.root = (parent_dir or Path(tempfile.gettempdir())) / f"calsvc-staff-{name}"
        self._own_folder = self.root / f"worker-{token_hex(8)}"
        self._lock = FileLock(self._own_folder.with_suffix(".lock"), thread_local=False)

    def new(self, session: str, needed: int = 0) -> Job:
        """Create an empty job. ``needed``: bytes that must be free on the disk.

        Raises `TooManyJobsError`, `TooManySessionJobsError`, ``OSError``.
        """
        self.sweep(time.time())
        if len(self.of(session)) >= MAX_JOBS_OF_SESSION:
            raise TooManySessionJobsError
        self._make_own_folder()
        if shutil.disk_usage(self.root).free < needed:
            raise TooManyJobsError
        job = Job(name := token_urlsafe(ID_BYTES), self._own_folder / _folder_name(session, name))
        job.folder.mkdir(mode=PRIVATE_DIR_MODE)
        try:
            (job.folder / "id").write_text(name, encoding="utf-8")
            job.record_request()
        except OSError:
            job.remove()
            raise
        return job

    def folders(self) -> list[Path]:
        """Return the folders of the jobs of all sessions and all worker processes."""
        return [each for each in self.root.glob("worker-*/*-*") if each.is_dir()]

    def of(self, session: str) -> list[Job]:
        """Return the jobs of ``session``, the oldest first."""
        jobs = []
        for path in self.root.glob(f"worker-*/{compute_public_id(session)}-*/id"):
            with suppress(FileNotFoundError):  # it is being removed
                job = Job(path.read_text(encoding="utf-8"), path.parent)
                jobs.append((job.begun, job))
        return [job for _, job in sorted(jobs, key=lambda pair: pair[0])]

    def bytes_on_disk(self) -> int:
        """Return the size of all files of all jobs."""
        sizes = []
        for path in self.root.rglob("*"):
            with suppress(OSError):  # it is being removed
                sizes.append(path.stat().st_size if path.is_file() else 0)
        return sum(sizes)

    def find(self, session: str, id_: str) -> Job | None:
        """Return the job ``id_`` of ``session``, or None if there is none."""
        folder = next(self.root.glob(f"worker-*/{_folder_name(session, id_)}"), None)
        return Job(id_, folder) if folder else None

    def sweep(self, now: float) -> None:
        """Remove expired jobs, the work of failed ones, and the folders of dead workers."""
        for worker in self.root.glob("worker-*/"):
            if worker != self._own_folder:
                _remove_if_orphaned(worker)
        for job in (Job("", folder) for folder in self.folders()):
            if _is_expired(job, now):
                job.remove()
            elif _has_failed(job):
                with suppress(OSError):  # another worker removes it
                    job.discard_work()

    def end(self, public_id: str) -> None:
        """Remove all jobs of the session with ``public_id``; see `compute_public_id`."""
        for folder in self.root.glob(f"worker-*/{public_id}-*"):
            remove_folder(folder)

    def close(self) -> None:
        """Remove the folder of this worker."""
        if self._lock.is_locked:
            remove_folder(self._own_folder)
            self._lock.release()
            Path(self._lock.lock_file).unlink(missing_ok=True)
        if not any(self.root.glob("worker-*/")):
            shutil.rmtree(self.root, ignore_errors=True)

    def _make_own_folder(self) -> None:
        if self._own_folder.is_dir():
            return
        self.root.mkdir(mode=PRIVATE_DIR_MODE, exist_ok=True)
        _require_private(self.root)
        self._lock.acquire(timeout=0)
        self._own_folder.mkdir(mode=PRIVATE_DIR_MODE)


def _folder_name(session: str, id_: str) -> str:
    return f"{compute_public_id(session)}-{compute_public_id(id_)}"


def _require_private(root: Path) -> None:
    """Raise ``PermissionError`` unless the folder is private. All users may write to /tmp."""
    status = root.lstat()
    if root.is_symlink() or status.st_uid != os.getuid() or status.st_mode & 0o077:
        raise PermissionError


def _is_expired(job: Job, now: float) -> bool:
    try:
        working = job.status.state in IN_PROGRESS
        return _last_used(job.folder) < now - (ABANDONED_SECONDS if working else RETENTION_SECONDS)
    except (OSError, ValueError):  # another worker has removed it
        return False


def _has_failed(job: Job) -> bool:
    try:
        return job.status.state == FAILED
    except (OSError, ValueError):  # another worker has removed it
        return False


def _last_used(folder: Path) -> float:
    """Return the time of the last request for the job, or of its result if that is later."""
    names = (
        ("attended",)
        if Job("", folder).status.state in IN_PROGRESS
        else ("attended", "status.json")
    )
    paths = [folder / name for name in names]
    return max(
        [path.stat().st_mtime for path in paths if path.exists()] or [folder.stat().st_mtime]
    )


def _remove_if_orphaned(worker: Path) -> None:
    lock = FileLock(worker.with_suffix(".lock"))
    with suppress(Timeout):
        lock.acquire(timeout=0)
        remove_folder(worker)
        lock.release()
        Path(lock.lock_file).unlink(missing_ok=True)
