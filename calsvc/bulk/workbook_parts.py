"""Reads from a workbook's own parts what python-calamine does not report.

These are the epoch, the active sheet, hidden rows, padded numbers and cells without a result.
It runs in `calsvc.bulk.reader_process` only.
"""

import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, BinaryIO
from xml.parsers import expat

from calsvc.bulk.ods_marks import CONTENT, OdsContent
from calsvc.bulk.sheet_marks import (
    MAX_ROWS,
    UNCOMPUTED,
    Attributes,
    Marks,
    RefusedError,
    occurs,
    parse,
)

MAX_UNPACKED_BYTES = 1 << 30
MAX_RATIO = 300
"""Unpacked bytes for each packed byte; sheets have 10 to 100."""
MIN_SUSPECT_BYTES = 8 << 20
"""A smaller part is harmless at any ratio."""
MAX_PARTS = 10_000
KNOWN_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
IS_ENCRYPTED = 0x1
NEEDS_MARKS = re.compile(rb"""hidden|<(?:\w+:)?f[\s/>]|\st\s*=\s*["']e["']|\0""")
SIGNS_OF_MARKS = (b"hidden", b"<f", b":f", b'"e"', b"'e'", b"\0")
"""Each match of `NEEDS_MARKS` has one of them, in well-formed XML."""
PADDING = re.compile(r"(0{2,20})(;@)?")
REFERENCE = re.compile(r"([A-Z]{1,3})[0-9]+")
TRUE = {"1", "true"}
WORKBOOK_PROPERTIES = 153
"""BrtWbProp of MS-XLSB 2.4.822; its lowest bit is the epoch."""
DATE_MODE_1900, DATE_MODE_1904 = b"\x22\0\x02\0\0\0", b"\x22\0\x02\0\x01\0"
"""The record Date1904 of MS-XLS 2.4.77."""


@dataclass(frozen=True)
class Parts:
    """``epoch`` is 1900, 1904 or 0 where it cannot be known; ``knows_rows``: hidden or not."""

    format: str
    epoch: int
    active: str = ""
    paths: Mapping[str, str] = field(default_factory=dict)
    paddings: Mapping[str, int] = field(default_factory=dict)
    knows_rows: bool = False
    marks: Mapping[str, Marks] = field(default_factory=dict)
    """Of the sheets of an .ods file, which are one part."""


def read_parts(file: BinaryIO) -> Parts:
    """Returns what the parts of ``file`` tell about all sheets. Raises `RefusedError`."""
    file.seek(0)
    if not zipfile.is_zipfile(file):
        return Parts("xls", _epoch_of_xls(file))
    try:
        return _read_zip(zipfile.ZipFile(file))
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError, expat.ExpatError) as error:
        raise RefusedError("not_excel") from error


def _read_zip(archive: zipfile.ZipFile) -> Parts:
    _refuse_bombs(archive.infolist())
    names = set(archive.namelist())
    if CONTENT in names:
        return _parts_of_ods(archive)
    if "xl/workbook.bin" in names:
        return Parts("xlsb", _epoch_of_xlsb(archive.read("xl/workbook.bin")))
    if "EncryptedPackage" in names:
        raise RefusedError("encrypted")
    return _parts_of_xlsx(archive)


def _refuse_bombs(parts: list[zipfile.ZipInfo]) -> None:
    if any(part.flag_bits & IS_ENCRYPTED for part in parts):
        raise RefusedError("encrypted")
    if any(part.compress_type not in KNOWN_METHODS for part in parts):
        raise RefusedError("compression")
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
        raise RefusedError("too_large")
    for part in parts:
        if part.file_size > max(MIN_SUSPECT_BYTES, part.compress_size * MAX_RATIO):
            raise RefusedError("too_large")


# --- .xlsx --------------------------------------------------------------------------------------


def _parts_of_xlsx(archive: zipfile.ZipFile) -> Parts:
    main = _main_part(archive)
    folder, name = posixpath.split(main)
    targets = _relations(archive, f"{folder}/_rels/{name}.rels", folder)
    sheets: list[tuple[str, str]] = []
    params = {"epoch": "1900", "active": "0"}

    def start(element: str, attributes: Attributes) -> None:
        if element == "sheet":
            sheets.append((attributes["name"], targets.get(_relation(attributes), "")))
        elif element == "workbookPr" and attributes.get("date1904") in TRUE:
            params["epoch"] = "1904"
        elif element == "workbookView":
            params["active"] = attributes.get("activeTab", "0")

    parse(archive.open(main), start)
    at = int(params["active"])
    active = sheets[at][0] if 0 <= at < len(sheets) else ""
    paddings = _paddings(archive, f"{folder}/styles.xml")
    return Parts("xlsx", int(params["epoch"]), active, dict(sheets), paddings, knows_rows=True)


def _main_part(archive: zipfile.ZipFile) -> str:
    found = []

    def start(element: str, attributes: Attributes) -> None:
        if element == "Relationship" and attributes["Type"].endswith("/officeDocument"):
            found.append(attributes["Target"].lstrip("/"))

    parse(archive.open("_rels/.rels"), start)
    if not found:
        raise RefusedError("not_excel")
    return found[0]


