"""Writes .xlsx files row by row. The sheet's XML is appended to, and zipped at the end.

XlsxWriter cannot continue a file after an interruption, and a run must be resumable.
"""

import re
import zipfile
from collections.abc import Iterable, Sequence
from typing import IO, BinaryIO

from calsvc.bulk.records import HiddenCells, Number, Uncomputed

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
SHEET = "xl/worksheets/sheet1.xml"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
PARTS = {
    "[Content_Types].xml": (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/><Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/{SHEET}" ContentType="{TYPE}.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{RELATIONS}"><Relationship Id="rId1"'
        f' Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="calsvc" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{RELATIONS}"><Relationship Id="rId1"'
        f' Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    ),
}
OPENING = f'{DECLARATION}<worksheet xmlns="{MAIN}"><sheetData>'.encode()
CLOSING = b"</sheetData></worksheet>"
LEFT, RIGHT = '<c t="inlineStr"><is><t>', "</t></is></c>"
SPACED = '<c t="inlineStr"><is><t xml:space="preserve">'
BLANK = f"{LEFT}{RIGHT}"
NO_VALUE = '<c t="e"><v>#N/A</v></c>'
"""A cell without a result is written as this error, because the original one is not known."""
TYPED = {Number, Uncomputed}
BETWEEN = "\0"
SPACE_FIRST, SPACE_LAST = f"{BETWEEN} ", f" {BETWEEN}"
WIDE_SPACE = "\u3000"
"""Names contain it, but ``str.isprintable`` is False for it."""
ESCAPED = re.compile(r"[\0-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
SURROGATE = re.compile("[\ud800-\udfff]")
BLOCK_BYTES = 1 << 20
FASTEST = 1
"""Compression level of deflate."""


def write(rows: Iterable[Sequence[str]]) -> bytes:
    """Return the XML of ``rows``.

    A `Number` becomes a number, an `Uncomputed` cell an error, `HiddenCells` a hidden row.
    """
    return "".join(map(_row, rows)).encode()


def _row(cells: Sequence[str]) -> str:
    if type(cells) is HiddenCells:
        return _shown([*cells]).replace("<row", '<row hidden="1"', 1)
    return _shown(cells)


def _shown(cells: Sequence[str]) -> str:
    if not cells:
        return "<row/>"
    joined = BETWEEN.join(cells)
    if not TYPED.isdisjoint(map(type, cells)) or not _is_plain(joined, len(cells)):
        return f"<row>{''.join(map(_cell, cells))}</row>"
    between = _markup(joined).replace(BETWEEN, f"{RIGHT}{LEFT}")
    return f"<row>{LEFT}{between}{RIGHT}</row>".replace(BLANK, "<c/>")


def _is_plain(joined: str, cells: int) -> bool:
    """Return True if no cell needs an escape for control characters or ``xml:space``.

    ``joined``: the cells with `BETWEEN` between them. ``cells``: their number.
    """
    text = joined.replace(BETWEEN, "").replace(WIDE_SPACE, "")
    return text.isprintable() and not (
        joined.count(BETWEEN) >= cells
        or "_x" in text
        or SPACE_FIRST in joined
        or SPACE_LAST in joined
        or joined[:1] == " "
        or joined[-1:] == " "
    )


def _cell(cell: str) -> str:
    if isinstance(cell, Uncomputed):
        return NO_VALUE
    if not cell:
        return "<c/>"
    if isinstance(cell, Number):
        return f"<c><v>{cell}</v></c>"
    text = SURROGATE.sub("\ufffd", ESCAPED.sub(_escaped, cell))
    return f"{SPACED}{_markup(text)}{RIGHT}"


def _escaped(match: re.Match[str]) -> str:
    """Return ``_x000D_`` for a character that XML does not allow (ECMA-376 22.4.2.4)."""
    return f"_x{ord(match[0]):04X}_"


def _markup(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def pack(sheet: BinaryIO, target: IO[bytes]) -> None:
    """Write the workbook to ``target``. ``sheet``: the file with `OPENING` and all rows."""
    sheet.seek(0)
    archive = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=FASTEST)
    with archive:
        for name, content in PARTS.items():
            with archive.open(name, "w") as entry:  # unlike writestr, it stores no time
                entry.write(f"{DECLARATION}{content}".encode())
        with archive.open(SHEET, "w", force_zip64=True) as entry:
            while block := sheet.read(BLOCK_BYTES):
                entry.write(block)
            entry.write(CLOSING)
