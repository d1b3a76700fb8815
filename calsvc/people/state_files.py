"""Names the files of the folder that copies of the service share."""

from pathlib import Path

Signature = tuple[int, int, int, int]


def folder_of(path: str) -> Path:
    """Returns the folder ``path``, whose ``~`` stands for the user's home."""
    try:
        return Path(path).expanduser()
    except RuntimeError:  # a user without a home has no such folder there
        return Path(path)


def sign(path: Path) -> Signature | None:
    """Returns what differs once the file is replaced or changed, or None without a file."""
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
