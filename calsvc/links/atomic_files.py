"""Creates and replaces files atomically, because other processes may read them at any time."""

import fcntl
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

Signature = tuple[int, int, int, int]


def expand_home(path: str) -> Path:
    """Return ``path`` with its ``~`` expanded to the user's home."""
    try:
        return Path(path).expanduser()
    except RuntimeError:  # The user has no home, so the file does not exist there.
        return Path(path)


def file_signature(path: Path) -> Signature | None:
    """Return a value that differs after any change of the file, or None if there is no file."""
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


@contextmanager
def temporary_draft(path: Path, text: str) -> Iterator[Path]:
    """Yield a temporary file in the folder of ``path`` with ``text``, to be renamed to ``path``.

    It is synced to the disk. Only its owner may read it. It is removed unless it was renamed.
    Raises ``OSError``.
    """
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(descriptor)
        yield Path(name)
        sync_folder(path.parent)
    finally:
        Path(name).unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Sync the names in ``folder`` to the disk, because a power cut could undo a rename."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def lock_file(path: Path) -> Iterator[os.stat_result]:
    """Lock the file ``path`` against other processes that call this. Yields its status.

    Raises ``OSError``.
    """
    while True:
        with path.open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            status = os.fstat(file.fileno())
            # Another process may have replaced the file while this one waited. Lock the new one.
            if os.path.samestat(status, path.stat()):
                yield status
                return


def create_file(path: Path, text: str, mode: int) -> None:
    """Create the file ``path`` with ``text`` and ``mode`` if there is none. Raises ``OSError``."""
    if path.exists():
        return
    # A hard link to the complete draft: other processes never see an empty file.
    with temporary_draft(path, text) as draft, suppress(FileExistsError):
        draft.chmod(mode)
        path.hardlink_to(draft)


def replace_file(path: Path, text: str, status: os.stat_result) -> None:
    """Replace the locked file ``path``, with the owner and mode of ``status``. Raises ``OSError``.

    ``status``: the value that `lock_file` yields.
    """
    with temporary_draft(path, text) as draft:
        os.chown(draft, status.st_uid, status.st_gid)
        draft.chmod(stat.S_IMODE(status.st_mode))
        draft.replace(path)
