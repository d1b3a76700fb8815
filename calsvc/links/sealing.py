"""Seals links: encrypts and authenticates their content in a token.

AES-SIV (RFC 5297) needs no nonce, so the same content gives the same token. A changed token fails
to open. A token is a version character and the base64url of the encrypted content.
"""

import hashlib
import hmac
from binascii import a2b_base64, b2a_base64

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from calsvc.links.content import NUMBER_BYTES, InvalidTokenError, Link, pack, unpack
from calsvc.links.keys import fingerprint

VERSION = "1"
ASSOCIATED_DATA = [VERSION.encode()]
TO_URL_SAFE, FROM_URL_SAFE = bytes.maketrans(b"+/", b"-_"), bytes.maketrans(b"-_", b"+/")
MIN_TOKEN_LENGTH, MAX_TOKEN_LENGTH = 21, 2001
"""Characters. No valid token is as short or as long as these limits."""


class Keyring:
    """The keys of the service. It seals links with the first key and opens them with any key.

    ``fingerprint`` identifies the first key (see `calsvc.links.keys.fingerprint`).
    """

    def __init__(self, keys: tuple[bytes, ...]) -> None:
        """Use ``keys``, of which the first one seals."""
        self._ciphers = tuple(AESSIV(key) for key in keys)
        self._first_key = keys[0]
        self.fingerprint = fingerprint(keys[0])

    def seal(self, link: Link) -> str:
        """Return the token of ``link``. It ends in a letter or a digit.

        Programs that detect URLs in a text exclude punctuation at their end. So the last byte of
        the content is a pad that gives a safe last character.
        """
        content, encrypt = pack(link), self._ciphers[0].encrypt
        for pad in range(256):
            sealed = encrypt(content + pad.to_bytes(), ASSOCIATED_DATA)
            token = VERSION + _encode(sealed).decode()
            if token[-1].isalnum():
                return token
        raise AssertionError("no pad of 256 gives a safe last character")

    def open(self, token: str) -> Link:
        """Return the link of ``token``. Raises `InvalidTokenError`."""
        return self.open_and_reseal(token)[0]

    def open_and_reseal(self, token: str) -> tuple[Link, str]:
        """Return the link of ``token`` and its token under the first key.

        Raises the same `InvalidTokenError` for all reasons of failure.
        """
        if not token.startswith(VERSION) or not MIN_TOKEN_LENGTH <= len(token) <= MAX_TOKEN_LENGTH:
            raise InvalidTokenError
        sealed = _decode(token[1:])
        for cipher in self._ciphers:
            try:
                link = unpack(cipher.decrypt(sealed, ASSOCIATED_DATA)[:-1])
            except InvalidTag:
                continue
            return link, token if cipher is self._ciphers[0] else self.seal(link)
        raise InvalidTokenError

    def derive_link_number(self, run_number: bytes, row: int) -> bytes:
        """Return the number of the link for ``row`` of the run with the random ``run_number``.

        A repeated run gives the same numbers. The number does not depend on the row's cells, so it
        reveals nothing about the resident.
        """
        message = b"calsvc link number" + run_number + row.to_bytes(8)
        return hmac.digest(self._first_key, message, "sha256")[:NUMBER_BYTES]

    def derive_key(self, purpose: bytes) -> bytes:
        """Return 32 secret bytes for ``purpose`` (at most 16 bytes), different for each key."""
        return hashlib.blake2b(key=self._first_key, person=purpose, digest_size=32).digest()


def _decode(text: str) -> bytes:
    """Return the bytes of canonical base64url. Raises `InvalidTokenError` for any other text.

    The unused bits of the last character must be zero, so that each content has one token.
    """
    try:
        encoded = text.encode("ascii")
        sealed = a2b_base64(encoded.translate(FROM_URL_SAFE) + b"=" * (-len(encoded) % 4))
    except ValueError:  # Invalid base64, or a character that is not ASCII.
        raise InvalidTokenError from None
    if _encode(sealed) != encoded:
        raise InvalidTokenError
    return sealed


def _encode(sealed: bytes) -> bytes:
    return b2a_base64(sealed, newline=False).translate(TO_URL_SAFE, b"=")
