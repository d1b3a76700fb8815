"""Who is signed in: signed cookies, and the tokens that prove a form to be of our own making.

Nothing is kept here, so any worker can check what another has given out. The secrets are derived
from the keys of links. A rotation of keys ends no session. A key that is removed ends those that
began while it sealed. Whether a session still lasts, `calsvc.people.session_files` knows.
"""

import hashlib
from collections.abc import Sequence
from hmac import compare_digest
from secrets import token_urlsafe

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from itsdangerous import BadSignature, TimestampSigner

LASTS = 8 * 60 * 60
"""Seconds that a session lasts: a working day."""
FORM_LASTS = 60 * 60
"""Seconds that the log-in page may stay open."""
BROWSER_LASTS = 90 * 24 * 60 * 60
"""Seconds that a browser is known after somebody signed in with it."""
ID_BYTES = 18
KEY_BYTES = 32


class Sessions:
    """Gives out sessions and tokens, and knows its own again."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        """``keys``: those of links. The first signs, all verify."""
        self._keys = keys
        self._sessions = self.signer(b"session")
        self._visits = self.signer(b"visit")
        self._browsers = self.signer(b"browser")
        self._forms = self._secrets(b"form")

    def signer(self, purpose: bytes) -> TimestampSigner:
        """Return what signs cookies for ``purpose``, such as ``session``."""
        newest_last = self._secrets(purpose)[::-1]  # as itsdangerous expects them
        return TimestampSigner(newest_last, digest_method=hashlib.sha256)

    def _secrets(self, purpose: bytes) -> list[bytes]:
        """Return a secret for each key."""
        info = b"calsvc staff " + purpose
        return [HKDF(SHA256(), KEY_BYTES, salt=None, info=info).derive(key) for key in self._keys]

    def begin(self) -> str:
        """A cookie for whoever has just proved to be of the staff."""
        return self._sessions.sign(token_urlsafe(ID_BYTES)).decode()

    def session(self, cookie: str) -> str:
        """The session that ``cookie`` stands for, or ''."""
        return _unsigned(self._sessions, cookie, LASTS)

    def greet(self) -> str:
        """A cookie for whoever is about to log in."""
        return self._visits.sign(token_urlsafe(ID_BYTES)).decode()

    def visit(self, cookie: str) -> str:
        """The visit to the log-in page that ``cookie`` stands for, or ''."""
        return _unsigned(self._visits, cookie, FORM_LASTS)

    def mark_browser(self) -> str:
        """Return a cookie for a browser in which somebody signed in."""
        return self._browsers.sign(token_urlsafe(ID_BYTES)).decode()

    def browser(self, cookie: str) -> str:
        """Return the browser that ``cookie`` marks, or ''."""
        return _unsigned(self._browsers, cookie, BROWSER_LASTS)

    def token(self, session: str) -> str:
        """What every form of ``session`` (or visit) carries."""
        return _token(session, self._forms[0])

    def is_token(self, given: str, session: str) -> bool:
        """Whether ``given`` is the token of ``session``; takes equally long for any other."""
        valid = [_token(session, secret).encode() for secret in self._forms]
        return bool(session) and any(compare_digest(given.encode(), each) for each in valid)


def _token(session: str, secret: bytes) -> str:
    return hashlib.blake2b(session.encode(), key=secret, digest_size=KEY_BYTES).hexdigest()


def _unsigned(signer: TimestampSigner, cookie: str, seconds: int) -> str:
    try:
        return signer.unsign(cookie, max_age=seconds).decode()
    except BadSignature:
        return ""
