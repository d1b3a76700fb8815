"""Passwords of staff, of which only Argon2 hashes are kept (RFC 9106)."""

from functools import lru_cache
from secrets import token_urlsafe

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

MIN_PASSWORD_LENGTH = 12
"""Characters that a new password must have."""
MAX_PASSWORD_LENGTH = 1000
"""Characters; what is longer is refused unread."""
MIN_SCORE = 3
"""Of 0 to 4, by zxcvbn: at least a hundred million guesses."""
MEASURED = 72
"""Characters that zxcvbn is given. Its time grows with the cube of their number."""
_HASHER = PasswordHasher()


def hash_of(password: str) -> str:
    """Returns a salted hash of ``password``."""
    return _HASHER.hash(password)


@lru_cache(maxsize=1)
def nobody() -> str:
    """Returns a hash that no password fits, to be verified for a name that nobody has."""
    return hash_of(token_urlsafe())


def is_common(password: str, name: str) -> bool:
    """True for a password that few guesses find; ``name``: of whoever shall have it."""
    return int(zxcvbn(password[:MEASURED], [name])["score"]) < MIN_SCORE


def fits(password: str, hashed: str) -> bool:
    """True if ``hashed`` was made from ``password``; slow, and meant to be."""
    if len(password) > MAX_PASSWORD_LENGTH:
        return False
    try:
        return _HASHER.verify(hashed, password)
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False
