"""The keys that seal links: made, read and checked. The first seals, all open."""

import base64
import binascii
import os
from pathlib import Path
from secrets import token_bytes

from calsvc.errors import CalsvcError

KEY_BYTES = 64
"""AES-SIV with two AES-256 keys (RFC 5297)."""


class BadKeysError(CalsvcError):
    """Keys that cannot be used; the message says which and why, and never shows one."""


def new_key() -> str:
    """A fresh random key, as it stands in ``CALSVC_KEYS`` or a key file."""
    return base64.urlsafe_b64encode(token_bytes(KEY_BYTES)).decode().rstrip("=")


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

    Raises `BadKeysError`.
    """
    if keys:
        return read_keys(keys, "CALSVC_KEYS")
    try:
        return read_keys(_path(key_file).read_text(encoding="ascii"), key_file)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is no key file"
        raise BadKeysError(f"{key_file}: {reason}") from None


def is_there(key_file: str) -> bool:
    """Whether there is such a file. Raises `BadKeysError`."""
    return _path(key_file).exists()


def make_key_file(key_file: str) -> bool:
    """Make the file with one fresh key, readable by its owner alone, unless it is there already.

    Returns whether it was made. Raises `BadKeysError`.
    """
    path = _path(key_file)
    if path.exists():
        return False
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise BadKeysError(f"{key_file}: {error.strerror}; set CALSVC_KEYS instead") from None
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"# Seals the links of calsvc. Lost, no link opens any more.\n{new_key()}\n")
    return True


def _path(key_file: str) -> Path:
    try:
        return Path(key_file).expanduser()
    except RuntimeError:  # a user without a home
        raise BadKeysError(f"{key_file}: there is no home directory; set CALSVC_KEYS") from None
