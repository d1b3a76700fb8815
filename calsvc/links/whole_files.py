"""Writes files that other processes read at any moment, whole or not at all."""

import fcntl
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

Signature = tuple[int, int, int, int]


def at_home(path: str) -> Path:
    """Return ``path``, whose ``~`` stands for the user's home."""
    try:
        return Path(path).expanduser()
    except RuntimeError:  # a user without a home has no such file there
        return Path(path)


def sign(path: Path) -> Signature | None:
    """Return what differs once the file is replaced or changed, or None without a file."""
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


@contextmanager
def drafted(path: Path, text: str) -> Iterator[Path]:
    """Yield a file beside ``path`` that holds ``text`` on the disk, to be renamed to ``path``.

    Only its owner may read it. It is removed unless it was renamed. Raises ``OSError``.
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
    """Write the names in ``folder`` to the disk, because a rename alone may be lost."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def locked(path: Path) -> Iterator[os.stat_result]:
    """Lock the file ``path`` against other processes that call this; yields its status.

    Another process may have replaced the file while this one waited. Then the new one is locked.
    Raises ``OSError``.
    """
    while True:
        with path.open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            found = os.fstat(file.fileno())
            if os.path.samestat(found, path.stat()):
                yield found
                return


def create_text(path: Path, text: str, mode: int) -> None:
    """Make the file ``path`` with ``mode``, unless there is one. Raises ``OSError``.

    It has its content from the first moment on, because a link to the draft is made.
    """
    if path.exists():
        return
    with drafted(path, text) as draft, suppress(FileExistsError):
        draft.chmod(mode)
        path.hardlink_to(draft)


def replace_text(path: Path, text: str, found: os.stat_result) -> None:
    """Replace the locked file ``path``, and keep its owner and mode. Raises ``OSError``.

    ``found``: as `locked` yields it.
    """
    with drafted(path, text) as draft:
        os.chown(draft, found.st_uid, found.st_gid)
        draft.chmod(stat.S_IMODE(found.st_mode))
        draft.replace(path)
