"""Hashes, verifies and rates passwords of staff. Only Argon2 hashes are stored (RFC 9106)."""

from functools import lru_cache
from secrets import token_urlsafe

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

MIN_PASSWORD_LENGTH = 12
"""Characters of a new password."""
MAX_PASSWORD_LENGTH = 1000
"""Characters. A longer password is rejected without hashing it, because that would be slow."""
MIN_SCORE = 3
"""zxcvbn's score, from 0 to 4. 3 means at least a hundred million guesses."""
MAX_SCORED_LENGTH = 72
"""Characters that zxcvbn rates. Its time grows with the cube of their number."""
_HASHER = PasswordHasher()


def hash_password(password: str) -> str:
    """Return a salted hash of ``password``."""
    return _HASHER.hash(password)


@lru_cache(maxsize=1)
def hash_of_unknown_name() -> str:
    """Return a hash without a known password, to be verified for a name without an account.

    So a client cannot find out by the time of a response which names exist.
    """
    return hash_password(token_urlsafe())


def is_weak_password(password: str, name: str) -> bool:
    """Return True if few guesses find ``password``. ``name``: the name of the account."""
    return int(zxcvbn(password[:MAX_SCORED_LENGTH], [name])["score"]) < MIN_SCORE


def verify_password(password: str, hashed: str) -> bool:
    """Return True if ``hashed`` is a hash of ``password``. It is slow, against guessing."""
    if len(password) > MAX_PASSWORD_LENGTH:
        return False
    try:
        return _HASHER.verify(hashed, password)
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False
