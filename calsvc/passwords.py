"""The staff's password, of which only an Argon2 hash is kept (RFC 9106)."""

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 12
"""Characters that a new password must have."""
LONGEST = 1000
"""Characters; what is longer is refused unread."""
_HASHER = PasswordHasher()


def hash_of(password: str) -> str:
    """A salted hash of ``password``, as it stands in ``CALSVC_STAFF_PASSWORD_HASH``."""
    return _HASHER.hash(password)


def is_hash(text: str) -> bool:
    """Whether ``text`` is an Argon2 hash."""
    try:
        extract_parameters(text)
    except InvalidHashError:
        return False
    return True


def fits(password: str, hashed: str) -> bool:
    """Whether ``hashed`` was made from ``password``; slow, and meant to be."""
    if len(password) > LONGEST:
        return False
    try:
        return _HASHER.verify(hashed, password)
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False
