"""Returns the encoding of a text file, by its byte order mark or by what fits every byte."""

import codecs
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from calsvc.bulk.records import unusable

UTF_8, UTF_8_BOM, CP932, UTF_16 = "utf-8", "utf-8-sig", "cp932", "utf-16"
UTF_16_LE, UTF_16_BE = "utf-16-le", "utf-16-be"
DETECTED = (UTF_8, UTF_8_BOM, CP932, UTF_16, UTF_16_LE, UTF_16_BE)
ENCODINGS = (*DETECTED, "shift_jis_2004", "euc_jis_2004")
BOMS = {codecs.BOM_UTF8: UTF_8_BOM, codecs.BOM_UTF16_LE: UTF_16, codecs.BOM_UTF16_BE: UTF_16}
BLOCK_BYTES = 1 << 20
MIN_NUL_SHARE = 0.1
"""UTF-16 without a mark has a NUL in each ASCII character."""
SUSPECT = re.compile(rb"(?:[\xe3-\xe9][\x80-\xbf]{2}){2}")
"""Two characters of Japanese in UTF-8; in CP932 such bytes make no words."""


@dataclass(frozen=True)
class Survey:
    """What one look through a whole file tells.

    ``lines`` is a count for showing progress: not exact, for a record may have several.
    """

    digest: str
    lines: int
    encoding: str


def survey(file: BinaryIO, encoding: str = "") -> Survey:
    """Look through ``file``, from its beginning; ``encoding`` settles it where given.

    Raises `InvalidInputError`: ``table.encoding`` where no known encoding fits every byte,
    ``table.two_encodings`` (fact ``line``) where the lines have two.
    """
    digest, lines, utf_8 = hashlib.sha256(), 0, _Check(UTF_8)
    file.seek(0)
    start = file.read(BLOCK_BYTES)
    file.seek(0)
    while block := file.read(BLOCK_BYTES):
        digest.update(block)
        lines += block.count(b"\n")
        utf_8.look(block)
    utf_8.look(b"", final=True)
    found = encoding or _by_bom(start) or _by_nuls(start)
    found = found or (UTF_8 if utf_8.fits else _cp932(file))
    return Survey(digest.hexdigest(), lines, found)


class _Check:
    """Whether bytes, a block at a time, are text in an encoding."""

    def __init__(self, encoding: str) -> None:
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self.fits = True

    def look(self, block: bytes, *, final: bool = False) -> None:
        """Look at the next block."""
        if self.fits:
            try:
                self._decoder.decode(block, final)
            except UnicodeDecodeError:
                self.fits = False


def _by_bom(start: bytes) -> str:
    return next((name for bom, name in BOMS.items() if start.startswith(bom)), "")


def _by_nuls(start: bytes) -> str:
    """Returns UTF-16 with its byte order where every other byte is often NUL, or ''."""
    high, low = start[::2].count(0), start[1::2].count(0)
    if max(high, low) < MIN_NUL_SHARE * len(start) / 2 or min(high, low) * 10 > max(high, low):
        return ""
    return UTF_16_LE if low > high else UTF_16_BE


def without_mark(file: BinaryIO, encoding: str) -> str:
    """Returns ``encoding``, or for UTF-16 without a byte order mark the little-endian one."""
    file.seek(0)
    marked = _by_bom(file.read(4)) == UTF_16
    return UTF_16_LE if encoding == UTF_16 and not marked else encoding


def _cp932(file: BinaryIO) -> str:
    check, mixed = _Check(CP932), False
    file.seek(0)
    while block := file.read(BLOCK_BYTES):
        check.look(block)
        mixed = mixed or any(_is(UTF_8, line) for line in _suspects(block))
    check.look(b"", final=True)
    if not check.fits or mixed:
        _refuse_two_encodings(file)
    if not check.fits:
        raise unusable("encoding", known=", ".join(ENCODINGS))
    return CP932


def _suspects(block: bytes) -> Iterator[bytes]:
    """Yield the lines in which `SUSPECT` is found."""
    for match in SUSPECT.finditer(block):
        end = block.find(b"\n", match.end())
        yield block[block.rfind(b"\n", 0, match.start()) + 1 : end if end >= 0 else len(block)]


def _refuse_two_encodings(file: BinaryIO) -> None:
    """Raise `InvalidInputError` where each line has an encoding, but not all the same."""
    first = ""
    for number, found in _encodings_of_lines(file):
        if not found:
            return
        if first and found != first:
            raise unusable("two_encodings", line=number)
        first = found


def _encodings_of_lines(file: BinaryIO) -> Iterator[tuple[int, str]]:
    """Yield number and encoding of the lines that tell theirs, '' for none."""
    file.seek(0)
    for number, line in enumerate(iter(lambda: file.readline(BLOCK_BYTES), b""), start=1):
        if not line.isascii():
            yield number, UTF_8 if _is(UTF_8, line) else CP932 if _is(CP932, line) else ""


def _is(encoding: str, line: bytes) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
