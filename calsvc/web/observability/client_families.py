"""Names the family of calendar clients that a User-Agent header is of.

The header itself is never kept: it is text of the client's choice.
"""

from collections.abc import Mapping
from enum import StrEnum

MAX_READ_BYTES = 200


class ClientFamily(StrEnum):
    """Bounded, because each is a label of a metric."""

    APPLE = "apple"
    GOOGLE = "google"
    OUTLOOK = "outlook"
    ANDROID = "android"
    OTHER = "other"


MARKS: Mapping[ClientFamily, tuple[bytes, ...]] = {
    ClientFamily.GOOGLE: (b"google-calendar-importer",),
    ClientFamily.OUTLOOK: (b"microsoft", b"outlook", b"msoffice"),
    ClientFamily.APPLE: (b"dataaccessd", b"calaccessd", b"calendaragent", b"ical/", b"cfnetwork"),
    ClientFamily.ANDROID: (b"icsx5", b"davx5", b"okhttp", b"dalvik", b"android"),
}
"""What a header holds, in lower case. The first family that fits counts."""
BROWSER = b"mozilla/"
"""Begins the header of a browser, which downloads a file and follows no calendar."""


def client_family(user_agent: bytes) -> ClientFamily:
    """Return the family of the client that sends ``user_agent``."""
    read = user_agent[:MAX_READ_BYTES].lower()
    for family, marks in MARKS.items():
        if any(mark in read for mark in marks):
            is_browser = family is not ClientFamily.OUTLOOK and read.startswith(BROWSER)
            return ClientFamily.OTHER if is_browser else family
    return ClientFamily.OTHER
