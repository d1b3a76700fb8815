"""Reads data from a workbook's parts that python-calamine does not report.

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

from calsvc.bulk.ods_marks import CONTENT_PART, OdsMarks
from calsvc.bulk.sheet_marks import (
    MAX_ROWS,
    UNCOMPUTED,
    Attributes,
    Marks,
    RejectedWorkbookError,
    contains_pattern,
    parse,
)

MAX_UNPACKED_BYTES = 1 << 30
MAX_COMPRESSION_RATIO = 300
"""Maximum of unpacked bytes for each packed byte. Sheets have 10 to 100."""
MIN_SUSPECT_BYTES = 8 << 20
"""A smaller part is accepted with any ratio."""
MAX_PARTS = 10_000
SUPPORTED_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ENCRYPTED_FLAG = 0x1
NEEDS_MARKS_PATTERN = re.compile(rb"""hidden|<(?:\w+:)?f[\s/>]|\st\s*=\s*["']e["']|\0""")
MARK_HINTS = (b"hidden", b"<f", b":f", b'"e"', b"'e'", b"\0")
"""In well-formed XML, each match of `NEEDS_MARKS_PATTERN` contains one of them."""
PADDING_PATTERN = re.compile(r"(0{2,20})(;@)?")
CELL_REFERENCE_PATTERN = re.compile(r"([A-Z]{1,3})[0-9]+")
TRUE_VALUES = {"1", "true"}
WORKBOOK_PROPERTIES_RECORD = 153
"""BrtWbProp of MS-XLSB 2.4.822; its lowest bit is the epoch."""
DATE_MODE_1900, DATE_MODE_1904 = b"\x22\0\x02\0\0\0", b"\x22\0\x02\0\x01\0"
"""The record Date1904 of MS-XLS 2.4.77."""


@dataclass(frozen=True)
class Parts:
    """Data about all sheets. ``epoch``: 1900, 1904, or 0 if it cannot be detected.

    ``active``: the name of the selected sheet. ``paths``: the part of each sheet.
    ``paddings``: widths by the index of a style. ``knows_hidden_rows``: True if hidden rows
    can be detected in this format.
    """

    format: str
    epoch: int
    active: str = ""
    paths: Mapping[str, str] = field(default_factory=dict)
    paddings: Mapping[str, int] = field(default_factory=dict)
    knows_hidden_rows: bool = False
    marks: Mapping[str, Marks] = field(default_factory=dict)
    """Marks of each sheet in an .ods file, whose sheets are one part."""


def read_parts(file: BinaryIO) -> Parts:
    """Return the data about all sheets of ``file``. Raises `RejectedWorkbookError`."""
    file.seek(0)
    if not zipfile.is_zipfile(file):
        return Parts("xls", _epoch_of_xls(file))
    try:
        return _read_zip(zipfile.ZipFile(file))
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError, expat.ExpatError) as error:
        raise RejectedWorkbookError("not_excel") from error


def _read_zip(archive: zipfile.ZipFile) -> Parts:
    _reject_zip_bombs(archive.infolist())
    names = set(archive.namelist())
    if CONTENT_PART in names:
        return _read_ods(archive)
    if "xl/workbook.bin" in names:
        return Parts("xlsb", _epoch_of_xlsb(archive.read("xl/workbook.bin")))
    if "EncryptedPackage" in names:
        raise RejectedWorkbookError("encrypted")
    return _read_xlsx(archive)


def _reject_zip_bombs(parts: list[zipfile.ZipInfo]) -> None:
    if any(part.flag_bits & ENCRYPTED_FLAG for part in parts):
        raise RejectedWorkbookError("encrypted")
    if any(part.compress_type not in SUPPORTED_COMPRESSIONS for part in parts):
        raise RejectedWorkbookError("compression")
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
        raise RejectedWorkbookError("too_large")
    for part in parts:
        if part.file_size > max(MIN_SUSPECT_BYTES, part.compress_size * MAX_COMPRESSION_RATIO):
            raise RejectedWorkbookError("too_large")


# --- .xlsx --------------------------------------------------------------------------------------


def _read_xlsx(archive: zipfile.ZipFile) -> Parts:
    main = _main_part(archive)
    folder, name = posixpath.split(main)
    targets = _relation_targets(archive, f"{folder}/_rels/{name}.rels", folder)
    sheets: list[tuple[str, str]] = []
    properties = {"epoch": "1900", "active": "0"}

    def start(element: str, attributes: Attributes) -> None:
        if element == "sheet":
            sheets.append((attributes["name"], targets.get(_relation_id(attributes), "")))
        elif element == "workbookPr" and attributes.get("date1904") in TRUE_VALUES:
            properties["epoch"] = "1904"
        elif element == "workbookView":
            properties["active"] = attributes.get("activeTab", "0")

    parse(archive.open(main), start)
    index = int(properties["active"])
    active = sheets[index][0] if 0 <= index < len(sheets) else ""
    paddings = _paddings(archive, f"{folder}/styles.xml")
    return Parts(
        "xlsx", int(properties["epoch"]), active, dict(sheets), paddings, knows_hidden_rows=True
    )


def _main_part(archive: zipfile.ZipFile) -> str:
    targets = []

    def start(element: str, attributes: Attributes) -> None:
        if element == "Relationship" and attributes["Type"].endswith("/officeDocument"):
            targets.append(attributes["Target"].lstrip("/"))

    parse(archive.open("_rels/.rels"), start)
    if not targets:
        raise RejectedWorkbookError("not_excel")
    return targets[0]


