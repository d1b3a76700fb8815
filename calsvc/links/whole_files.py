"""Writes files that other processes read at any moment, whole or not at all."""

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
FILE_OF_OWNER, FOLDER_OF_OWNER = 0o600, 0o700


def at_home(path: str) -> Path:
    """Returns ``path``, whose ``~`` stands for the user's home."""
    try:
        return Path(path).expanduser()
    except RuntimeError:  # a user without a home has no such file there
        return Path(path)


def sign(path: Path) -> Signature | None:
    """Returns what differs once the file is replaced or changed, or None without a file."""
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


@contextmanager
def drafted(
    path: Path, text: str, mode: int = FILE_OF_OWNER, owner: Owner | None = None
) -> Iterator[Path]:
    """Yield a file beside ``path`` that holds ``text`` on the disk, to be renamed to ``path``.

    It is removed unless it was renamed. Raises ``OSError``.
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
    """Return the owner of ``folder`` if this process is root, whose files it could not read."""
    if os.geteuid() != 0:
        return None
    found = folder.stat()
    return found.st_uid, found.st_gid


def make_folder(folder: Path) -> None:
    """Make ``folder`` for its owner alone, unless there is one. Raises ``OSError``.

    Made by root, it belongs to the owner of the folder above.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        folder.mkdir(FOLDER_OF_OWNER)
        if owner := _owner_of_new_files(folder.parent):
            os.chown(folder, *owner, follow_symlinks=False)


def append_line(path: Path, line: str) -> None:
    """Append ``line`` to the disk; a new file is for its owner alone. Raises ``OSError``.

    Made by root, it belongs to the owner of its folder. A symbolic link is refused, because that
    owner could lead root to any file.
    """
    flags = os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW
    try:
        descriptor = os.open(path, flags | os.O_CREAT | os.O_EXCL, FILE_OF_OWNER)
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
    with drafted(path, text, mode) as draft, suppress(FileExistsError):
        path.hardlink_to(draft)


def replace_text(path: Path, text: str, found: os.stat_result) -> None:
    """Replace the locked file ``path``, and keep its owner and mode. Raises ``OSError``.

    ``found``: as `locked` yields it.
    """
    owner = found.st_uid, found.st_gid
    with drafted(path, text, stat.S_IMODE(found.st_mode), owner) as draft:
        draft.replace(path)
