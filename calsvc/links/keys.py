"""Generates, parses and checks the keys of links. The first key seals, all keys open."""

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
GROUP_AND_OTHERS_BITS, ALL_BUT_GROUP_READ_BITS = 0o077, 0o037
"""Bits of a file's mode that permit other users to read or change it."""


class InvalidKeysError(CalsvcError):
    """Keys that cannot be used. The message has the source and the reason, and never a key."""


def generate_key() -> str:
    """Return a new random key in the form of ``CALSVC_KEYS`` and key files."""
    return base64.urlsafe_b64encode(token_bytes(KEY_BYTES)).decode().rstrip("=")


def fingerprint(key: bytes) -> str:
    """Return 16 hexadecimal digits that identify ``key`` without revealing it.

    A key has 512 random bits, so no search finds the key of a digest.
    """
    digest = hashlib.blake2b(key=key, person=b"calsvc key print", digest_size=FINGERPRINT_BYTES)
    return digest.hexdigest()


def parse_keys(text: str, source: str) -> tuple[bytes, ...]:
    """Return the keys in ``text``, separated by white space or commas. ``#`` begins a comment.

    ``source``: the variable or file, for errors. Raises `InvalidKeysError` if there is no key or a
    faulty one.
    """
    words = " ".join(line.partition("#")[0] for line in text.splitlines())
    keys = tuple(_key(word, source) for word in words.replace(",", " ").split())
    if not keys:
        raise InvalidKeysError(f"{source}: holds no key; make one with: calsvc keys new")
    return keys


def _key(word: str, source: str) -> bytes:
    try:
        key = base64.b64decode(word + "=" * (-len(word) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise InvalidKeysError(f"{source}: a key is faulty; make one with: calsvc keys new")
    return key


def load_keys(keys: str, key_file: str) -> tuple[bytes, ...]:
    """Return the keys of the setting ``keys``, or of the file ``key_file`` if it is empty.

    Raises `InvalidKeysError`, also for a file that other users may read.
    """
    if keys:
        return parse_keys(keys, "CALSVC_KEYS")
    try:
        with expand_key_path(key_file).open(encoding="ascii") as file:
            if is_exposed(os.fstat(file.fileno()), os.geteuid()):
                raise InvalidKeysError(
                    f"{key_file}: other users may read or change it; run: chmod 600 {key_file}"
                )
            return parse_keys(file.read(), key_file)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is no key file"
        raise InvalidKeysError(f"{key_file}: {reason}") from None


def is_exposed(status: os.stat_result, user: int) -> bool:
    """Return True if users except ``user`` and root may read or change a file with this status.

    The group may read a file that root owns, as in PostgreSQL. systemd and Kubernetes provide such
    files to a service without root privileges.
    """
    is_of_root = status.st_uid == 0 != user
    forbidden = ALL_BUT_GROUP_READ_BITS if is_of_root else GROUP_AND_OTHERS_BITS
    return stat.S_ISREG(status.st_mode) and bool(status.st_mode & forbidden)


def expand_key_path(key_file: str) -> Path:
    """Return ``key_file`` with its ``~`` expanded. Raises `InvalidKeysError`."""
    try:
        return Path(key_file).expanduser()
    except RuntimeError:  # a user without a home
        raise InvalidKeysError(f"{key_file}: there is no home directory; set CALSVC_KEYS") from None
