"""Detects the kind of a file by its first bytes, and rejects a file that is no table."""

import re
from typing import BinaryIO

from calsvc.bulk.records import table_error

ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
COMPOUND_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""First bytes of Excel files before 2007, and of workbooks with a password (MS-CFB)."""
ENCRYPTED_STREAM_NAME = "EncryptedPackage".encode("utf-16-le")
"""Name of the stream that holds a workbook with a password (MS-OFFCRYPTO)."""
OTHER_FILE_MAGIC = (b"%PDF-", b"\xff\xd8\xff", b"\x89PNG\r\n", b"GIF8", b"{\\rtf")
"""First bytes of files that a clerk may choose by mistake: PDF, pictures, RTF."""
MARKUP_PATTERN = re.compile(
    rb"\s*<(?:!|\?xml|html|head|meta|body|table|style|script)", re.IGNORECASE
)
"""HTML or XML, which some programs save with the suffix .xls."""
START_BYTES = 4096
BLANK_BYTES = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n\x1a,"
"""Bytes of a file without any value: marks, white space, end-of-file characters, commas."""


def is_workbook(file: BinaryIO) -> bool:
    """Return True if ``file`` is a workbook. Otherwise it is text.

    Raises `InvalidInputError`: ``table.empty``, ``table.encrypted``, ``table.html``,
    ``table.not_excel``.
    """
    file.seek(0)
    start = file.read(START_BYTES)
    if not start.strip(BLANK_BYTES) and not file.read(1):
        raise table_error("empty")
    file.seek(0)
    if start.startswith(COMPOUND_MAGIC):
        if ENCRYPTED_STREAM_NAME in file.read():
            raise table_error("encrypted")
        file.seek(0)
        return True
    if MARKUP_PATTERN.match(start.replace(b"\0", b"").lstrip(BLANK_BYTES)):
        raise table_error("html")
    if start.startswith(OTHER_FILE_MAGIC):
        raise table_error("not_excel")
    return start.startswith(ZIP_MAGIC)
