"""Makes the file of the keys, and rotates them in it."""

import os
import stat
from enum import Enum, auto
from pathlib import Path
from typing import NamedTuple

from calsvc.links.keys import BadKeysError, key_path, load_keys, new_key, read_keys
from calsvc.links.whole_files import drafted, locked, replace_text

HEAD = "# Seals the links of calsvc. Lost, no link opens any more.\n"
NEXT = "# next: the second `calsvc keys rotate` lets it seal"
"""Marks the key that the first step of a rotation added."""


class Step(Enum):
    """A step of a rotation that was taken."""

    ADDED = auto()
    """A new key opens."""
    MOVED = auto()
    """The key that was added seals."""


class Rotation(NamedTuple):
    """The step that was taken, and the new key."""

    step: Step
    key: bytes


def has_keys(key_file: str) -> bool:
    """True unless there is no such file or an empty one. Raises `BadKeysError`."""
    try:
        found = key_path(key_file).stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise BadKeysError(f"{key_file}: {error.strerror}") from None
    return not stat.S_ISREG(found.st_mode) or found.st_size > 0


def make_key_file(key_file: str) -> bool:
    """Make the file with one fresh key, readable by its owner alone, unless it has one already.

    Returns whether it was made. Of several processes, one makes it. An empty file counts as none,
    because a full disk may have left it. Raises `BadKeysError`.
    """
    if has_keys(key_file):
        return False
    try:
        path = key_path(key_file).resolve()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with drafted(path, f"{HEAD}{new_key()}\n") as draft:
            path.touch(mode=0o600)
            with locked(path) as found:
                if found.st_size:
                    return False
                draft.replace(path)
    except OSError as error:
        raise BadKeysError(f"{key_file}: {error.strerror}; set CALSVC_KEYS instead") from None
    return True


def rotate(key_file: str) -> Rotation:
    """Take the next of two steps, so that every copy opens what any other seals.

    The first adds a new key behind the others. The second moves it to the front. Between them,
    every copy has to read the file again. Raises `BadKeysError`.
    """
    path = key_path(key_file).resolve()
    try:
        with locked(path) as found:
            load_keys("", str(path))
            return _rotate(path, found)
    except OSError as error:
        raise BadKeysError(f"{key_file}: {error.strerror}") from None


def _rotate(path: Path, found: os.stat_result) -> Rotation:
    lines = path.read_text(encoding="ascii").splitlines()
    marked = [line for line in lines if line.endswith(NEXT)]
    if marked:
        key = marked[0].removesuffix(NEXT).strip()
        rest = [line for line in lines if line is not marked[0]]
        rest.insert(_index_of_first_key(rest), key)
    else:
        key = new_key()
        rest = [*lines, f"{key}  {NEXT}"]
    replace_text(path, "\n".join(rest) + "\n", found)
    return Rotation(Step.MOVED if marked else Step.ADDED, read_keys(key, str(path))[0])


def _index_of_first_key(lines: list[str]) -> int:
    found = (index for index, line in enumerate(lines) if line.partition("#")[0].strip())
    return next(found, len(lines))
