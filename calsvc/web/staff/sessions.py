"""Signs cookies of sessions, and tokens of forms against cross-site request forgery (CSRF).

Nothing is stored here, so each worker process accepts the cookies of the others. The secrets are
derived from the keys of links. A rotation of keys ends no session. Removing a key ends the sessions
that began while it sealed. `calsvc.people.session_files` records which sessions have not ended.
"""

import hashlib
from collections.abc import Sequence
from hmac import compare_digest
from secrets import token_urlsafe

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from itsdangerous import BadSignature, TimestampSigner

SESSION_SECONDS = 8 * 60 * 60
"""The maximum length of a session in seconds: a working day."""
LOGIN_FORM_SECONDS = 60 * 60
"""Seconds after which the form of the log-in page is stale."""
BROWSER_SECONDS = 90 * 24 * 60 * 60
"""Seconds after a sign-in during which the browser counts as known."""
ID_BYTES = 18
KEY_BYTES = 32


class Sessions:
    """Creates and verifies session cookies and CSRF tokens."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        """Derive the secrets from ``keys``, those of links. The first signs, all verify."""
        self._keys = keys
        self._sessions = self.signer(b"session")
        self._visits = self.signer(b"visit")
        self._browsers = self.signer(b"browser")
        self._forms = self._secrets(b"form")

    def signer(self, purpose: bytes) -> TimestampSigner:
        """Return the signer of cookies for ``purpose``, such as ``session``."""
        newest_last = self._secrets(purpose)[::-1]  # as itsdangerous expects them
        return TimestampSigner(newest_last, digest_method=hashlib.sha256)

    def _secrets(self, purpose: bytes) -> list[bytes]:
        """Return a secret for each key."""
        info = b"calsvc staff " + purpose
        return [HKDF(SHA256(), KEY_BYTES, salt=None, info=info).derive(key) for key in self._keys]

    def new_session_cookie(self) -> str:
        """Return a cookie with a new session, for a clerk who has signed in."""
        return self._sessions.sign(token_urlsafe(ID_BYTES)).decode()

    def session(self, cookie: str) -> str:
        """Return the session of ``cookie``, or '' if it is invalid."""
        return _unsign(self._sessions, cookie, SESSION_SECONDS)

    def new_login_cookie(self) -> str:
        """Return a cookie for a visit to the log-in page."""
        return self._visits.sign(token_urlsafe(ID_BYTES)).decode()

    def visit(self, cookie: str) -> str:
        """Return the visit of ``cookie``, or '' if it is invalid."""
        return _unsign(self._visits, cookie, LOGIN_FORM_SECONDS)

    def new_browser_cookie(self) -> str:
        """Return a cookie for a browser with which a clerk has signed in."""
        return self._browsers.sign(token_urlsafe(ID_BYTES)).decode()

    def browser(self, cookie: str) -> str:
        """Return the browser of ``cookie``, or '' if it is invalid."""
        return _unsign(self._browsers, cookie, BROWSER_SECONDS)

    def csrf_token(self, session: str) -> str:
        """Return the CSRF token of the forms of ``session``, which may be a visit."""
        return _csrf_token(session, self._forms[0])

    def is_csrf_token(self, token: str, session: str) -> bool:
        """Return True if ``token`` is the token of ``session``."""
        # In constant time, so that an attacker cannot find a token piece by piece.
        valid = [_csrf_token(session, secret).encode() for secret in self._forms]
        return bool(session) and any(compare_digest(token.encode(), each) for each in valid)


def _csrf_token(session: str, secret: bytes) -> str:
    return hashlib.blake2b(session.encode(), key=secret, digest_size=KEY_BYTES).hexdigest()


def _unsign(signer: TimestampSigner, cookie: str, seconds: int) -> str:
    try:
        return signer.unsign(cookie, max_age=seconds).decode()
    except BadSignature:
        return ""
