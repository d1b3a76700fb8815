"""Who is signed in: signed cookies, and the tokens that prove a form to be of our own making.

Nothing is kept here, so any worker can check what another has given out. The keys follow from the
first key of links and from the password: whoever changes either ends all sessions.
"""

import hashlib
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

    def __init__(self, secret: bytes, password_hash: str) -> None:
        """``secret``: the key that seals links."""
        self._secret, self._context = secret, password_hash.encode()
        self._sessions = TimestampSigner(self._key(b"session"), digest_method=hashlib.sha256)
        self._visits = TimestampSigner(self._key(b"visit"), digest_method=hashlib.sha256)
        self._browsers = TimestampSigner(self._key(b"browser"), digest_method=hashlib.sha256)
        self._forms = self._key(b"form")

    def _key(self, purpose: bytes) -> bytes:
        info = b"calsvc staff " + purpose + b" " + self._context
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=info).derive(self._secret)

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
        """Returns a cookie for a browser in which somebody signed in."""
        return self._browsers.sign(token_urlsafe(ID_BYTES)).decode()

    def browser(self, cookie: str) -> str:
        """Returns the browser that ``cookie`` marks, or ''."""
        return _unsigned(self._browsers, cookie, BROWSER_LASTS)

    def token(self, session: str) -> str:
        """What every form of ``session`` (or visit) carries."""
        return hashlib.blake2b(session.encode(), key=self._forms, digest_size=KEY_BYTES).hexdigest()

    def is_token(self, given: str, session: str) -> bool:
        """Whether ``given`` is the token of ``session``; takes equally long for any answer."""
        return bool(session) and compare_digest(given.encode(), self.token(session).encode())


def _unsigned(signer: TimestampSigner, cookie: str, seconds: int) -> str:
    try:
        return signer.unsign(cookie, max_age=seconds).decode()
    except BadSignature:
        return ""
