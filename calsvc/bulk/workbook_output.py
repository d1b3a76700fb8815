"""Writes .xlsx files row by row. The sheet's XML is appended to, and zipped at the end.

XlsxWriter cannot continue a file after an interruption, and a run must be resumable.
"""

import re
import zipfile
from collections.abc import Iterable, Sequence
from typing import IO, BinaryIO

from calsvc.bulk.records import HiddenCells, Number, Uncomputed

MAIN_NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS_NAMESPACE = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE_NAMESPACE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
SHEET_PART = "xl/worksheets/sheet1.xml"
TYPE_PREFIX = "application/vnd.openxmlformats-officedocument.spreadsheetml"
PARTS = {
    "[Content_Types].xml": (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/><Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{TYPE_PREFIX}.sheet.main+xml"/>'
        f'<Override PartName="/{SHEET_PART}" ContentType="{TYPE_PREFIX}.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{RELATIONS_NAMESPACE}"><Relationship Id="rId1"'
        f' Type="{OFFICE_NAMESPACE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{MAIN_NAMESPACE}" xmlns:r="{OFFICE_NAMESPACE}"><sheets>'
        '<sheet name="calsvc" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{RELATIONS_NAMESPACE}"><Relationship Id="rId1"'
        f' Type="{OFFICE_NAMESPACE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    ),
}
SHEET_START = f'{DECLARATION}<worksheet xmlns="{MAIN_NAMESPACE}"><sheetData>'.encode()
SHEET_END = b"</sheetData></worksheet>"
CELL_START, CELL_END = '<c t="inlineStr"><is><t>', "</t></is></c>"
SPACED_CELL_START = '<c t="inlineStr"><is><t xml:space="preserve">'
EMPTY_TEXT_CELL = f"{CELL_START}{CELL_END}"
ERROR_CELL = '<c t="e"><v>#N/A</v></c>'
"""The error for a cell without a result. The original error is unknown."""
NON_TEXT_TYPES = {Number, Uncomputed}
CELL_SEPARATOR = "\0"
SPACE_FIRST, SPACE_LAST = f"{CELL_SEPARATOR} ", f" {CELL_SEPARATOR}"
WIDE_SPACE = "\u3000"
"""The space in many Japanese names. ``str.isprintable`` is False for it."""
NEEDS_ESCAPE_PATTERN = re.compile(r"[\0-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
SURROGATE_PATTERN = re.compile("[\ud800-\udfff]")
BLOCK_BYTES = 1 << 20
COMPRESSION_LEVEL = 1
"""Compression level of deflate."""


def write(rows: Iterable[Sequence[str]]) -> bytes:
    """Return the XML of ``rows``.

    A `Number` becomes a number, an `Uncomputed` cell an error, `HiddenCells` a hidden row.
    """
    return "".join(map(_row, rows)).encode()


def _row(cells: Sequence[str]) -> str:
    if type(cells) is HiddenCells:
        return _row_markup([*cells]).replace("<row", '<row hidden="1"', 1)
    return _row_markup(cells)


def _row_markup(cells: Sequence[str]) -> str:
    if not cells:
        return "<row/>"
    joined = CELL_SEPARATOR.join(cells)
    if not NON_TEXT_TYPES.isdisjoint(map(type, cells)) or not _is_plain(joined, len(cells)):
        return f"<row>{''.join(map(_cell_markup, cells))}</row>"
    markup = _escape_markup(joined).replace(CELL_SEPARATOR, f"{CELL_END}{CELL_START}")
    return f"<row>{CELL_START}{markup}{CELL_END}</row>".replace(EMPTY_TEXT_CELL, "<c/>")


def _is_plain(joined: str, cells: int) -> bool:
    """Return True if no cell needs an escape for control characters or ``xml:space``.

    ``joined``: the cells with `CELL_SEPARATOR` between them. ``cells``: their number.
    """
    text = joined.replace(CELL_SEPARATOR, "").replace(WIDE_SPACE, "")
    return text.isprintable() and not (
        joined.count(CELL_SEPARATOR) >= cells
        or "_x" in text
        or SPACE_FIRST in joined
        or SPACE_LAST in joined
        or joined[:1] == " "
        or joined[-1:] == " "
    )


def _cell_markup(cell: str) -> str:
    if isinstance(cell, Uncomputed):
        return ERROR_CELL
    if not cell:
        return "<c/>"
    if isinstance(cell, Number):
        return f"<c><v>{cell}</v></c>"
    text = SURROGATE_PATTERN.sub("\ufffd", NEEDS_ESCAPE_PATTERN.sub(_escape_character, cell))
    return f"{SPACED_CELL_START}{_escape_markup(text)}{CELL_END}"


def _escape_character(match: re.Match[str]) -> str:
    """Return ``_x000D_`` for a character that XML does not allow (ECMA-376 22.4.2.4)."""
    return f"_x{ord(match[0]):04X}_"


def _escape_markup(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def pack(sheet: BinaryIO, target: IO[bytes]) -> None:
    """Write the workbook to ``target``. ``sheet``: the file with `SHEET_START` and all rows."""
    sheet.seek(0)
    archive = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=COMPRESSION_LEVEL)
    with archive:
        for name, content in PARTS.items():
            with archive.open(name, "w") as entry:  # unlike writestr, it stores no time
                entry.write(f"{DECLARATION}{content}".encode())
        with archive.open(SHEET_PART, "w", force_zip64=True) as entry:
            while block := sheet.read(BLOCK_BYTES):
                entry.write(block)
            entry.write(SHEET_END)
