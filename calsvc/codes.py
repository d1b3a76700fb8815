"""QR codes of addresses."""

import io
from collections.abc import Iterator

import segno

MODULE_PIXELS = 8
QUIET_ZONE = 4
"""Modules around a code that must stay white (ISO/IEC 18004)."""


def code(address: str) -> segno.QRCode:
    """The QR code of ``address``, readable with up to 15 % of it spoilt."""
    return segno.make(address, error="m", boost_error=False, micro=False)


def svg(address: str) -> bytes:
    """The code of ``address`` as an SVG picture."""
    return _saved(address, "svg", scale=MODULE_PIXELS)


def png(address: str) -> bytes:
    """The code of ``address`` as a PNG picture."""
    return _saved(address, "png", scale=MODULE_PIXELS)


def _saved(address: str, kind: str, scale: int) -> bytes:
    file = io.BytesIO()
    code(address).save(file, kind=kind, scale=scale, border=QUIET_ZONE)
    return file.getvalue()


def bars(address: str) -> tuple[int, list[tuple[int, int, int]]]:
    """How many modules wide the code of ``address`` is, and its dark runs: row, column, length."""
    matrix = code(address).matrix
    return len(matrix), [(y, *run) for y, line in enumerate(matrix) for run in _runs(bytes(line))]


def _runs(line: bytes) -> Iterator[tuple[int, int]]:
    end = 0
    while (start := line.find(1, end)) >= 0:
        end = line.find(0, start)
        end = len(line) if end < 0 else end
        yield start, end - start