def _relations(archive: zipfile.ZipFile, path: str, folder: str) -> Mapping[str, str]:
    found: dict[str, str] = {}

    def start(element: str, attributes: Attributes) -> None:
        if element == "Relationship":
            target = attributes["Target"]
            joined = target[1:] if target[:1] == "/" else posixpath.join(folder, target)
            found[attributes["Id"]] = posixpath.normpath(joined)

    parse(archive.open(path), start)
    return found


def _relation(attributes: Attributes) -> str:
    return next((value for name, value in attributes.items() if name.endswith(" id")), "")


def _paddings(archive: zipfile.ZipFile, path: str) -> Mapping[str, int]:
    """Returns the width of numbers by the index of a cell's style, as with ``0000000000``."""
    widths: dict[str, int] = {}
    styles: list[str] = []
    within: list[str] = []

    def start(element: str, attributes: Attributes) -> None:
        if element == "numFmt" and (match := PADDING.fullmatch(attributes["formatCode"])):
            widths[attributes["numFmtId"]] = len(match[1])
        elif element in ("cellXfs", "cellStyleXfs"):
            within[:] = [element]
        elif element == "xf" and within == ["cellXfs"]:
            styles.append(attributes.get("numFmtId", "0"))

    if path in archive.namelist():
        parse(archive.open(path), start)
    return {str(at): widths[each] for at, each in enumerate(styles) if each in widths}


def read_marks(file: BinaryIO, parts: Parts, sheet: str) -> Marks:
    """Returns the marks of one sheet. Raises `RefusedError`."""
    if not parts.paths.get(sheet):
        return parts.marks.get(sheet, Marks())
    try:
        archive = zipfile.ZipFile(file)
        path = parts.paths[sheet]
        if not parts.paddings and not occurs(NEEDS_MARKS, archive.open(path), SIGNS_OF_MARKS):
            return Marks()
        return _SheetMarks(parts.paddings).read(archive.open(path))
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError, expat.ExpatError) as error:
        raise RefusedError("not_excel") from error


class _SheetMarks:
    """Collects the marks of one sheet, element by element."""

    def __init__(self, paddings: Mapping[str, int]) -> None:
        self._paddings = paddings
        self._marks = Marks()
        self._row, self._column = -1, -1
        self._kind, self._padding = "", 0
        self._formula = self._value = self._in_value = False

    def read(self, part: IO[bytes]) -> Marks:
        parse(part, self._start, self._end, self._text)
        return self._marks

    def _start(self, element: str, attributes: Attributes) -> None:
        if element == "c":
            self._begin_cell(attributes)
        elif element == "row":
            self._begin_row(attributes)
        elif element == "f":
            self._formula = True
        self._in_value = element == "v"

    def _begin_row(self, attributes: Attributes) -> None:
        self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
        self._column = -1
        if not 0 <= self._row < MAX_ROWS:
            raise RefusedError("too_large")
        if attributes.get("hidden") in TRUE:
            self._marks.hide(self._row)

    def _begin_cell(self, attributes: Attributes) -> None:
        match = REFERENCE.fullmatch(attributes.get("r", ""))
        self._column = _column(match[1]) if match else self._column + 1
        self._kind = attributes.get("t", "n")
        self._padding = self._paddings.get(attributes.get("s", ""), 0)
        self._formula = self._value = False

    def _text(self, _text: str) -> None:
        self._value = self._value or self._in_value

    def _end(self, element: str) -> None:
        self._in_value = False
        if element != "c":
            return
        if self._kind == "e" or (self._formula and not self._value and self._kind != "str"):
            self._marks.mark(self._row, self._column, UNCOMPUTED)
        elif self._padding and self._kind == "n":
            self._marks.mark(self._row, self._column, self._padding)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


# --- the other formats ----------------------------------------------------------------------------


def _parts_of_ods(archive: zipfile.ZipFile) -> Parts:
    """Dates of .ods are written out."""
    if b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise RefusedError("encrypted")
    content = OdsContent(archive)
    epoch = 0 if content.has_null_date else 1900
    return Parts("ods", epoch, knows_rows=True, marks=content.marks)


def _epoch_of_xlsb(content: bytes) -> int:
    for kind, size, at in _records(content):
        if kind == WORKBOOK_PROPERTIES and size:
            return 1904 if content[at] & 1 else 1900
    return 0


def _records(content: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield kind, size and place of each record of MS-XLSB."""
    at = 0
    while at < len(content):
        kind, at = _number(content, at, 2)
        size, at = _number(content, at, 4)
        yield kind, size, at
        at += size


def _number(content: bytes, at: int, most: int) -> tuple[int, int]:
    """Returns a number of 7 bits a byte, and the place behind it; kinds keep their top bits."""
    number = 0
    for place in range(most):
        byte = content[at : at + 1] or b"\0"
        at += 1
        number |= (byte[0] & 0x7F) << 7 * place
        if byte[0] < 0x80:  # noqa: PLR2004 - the bit that says that more follows
            break
    return number, at


def _epoch_of_xls(file: BinaryIO) -> int:
    """Returns the epoch where only one of its two records occurs in the bytes."""
    file.seek(0)
    content = file.read()
    found = (DATE_MODE_1900 in content, DATE_MODE_1904 in content)
    return {(True, False): 1900, (False, True): 1904}.get(found, 0)