def _relation_targets(archive: zipfile.ZipFile, path: str, folder: str) -> Mapping[str, str]:
    targets: dict[str, str] = {}

    def start(element: str, attributes: Attributes) -> None:
        if element == "Relationship":
            target = attributes["Target"]
            joined = target[1:] if target[:1] == "/" else posixpath.join(folder, target)
            targets[attributes["Id"]] = posixpath.normpath(joined)

    parse(archive.open(path), start)
    return targets


def _relation_id(attributes: Attributes) -> str:
    return next((value for name, value in attributes.items() if name.endswith(" id")), "")


def _paddings(archive: zipfile.ZipFile, path: str) -> Mapping[str, int]:
    """Return the width of padded numbers (``0000000000``) by the index of a cell's style."""
    widths: dict[str, int] = {}
    styles: list[str] = []
    section: list[str] = []

    def start(element: str, attributes: Attributes) -> None:
        if element == "numFmt" and (match := PADDING_PATTERN.fullmatch(attributes["formatCode"])):
            widths[attributes["numFmtId"]] = len(match[1])
        elif element in ("cellXfs", "cellStyleXfs"):
            section[:] = [element]
        elif element == "xf" and section == ["cellXfs"]:
            styles.append(attributes.get("numFmtId", "0"))

    if path in archive.namelist():
        parse(archive.open(path), start)
    return {str(index): widths[each] for index, each in enumerate(styles) if each in widths}


def read_marks(file: BinaryIO, parts: Parts, sheet: str) -> Marks:
    """Return the marks of one sheet. Raises `RejectedWorkbookError`."""
    if not parts.paths.get(sheet):
        return parts.marks.get(sheet, Marks())
    try:
        archive = zipfile.ZipFile(file)
        path = parts.paths[sheet]
        if not parts.paddings and not contains_pattern(
            NEEDS_MARKS_PATTERN, archive.open(path), MARK_HINTS
        ):
            return Marks()
        return _SheetMarks(parts.paddings).read(archive.open(path))
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError, expat.ExpatError) as error:
        raise RejectedWorkbookError("not_excel") from error


class _SheetMarks:
    """Collects the marks of one .xlsx sheet from its elements."""

    def __init__(self, paddings: Mapping[str, int]) -> None:
        self._paddings = paddings
        self._marks = Marks()
        self._row, self._column = -1, -1
        self._cell_type, self._padding = "", 0
        self._has_formula = self._has_value = self._in_value = False

    def read(self, part: IO[bytes]) -> Marks:
        parse(part, self._start, self._end, self._text)
        return self._marks

    def _start(self, element: str, attributes: Attributes) -> None:
        if element == "c":
            self._start_cell(attributes)
        elif element == "row":
            self._start_row(attributes)
        elif element == "f":
            self._has_formula = True
        self._in_value = element == "v"

    def _start_row(self, attributes: Attributes) -> None:
        self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
        self._column = -1
        if not 0 <= self._row < MAX_ROWS:
            raise RejectedWorkbookError("too_large")
        if attributes.get("hidden") in TRUE_VALUES:
            self._marks.hide(self._row)

    def _start_cell(self, attributes: Attributes) -> None:
        match = CELL_REFERENCE_PATTERN.fullmatch(attributes.get("r", ""))
        self._column = _column_index(match[1]) if match else self._column + 1
        self._cell_type = attributes.get("t", "n")
        self._padding = self._paddings.get(attributes.get("s", ""), 0)
        self._has_formula = self._has_value = False

    def _text(self, _text: str) -> None:
        self._has_value = self._has_value or self._in_value

    def _end(self, element: str) -> None:
        self._in_value = False
        if element != "c":
            return
        if self._cell_type == "e" or (
            self._has_formula and not self._has_value and self._cell_type != "str"
        ):
            self._marks.mark(self._row, self._column, UNCOMPUTED)
        elif self._padding and self._cell_type == "n":
            self._marks.mark(self._row, self._column, self._padding)


def _column_index(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


# --- the other formats ----------------------------------------------------------------------------


def _read_ods(archive: zipfile.ZipFile) -> Parts:
    """Return the parts of an .ods file. Without a null date, numbers count as in Excel."""
    if b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise RejectedWorkbookError("encrypted")
    ods = OdsMarks(archive)
    epoch = 0 if ods.has_null_date else 1900
    return Parts("ods", epoch, knows_hidden_rows=True, marks=ods.marks)


def _epoch_of_xlsb(content: bytes) -> int:
    for kind, size, offset in _read_records(content):
        if kind == WORKBOOK_PROPERTIES_RECORD and size:
            return 1904 if content[offset] & 1 else 1900
    return 0


def _read_records(content: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield kind, size and offset of each record of MS-XLSB."""
    offset = 0
    while offset < len(content):
        kind, offset = _read_number(content, offset, 2)
        size, offset = _read_number(content, offset, 4)
        yield kind, size, offset
        offset += size


def _read_number(content: bytes, offset: int, max_bytes: int) -> tuple[int, int]:
    """Return a number of at most ``max_bytes`` bytes with 7 bits each, and the offset after it."""
    number = 0
    for index in range(max_bytes):
        byte = content[offset : offset + 1] or b"\0"
        offset += 1
        number |= (byte[0] & 0x7F) << 7 * index
        if byte[0] < 0x80:  # noqa: PLR2004 - the continuation bit
            break
    return number, offset


def _epoch_of_xls(file: BinaryIO) -> int:
    """Return the epoch if exactly one of its two records occurs in the bytes, or 0."""
    file.seek(0)
    content = file.read()
    occurrences = (DATE_MODE_1900 in content, DATE_MODE_1904 in content)
    return {(True, False): 1900, (False, True): 1904}.get(occurrences, 0)
