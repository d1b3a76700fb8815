"""Returns the kind of a file by its first bytes, and refuses what is no table."""

import re
from typing import BinaryIO

from calsvc.bulk.records import unusable

ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
COMPOUND_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""Excel before 2007, and any workbook with a password (MS-CFB)."""
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
"""The stream that holds a workbook with a password (MS-OFFCRYPTO)."""
MARKUP = re.compile(rb"\s*<(?:!|\?xml|html|head|meta|body|table|style|script)", re.IGNORECASE)
"""What programs save as .xls though it is HTML or XML."""
START_BYTES = 4096
NOTHING = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n\x1a,"


def is_workbook(file: BinaryIO) -> bool:
    """Returns whether ``file`` is a workbook, else it is text.

    Raises `InvalidInputError`: ``table.empty``, ``table.encrypted``, ``table.html``.
    """
    file.seek(0)
    start = file.read(START_BYTES)
    if not start.strip(NOTHING) and not file.read(1):
        raise unusable("empty")
    file.seek(0)
    if start.startswith(COMPOUND_MAGIC):
        if ENCRYPTED in file.read():
            raise unusable("encrypted")
        file.seek(0)
        return True
    if MARKUP.match(start.replace(b"\0", b"").lstrip(NOTHING)):
        raise unusable("html")
    return start.startswith(ZIP_MAGIC)
