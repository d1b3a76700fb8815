"""Makes workbooks of every format, and damages them, with invented people."""

import io
import struct
import zipfile
from collections.abc import Callable, Sequence
from datetime import date

import openpyxl
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

Rows = Sequence[Sequence[object]]
HEADER = ("氏名", "生年月日", "発行日")
BORN, ISSUED = date(1985, 4, 23), date(2020, 6, 1)
HANAKO = ("小樽 花子", BORN, ISSUED)
SHEET = "xl/worksheets/sheet1.xml"


def xlsx(
    *rows: Sequence[object], change: Callable[[Workbook, Worksheet], None] | None = None
) -> bytes:
    """Return an .xlsx file with ``rows``, after ``change`` has been made to it."""
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    if change:
        change(book, book.active)
    book.save(file)
    return file.getvalue()


def of_1904(book: Workbook, _sheet: Worksheet) -> None:
    book.epoch = CALENDAR_MAC_1904


def patched(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """Return the workbook with each part changed."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as read, zipfile.ZipFile(file, "w", 8) as written:
        for name in read.namelist():
            written.writestr(name, change(name, read.read(name)))
    return file.getvalue()


def with_part(content: bytes, name: str, old: bytes, new: bytes) -> bytes:
    """Return the workbook with ``old`` replaced in one part."""

    def change(part: str, data: bytes) -> bytes:
        assert part != name or old in data
        return data.replace(old, new) if part == name else data

    return patched(content, change)


def xls(*rows: Sequence[object], epoch_1904: bool = False) -> bytes:
    """Return an Excel 97 file."""
    book, file = xlwt.Workbook(encoding="utf-8"), io.BytesIO()
    book.dates_1904 = epoch_1904
    sheet, style = book.add_sheet("名簿"), xlwt.easyxf(num_format_str="yyyy/m/d")
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            formats = (style,) if isinstance(value, date) else ()
            sheet.write(at, column, value, *formats)
    book.save(file)
    return file.getvalue()


def ods(*rows: Sequence[object]) -> bytes:
    """Return an OpenDocument spreadsheet."""
    document, table, file = OpenDocumentSpreadsheet(), Table(name="名簿"), io.BytesIO()
    for row in rows:
        line = TableRow()
        for value in row:
            kind = {"valuetype": "date", "datevalue": value} if isinstance(value, date) else {}
            cell = TableCell(**(kind or {"valuetype": "string"}))
            cell.addElement(P(text=str(value)))
            line.addElement(cell)
        table.addElement(line)
    document.spreadsheet.addElement(table)
    document.write(file)
    return file.getvalue()


def with_rows(content: bytes, rows: str) -> bytes:
    """Return the OpenDocument spreadsheet with rows of XML, as LibreOffice names things in it."""
    start, end = b"<office:document-content ", b"</table:table>"
    named = with_part(content, "content.xml", start, start + CALC.encode())
    return with_part(named, "content.xml", end, rows.encode() + end)


CALC = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0" '


# --- .xlsb (MS-XLSB), for which no library writes -------------------------------------------------

TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package'
    '.relationships+xml"/><Default Extension="bin" ContentType="application/vnd.ms-excel'
    '.sheet.binary.macroEnabled.main"/></Types>'
)
RELATION = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships/{}" Target="{}"/></Relationships>'
)


def xlsb(*rows: Sequence[object], epoch_1904: bool = False) -> bytes:
    """Return a binary workbook of text and numbers."""
    properties = struct.pack("<III", epoch_1904, 0, 0) + _text("")
    bundle = struct.pack("<II", 0, 1) + _text("rId1") + _text("名簿")
    book = _record(131) + _record(153, properties) + _record(143) + _record(156, bundle)
    size = struct.pack("<IIII", 0, len(rows) - 1, 0, max(map(len, rows)) - 1)
    cells = b"".join(_row(at, row) for at, row in enumerate(rows))
    sheet = _record(129) + _record(148, size) + _record(145) + cells + _record(146) + _record(130)
    parts = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": RELATION.format("officeDocument", "xl/workbook.bin"),
        "xl/workbook.bin": book + _record(144) + _record(132),
        "xl/_rels/workbook.bin.rels": RELATION.format("worksheet", "worksheets/sheet1.bin"),
        "xl/worksheets/sheet1.bin": sheet,
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def _row(at: int, row: Sequence[object]) -> bytes:
    found = _record(0, struct.pack("<IIHBBBI", at, 0, 300, 0, 0, 0, 0))
    for column, value in enumerate(row):
        head = struct.pack("<II", column, 0)
        if isinstance(value, int):
            found += _record(5, head + struct.pack("<d", value))
        else:
            found += _record(6, head + _text(str(value)))
    return found


def _record(kind: int, data: bytes = b"") -> bytes:
    start = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, left = b"", len(data)
    while left > 127:
        size, left = size + bytes([left & 0x7F | 0x80]), left >> 7
    return start + size + bytes([left]) + data


def _text(text: str) -> bytes:
    encoded = text.encode("utf-16-le")
    return struct.pack("<I", len(encoded) // 2) + encoded
