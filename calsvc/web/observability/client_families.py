"""Finds the family of calendar clients of a User-Agent header.

The header itself is never stored, because a client may write anything there.
"""

from collections.abc import Mapping
from enum import StrEnum

MAX_READ_BYTES = 200


class ClientFamily(StrEnum):
    """A family of clients. Their number is fixed, because each is a label of a metric."""

    APPLE = "apple"
    GOOGLE = "google"
    OUTLOOK = "outlook"
    ANDROID = "android"
    OTHER = "other"


HEADER_PARTS: Mapping[ClientFamily, tuple[bytes, ...]] = {
    ClientFamily.GOOGLE: (b"google-calendar-importer",),
    ClientFamily.OUTLOOK: (b"microsoft", b"outlook", b"msoffice"),
    ClientFamily.APPLE: (b"dataaccessd", b"calaccessd", b"calendaragent", b"ical/", b"cfnetwork"),
    ClientFamily.ANDROID: (b"icsx5", b"davx5", b"okhttp", b"dalvik", b"android"),
}
"""Parts of a header in lower case. The first family that matches counts."""
BROWSER = b"mozilla/"
"""The beginning of a browser's header. A browser downloads a file and subscribes to nothing."""


def client_family(user_agent: bytes) -> ClientFamily:
    """Return the family of the client that sends ``user_agent``."""
    header = user_agent[:MAX_READ_BYTES].lower()
    for family, parts in HEADER_PARTS.items():
        if any(part in header for part in parts):
            is_browser = family is not ClientFamily.OUTLOOK and header.startswith(BROWSER)
            return ClientFamily.OTHER if is_browser else family
    return ClientFamily.OTHER
