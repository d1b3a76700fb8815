"""The keys that seal links: made, read and checked. The first seals, all open."""

import base64
import binascii
import hashlib
import os
import stat
from pathlib import Path
from secrets import token_bytes

from calsvc.errors import CalsvcError

KEY_BYTES = 64
"""AES-SIV with two AES-256 keys (RFC 5297)."""
FINGERPRINT_BYTES = 8
OTHERS, OTHERS_BUT_READING_GROUP = 0o077, 0o037
"""Bits of a file's mode."""


class BadKeysError(CalsvcError):
    """Keys that cannot be used; the message says which and why, and never shows one."""


def new_key() -> str:
    """A fresh random key, as it stands in ``CALSVC_KEYS`` or a key file."""
    return base64.urlsafe_b64encode(token_bytes(KEY_BYTES)).decode().rstrip("=")


def fingerprint(key: bytes) -> str:
    """Return 16 hexadecimal digits that tell ``key`` from others and do not help to find it.

    A key has 512 random bits. So no search finds the key of a digest.
    """
    digest = hashlib.blake2b(key=key, person=b"calsvc key print", digest_size=FINGERPRINT_BYTES)
    return digest.hexdigest()


def read_keys(text: str, source: str) -> tuple[bytes, ...]:
    """The keys in ``text``, separated by white space or commas; ``#`` begins a comment.

    ``source`` names where they stand. Raises `BadKeysError` where there is none or one is faulty.
    """
    words = " ".join(line.partition("#")[0] for line in text.splitlines())
    keys = tuple(_key(word, source) for word in words.replace(",", " ").split())
    if not keys:
        raise BadKeysError(f"{source}: holds no key; make one with: calsvc keys new")
    return keys


def _key(word: str, source: str) -> bytes:
    try:
        key = base64.b64decode(word + "=" * (-len(word) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise BadKeysError(f"{source}: a key is faulty; make one with: calsvc keys new")
    return key


def load_keys(keys: str, key_file: str) -> tuple[bytes, ...]:
    """The keys of the setting ``keys`` or else of the file ``key_file``.

    Raises `BadKeysError`, also for a file that users other than its owner may read.
    """
    if keys:
        return read_keys(keys, "CALSVC_KEYS")
    try:
        with key_path(key_file).open(encoding="ascii") as file:
            if is_exposed(os.fstat(file.fileno()), os.geteuid()):
                raise BadKeysError(
                    f"{key_file}: other users may read or change it; run: chmod 600 {key_file}"
                )
            return read_keys(file.read(), key_file)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is no key file"
        raise BadKeysError(f"{key_file}: {reason}") from None


def is_exposed(found: os.stat_result, user: int) -> bool:
    """Return True if somebody besides ``user`` and root may read or change a file with this status.

    The group may read a file of root, as PostgreSQL allows it. systemd and Kubernetes hand such
    files to a service that is not root.
    """
    is_of_root = found.st_uid == 0 != user
    forbidden = OTHERS_BUT_READING_GROUP if is_of_root else OTHERS
    return stat.S_ISREG(found.st_mode) and bool(found.st_mode & forbidden)


def key_path(key_file: str) -> Path:
    """Return the path of ``key_file``. Raises `BadKeysError`."""
    try:
        return Path(key_file).expanduser()
    except RuntimeError:  # a user without a home
        raise BadKeysError(f"{key_file}: there is no home directory; set CALSVC_KEYS") from None
