"""Draws QR codes of URLs as SVG, PNG and dark runs."""

import struct
import zlib
from collections.abc import Iterator
from itertools import groupby

import zint

QUIET_ZONE = 4
"""Width of the white margin around a code, in modules (ISO/IEC 18004)."""
MODULE_PIXELS = 8
"""Width of a module in files. So in a PNG file with one bit per pixel, a module is one byte."""
ERROR_CORRECTION_M = 2
"""zint's number of the error correction level that restores 15 % of a code."""
MASK_PATTERN = 1
"""zint's number of the mask. A fixed one saves most of the time of a code. For a sealed link, which
looks random, all masks are equally good."""
BYTES_PER_ROW = 144
"""Bytes of each row in zint's matrix. They do not depend on the size of the code."""
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def _modules(byte: int) -> bytes:
    """Return eight modules, 1 for each dark one. zint's first module is the lowest bit."""
    return bytes(byte >> bit & 1 for bit in range(8))


def _svg_path(byte: int) -> str:
    """Return the SVG path of eight modules: a line for dark ones, a move for light ones."""
    runs = ((dark, len([*run])) for dark, run in groupby(_modules(byte)))
    return "".join(f"h{length}" if dark else f"m{length} 0" for dark, length in runs)


MODULES = [_modules(byte) for byte in range(256)]
SVG_PATHS = [_svg_path(byte) for byte in range(256)]
"""A code is drawn byte by byte, because a search for its runs takes several times as long."""
MODULES_TO_PIXELS = bytes.maketrans(b"\x00\x01", b"\xff\x00")


def draw_svg(url: str) -> bytes:
    """Return the code of ``url`` as an SVG file."""
    width, paths = draw_svg_paths(url)
    size = width * MODULE_PIXELS
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<svg xmlns="http://www.w3.org/2000/svg"'
        f' width="{size}" height="{size}" viewBox="0 0 {width} {width}">{paths}</svg>\n'
    ).encode()


def draw_svg_paths(url: str) -> tuple[int, str]:
    """Return the width of the code of ``url`` with its quiet zone, and its SVG paths.

    A module is one unit of the drawing.
    """
    modules, rows = _encode(url)
    width = modules + 2 * QUIET_ZONE
    lines = (
        f"M{QUIET_ZONE} {y}.5{row.decode('latin-1').translate(SVG_PATHS)}"
        for y, row in enumerate(rows, start=QUIET_ZONE)
    )
    ground = f'<path fill="#fff" d="M0 0h{width}v{width}h-{width}z"/>'
    return width, f'{ground}<path stroke="#000" d="{"".join(lines)}"/>'


def draw_png(url: str) -> bytes:
    """Return the code of ``url`` as a PNG file of one bit a pixel (ISO/IEC 15948)."""
    modules, lines = _encode_to_bytes(url)
    width, side = modules + 2 * QUIET_ZONE, bytes(QUIET_ZONE)
    margin = [bytes(width)] * QUIET_ZONE
    rows = [*margin, *(side + line + side for line in lines), *margin]
    content = b"".join((b"\0" + row.translate(MODULES_TO_PIXELS)) * MODULE_PIXELS for row in rows)
    size = width * MODULE_PIXELS
    head = struct.pack(">IIBBBBB", size, size, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(content)), (b"IEND", b""))
    return PNG_SIGNATURE + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return b"".join((struct.pack(">I", len(content)), kind, content, struct.pack(">I", checksum)))


def find_dark_runs(url: str) -> tuple[int, list[tuple[int, int, int]]]:
    """Return the width of the code in modules, and its dark runs: row, column, length."""
    modules, lines = _encode_to_bytes(url)
    return modules, [(y, *run) for y, line in enumerate(lines) for run in _runs(line)]


def _runs(line: bytes) -> Iterator[tuple[int, int]]:
    end = 0
    while (start := line.find(1, end)) >= 0:
        end = line.find(0, start)
        end = len(line) if end < 0 else end
        yield start, end - start


def _encode_to_bytes(url: str) -> tuple[int, list[bytes]]:
    """Return the width of the code in modules, and its rows with one byte a module."""
    modules, rows = _encode(url)
    return modules, [b"".join(MODULES[byte] for byte in row)[:modules] for row in rows]


def _encode(url: str) -> tuple[int, list[bytes]]:
    """Return the width of the code in modules, and its rows with one bit a module."""
    symbol = zint.Symbol()
    symbol.symbology = zint.Symbology.QRCODE
    symbol.option_1 = ERROR_CORRECTION_M
    symbol.option_3 = MASK_PATTERN << 8
    symbol.encode(url)
    matrix, used = symbol.encoded_data.tobytes(), -(-symbol.width // 8)
    starts = range(0, symbol.rows * BYTES_PER_ROW, BYTES_PER_ROW)
    return symbol.width, [matrix[start : start + used] for start in starts]
