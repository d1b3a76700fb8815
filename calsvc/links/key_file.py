"""Creates the key file, and rotates the keys in it."""

import os
import stat
from enum import Enum, auto
from pathlib import Path
from typing import NamedTuple

from calsvc.links.atomic_files import (
    PRIVATE_DIR_MODE,
    PRIVATE_FILE_MODE,
    lock_file,
    replace_file,
    temporary_draft,
)
from calsvc.links.keys import InvalidKeysError, expand_key_path, generate_key, load_keys, parse_keys

HEADER = "# Seals the links of calsvc. Lost, no link opens any more.\n"
NEXT_MARK = "# next: the second `calsvc keys rotate` lets it seal"
"""The comment on the key that the first step of a rotation added."""


class Step(Enum):
    """A completed step of a rotation."""

    ADDED = auto()
    """The new key opens links, but does not seal yet."""
    MOVED = auto()
    """The new key seals links."""


class Rotation(NamedTuple):
    """The completed step of a rotation, and the new key."""

    step: Step
    key: bytes


def has_keys(key_file: str) -> bool:
    """Return True if the file exists and is not empty. Raises `InvalidKeysError`."""
    try:
        status = expand_key_path(key_file).stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise InvalidKeysError(f"{key_file}: {error.strerror}") from None
    return not stat.S_ISREG(status.st_mode) or status.st_size > 0


def create_key_file(key_file: str) -> bool:
    """Create the file with one new key if it has none, and return True if it was created.

    Only its owner may read it. Of several processes, one creates it. An empty file is replaced,
    because it may be left over from a full disk. Raises `InvalidKeysError`.
    """
    if has_keys(key_file):
        return False
    try:
        path = expand_key_path(key_file).resolve()
        path.parent.mkdir(mode=PRIVATE_DIR_MODE, parents=True, exist_ok=True)
        with temporary_draft(path, f"{HEADER}{generate_key()}\n") as draft:
            path.touch(mode=PRIVATE_FILE_MODE)
            with lock_file(path) as status:
                if status.st_size:
                    return False
                draft.replace(path)
    except OSError as error:
        raise InvalidKeysError(f"{key_file}: {error.strerror}; set CALSVC_KEYS instead") from None
    return True


def rotate(key_file: str) -> Rotation:
    """Perform the next of two steps, so that each copy opens the links that any other seals.

    The first step adds a new key behind the others. The second step moves it to the front. Between
    the steps, all copies must read the file again. Raises `InvalidKeysError`.
    """
    path = expand_key_path(key_file).resolve()
    try:
        with lock_file(path) as status:
            load_keys("", str(path))
            return _rotate(path, status)
    except OSError as error:
        raise InvalidKeysError(f"{key_file}: {error.strerror}") from None


def _rotate(path: Path, status: os.stat_result) -> Rotation:
    lines = path.read_text(encoding="ascii").splitlines()
    marked = [line for line in lines if line.endswith(NEXT_MARK)]
    if marked:
        key = marked[0].removesuffix(NEXT_MARK).strip()
        rest = [line for line in lines if line is not marked[0]]
        rest.insert(_index_of_first_key(rest), key)
    else:
        key = generate_key()
        rest = [*lines, f"{key}  {NEXT_MARK}"]
    replace_file(path, "\n".join(rest) + "\n", status)
    return Rotation(Step.MOVED if marked else Step.ADDED, parse_keys(key, str(path))[0])


def _index_of_first_key(lines: list[str]) -> int:
    status = (index for index, line in enumerate(lines) if line.partition("#")[0].strip())
    return next(status, len(lines))
