"""Creates and replaces files atomically, because other processes may read them at any time."""

import fcntl
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

Signature = tuple[int, int, int, int]
Owner = tuple[int, int]
"""The numbers of a user and a group."""
PRIVATE_DIR_MODE, PRIVATE_FILE_MODE = 0o700, 0o600


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
def temporary_draft(
    path: Path, text: str, mode: int = PRIVATE_FILE_MODE, owner: Owner | None = None
) -> Iterator[Path]:
    """Yield a temporary file in the folder of ``path`` with ``text``, to be renamed to ``path``.

    It is synced to the disk, and removed unless it was renamed. ``owner``: by default the owner of
    new files in that folder. Raises ``OSError``.
    """
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            if owner := owner or _owner_of_new_files(path.parent):
                os.fchown(descriptor, *owner)
            os.fchmod(descriptor, mode)
            os.fsync(descriptor)
        yield Path(name)
        sync_folder(path.parent)
    finally:
        Path(name).unlink(missing_ok=True)


def _owner_of_new_files(folder: Path) -> Owner | None:
    """Return the owner of ``folder`` if this process is root, because the service is that owner.

    The service could not read files of root.
    """
    if os.geteuid() != 0:
        return None
    status = folder.stat()
    return status.st_uid, status.st_gid


def create_private_folder(folder: Path) -> None:
    """Create ``folder``, readable only by its owner, if there is none. Raises ``OSError``.

    If root creates it, it belongs to the owner of its parent folder.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        folder.mkdir(PRIVATE_DIR_MODE)
        if owner := _owner_of_new_files(folder.parent):
            os.chown(folder, *owner, follow_symlinks=False)


def append_line(path: Path, line: str) -> None:
    """Append ``line`` and sync it to the disk. Only the owner may read a new file.

    If root creates it, it belongs to the owner of its folder. Raises ``OSError``, also for a
    symbolic link, because that owner could lead root to any file.
    """
    flags = os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW
    try:
        descriptor = os.open(path, flags | os.O_CREAT | os.O_EXCL, PRIVATE_FILE_MODE)
        owner = _owner_of_new_files(path.parent)
    except FileExistsError:
        descriptor, owner = os.open(path, flags), None
    try:
        if owner:
            os.fchown(descriptor, *owner)
        os.write(descriptor, line.encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


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
    with temporary_draft(path, text, mode) as draft, suppress(FileExistsError):
        path.hardlink_to(draft)


def replace_file(path: Path, text: str, status: os.stat_result) -> None:
    """Replace the locked file ``path``, with the owner and mode of ``status``. Raises ``OSError``.

    ``status``: the value that `lock_file` yields.
    """
    owner = status.st_uid, status.st_gid
    with temporary_draft(path, text, stat.S_IMODE(status.st_mode), owner) as draft:
        draft.replace(path)
