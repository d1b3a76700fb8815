"""Detects the encoding of a text file, by its byte order mark or by decoding every byte."""

import codecs
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from calsvc.bulk.records import table_error

UTF_8, UTF_8_BOM, CP932, UTF_16 = "utf-8", "utf-8-sig", "cp932", "utf-16"
UTF_16_LE, UTF_16_BE = "utf-16-le", "utf-16-be"
DETECTED = (UTF_8, UTF_8_BOM, CP932, UTF_16, UTF_16_LE, UTF_16_BE)
ENCODINGS = (*DETECTED, "shift_jis_2004", "euc_jis_2004")
ENCODING_BY_BOM = {
    codecs.BOM_UTF8: UTF_8_BOM,
    codecs.BOM_UTF16_LE: UTF_16,
    codecs.BOM_UTF16_BE: UTF_16,
}
BLOCK_BYTES = 1 << 20
MIN_NUL_SHARE = 0.1
"""Share of NUL bytes that shows UTF-16 without a mark: each ASCII character has one."""
SUSPECT_PATTERN = re.compile(rb"(?:[\xe3-\xe9][\x80-\xbf]{2}){2}")
"""Two Japanese characters in UTF-8. Read as CP932, such bytes form no words."""


@dataclass(frozen=True)
class FileScan:
    """The results of reading a whole file once.

    ``digest``: SHA-256, hexadecimal. ``lines``: an estimate of the rows, to show progress.
    """

    digest: str
    lines: int
    encoding: str


def scan_text_file(file: BinaryIO, encoding: str = "") -> FileScan:
    """Read ``file`` from its beginning. ``encoding``: skips the detection unless ''.

    Raises `InvalidInputError`: ``table.encoding`` if no known encoding decodes every byte,
    ``table.two_encodings`` (parameter ``line``) if the lines differ in their encoding.
    """
    digest, lines, utf_8 = hashlib.sha256(), 0, _EncodingProbe(UTF_8)
    file.seek(0)
    start = file.read(BLOCK_BYTES)
    file.seek(0)
    while block := file.read(BLOCK_BYTES):
        digest.update(block)
        lines += block.count(b"\n")
        utf_8.feed(block)
    utf_8.feed(b"", final=True)
    detected = encoding or _encoding_from_bom(start) or _encoding_from_nuls(start)
    detected = detected or (UTF_8 if utf_8.is_valid else _require_cp932(file))
    return FileScan(digest.hexdigest(), lines, detected)


class _EncodingProbe:
    """Checks that bytes are text in an encoding, block by block."""

    def __init__(self, encoding: str) -> None:
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self.is_valid = True

    def feed(self, block: bytes, *, final: bool = False) -> None:
        """Decode the next block. ``is_valid`` becomes False at the first error."""
        if self.is_valid:
            try:
                self._decoder.decode(block, final)
            except UnicodeDecodeError:
                self.is_valid = False


def _encoding_from_bom(start: bytes) -> str:
    return next((name for bom, name in ENCODING_BY_BOM.items() if start.startswith(bom)), "")


def _encoding_from_nuls(start: bytes) -> str:
    """Return UTF-16 with its byte order if every other byte is often NUL, or ''."""
    high, low = start[::2].count(0), start[1::2].count(0)
    if max(high, low) < MIN_NUL_SHARE * len(start) / 2 or min(high, low) * 10 > max(high, low):
        return ""
    return UTF_16_LE if low > high else UTF_16_BE


def with_byte_order(file: BinaryIO, encoding: str) -> str:
    """Return ``encoding``, but UTF-16-LE for UTF-16 without a byte order mark."""
    file.seek(0)
    marked = _encoding_from_bom(file.read(4)) == UTF_16
    return UTF_16_LE if encoding == UTF_16 and not marked else encoding


def _require_cp932(file: BinaryIO) -> str:
    probe, is_mixed = _EncodingProbe(CP932), False
    file.seek(0)
    while block := file.read(BLOCK_BYTES):
        probe.feed(block)
        is_mixed = is_mixed or any(_is_decodable(UTF_8, line) for line in _suspect_lines(block))
    probe.feed(b"", final=True)
    if not probe.is_valid or is_mixed:
        _reject_two_encodings(file)
    if not probe.is_valid:
        raise table_error("encoding", known=", ".join(ENCODINGS))
    return CP932


def _suspect_lines(block: bytes) -> Iterator[bytes]:
    """Yield the lines in which `SUSPECT_PATTERN` is found."""
    for match in SUSPECT_PATTERN.finditer(block):
        end = block.find(b"\n", match.end())
        yield block[block.rfind(b"\n", 0, match.start()) + 1 : end if end >= 0 else len(block)]


def _reject_two_encodings(file: BinaryIO) -> None:
    """Raise `InvalidInputError` if every line can be decoded, but not all in the same encoding."""
    first = ""
    for number, encoding in _encodings_of_lines(file):
        if not encoding:
            return
        if first and encoding != first:
            raise table_error("two_encodings", line=number)
        first = encoding


def _encodings_of_lines(file: BinaryIO) -> Iterator[tuple[int, str]]:
    """Yield number (from 1) and encoding of the lines that are not ASCII, '' if unknown."""
    file.seek(0)
    for number, line in enumerate(iter(lambda: file.readline(BLOCK_BYTES), b""), start=1):
        if not line.isascii():
            known = (name for name in (UTF_8, CP932) if _is_decodable(name, line))
            yield number, next(known, "")


def _is_decodable(encoding: str, line: bytes) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
