"""Reads and writes tables as CSV or TSV, in any encoding that spreadsheets write.

No record is lost. One that cannot be read becomes a faulty row in the same position.
"""

import codecs
import csv
import io
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import BinaryIO

from calsvc.bulk.date_cells import read_day_text
from calsvc.bulk.encodings import ENCODINGS, UTF_8, UTF_8_BOM, UTF_16, with_byte_order
from calsvc.bulk.records import MAX_COLUMNS, Row, Table, TableFormat, table_error

DELIMITERS = (",", "\t", ";")
SEPARATOR_LINE_PATTERN = re.compile(r"sep=(?P<delimiter>[,;\t])\s*", re.IGNORECASE)
"""A first line that Excel reads as the delimiter and does not show."""
HEAD_LINES = 30
"""Number of lines from which the delimiter is detected."""
MAX_LINE_CHARACTERS = 1 << 20
"""Limit of memory: a table of residents has no line that is longer."""
MAX_CELL_CHARACTERS = 32_767
"""Maximum of a cell in Excel."""
MAX_RECORD_LINES = 100
"""A record with more lines has a quotation mark that was opened and not closed."""
BYTE_ORDER_MARK = "\ufeff"
END_OF_FILE = "\x1a"
"""Ctrl-Z, the end-of-file character of DOS programs."""
UNDECODABLE_PATTERN = re.compile("[\ud800-\udfff]")
"""Surrogates that Python decodes unknown bytes to, so that it can write them back."""

FORMULA_PREFIXES = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"
"""First characters of a formula. Japanese versions of Excel accept full-width ones too."""
ESCAPE_CANDIDATES = frozenset(FORMULA_PREFIXES + "'")
FORMULA_PATTERN = re.compile(rf"'*[{re.escape(FORMULA_PREFIXES)}]")
NUMBER_PATTERN = re.compile(r"[+-][0-9]+([.,][0-9]+)*%?")
PROTECTED_TEXT_PATTERN = re.compile(r'="[^"]*"')
"""Text that an export protects from being read as a number. It runs no code."""
FORMULA_ESCAPE = "'"


# --- reading ------------------------------------------------------------------------------------


def read(file: BinaryIO, encoding: str) -> Table:
    """Return the table in ``file``, from its beginning. Rows are read when they are iterated.

    ``encoding``: one of `ENCODINGS`. ``file`` must stay open until the last row is read.
    Raises `InvalidInputError` (``table.empty``, ``table.line_too_long``,
    ``table.too_many_columns``), also during the iteration.
    """
    encoding = with_byte_order(file, encoding)
    file.seek(0)
    text = io.TextIOWrapper(
        _NonClosingReader(file), encoding, errors=_decode_error_handler(encoding), newline=""
    )
    return _table(_PushbackLines(text), encoding)


class _NonClosingReader(io.BufferedIOBase):
    """A readable file that a `TextIOWrapper` may drop without closing the file of the caller."""

    name = ""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        return self._file.read(-1 if size is None else size)

    read1 = read  # TextIOWrapper calls it instead of ``read``


def _decode_error_handler(encoding: str) -> str:
    """Return the error handler with which undecodable bytes can be written back unchanged."""
    return "surrogatepass" if encoding.startswith(UTF_16) else "surrogateescape"


def _table(lines: "_PushbackLines", encoding: str) -> Table:
    delimiter = _delimiter(lines)
    for number, line in enumerate(lines):
        lines.consumed.clear()
        if line.strip(" \t,;\r\n"):
            lines.push_back(line)
            rows = _rows(lines, delimiter, number)
            return Table(next(rows), rows, TableFormat(encoding, delimiter), read_day_text)
    raise table_error("empty")


def _delimiter(lines: "_PushbackLines") -> str:
    """Return the delimiter of the first lines, without consuming them."""
    head = list(islice(lines, HEAD_LINES))
    lines.push_back(*head)
    if match := SEPARATOR_LINE_PATTERN.fullmatch(head[0] if head else ""):
        return match["delimiter"]
    delimiter = max(DELIMITERS, key=lambda each: sum(line.count(each) for line in head))
    if any(line.count(delimiter) >= MAX_COLUMNS * 2 for line in head):
        raise table_error("too_many_columns")
    return delimiter


class _PushbackLines:
    """An iterator over the lines of a text, to which lines can be returned."""

    def __init__(self, text: io.TextIOBase) -> None:
        self._text = text
        self._returned: deque[str] = deque()
        self.consumed: list[str] = []
        self._begun = False

    def __iter__(self) -> "_PushbackLines":
        return self

    def __next__(self) -> str:
        """Return the next line with its line ending. Raises ``csv.Error`` in an endless record."""
        if len(self.consumed) == MAX_RECORD_LINES:
            raise csv.Error
        line = self._returned.popleft() if self._returned else self._read()
        if not line:
            raise StopIteration
        self.consumed.append(line)
        return line

    def _read(self) -> str:
        try:
            line = self._text.readline(MAX_LINE_CHARACTERS)
        except UnicodeDecodeError:  # half a character of UTF-16 at the end
            raise table_error("encoding", known=", ".join(ENCODINGS)) from None
        if len(line) == MAX_LINE_CHARACTERS:
            raise table_error("line_too_long")
        if not self._begun:  # programs that join files leave a second mark
            self._begun, line = True, line.lstrip(BYTE_ORDER_MARK)
        return self._after_mark(line) if line[:1] == END_OF_FILE else line

    def _after_mark(self, line: str) -> str:
        """Return '' for an end-of-file character at the end, or ``line`` if text follows."""
        following = self._text.readline(MAX_LINE_CHARACTERS)
        self._returned.extend([following] if following else [])
        return line if following or line.strip() != END_OF_FILE else ""

    def push_back(self, *lines: str) -> None:
        """Return ``lines`` to the iterator and clear ``consumed``."""
        self._returned.extendleft(reversed(lines))
        self.consumed.clear()


def _rows(lines: _PushbackLines, delimiter: str, skipped_lines: int) -> Iterator[Row]:
    """Yield the records of ``lines``, of which ``skipped_lines`` were skipped.

    After a broken quotation mark, its first line becomes a faulty row; the others are read again.
    """
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    number = skipped_lines
    while True:
        number += 1
        lines.consumed.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            broken, *others = lines.consumed
            lines.push_back(*others)
            yield Row(number, [broken.rstrip("\r\n")], "row.quotes")
            continue
        yield Row(number, cells, _problem_key(cells))


def _problem_key(cells: Sequence[str]) -> str:
    text = "".join(cells)
    if len(text) > MAX_CELL_CHARACTERS and max(map(len, cells)) > MAX_CELL_CHARACTERS:
        return "row.cell_too_long"
    return "row.undecodable" if not text.isascii() and UNDECODABLE_PATTERN.search(text) else ""


# --- writing ------------------------------------------------------------------------------------


def write(rows: Iterable[Sequence[str]], table_format: TableFormat) -> bytes:
    """Return ``rows`` as bytes, each line ended by CR LF, without a byte order mark."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=table_format.delimiter, lineterminator="\r\n")
    for row in rows:
        cells = [escape_formula(cell) if cell[:1] in ESCAPE_CANDIDATES else cell for cell in row]
        line = table_format.delimiter.join(cells)
        if _needs_quotes(line, cells, table_format.delimiter):
            writer.writerow(cells)
        else:
            text.write(f"{line}\r\n")
    return text.getvalue().encode(
        _without_bom(table_format.encoding), _decode_error_handler(table_format.encoding)
    )


def _needs_quotes(line: str, cells: Sequence[str], delimiter: str) -> bool:
    """Return True if ``cells``, joined to ``line``, need csv's writer, which is slower."""
    return (
        line.count(delimiter) >= len(cells)
        or len(cells) == 1
        or '"' in line
        or "\n" in line
        or "\r" in line
    )


def byte_order_mark(table_format: TableFormat) -> bytes:
    """Return the byte order mark of a file in this form, or b''."""
    return "".encode(table_format.encoding) if table_format.encoding in (UTF_8_BOM, UTF_16) else b""


def _without_bom(encoding: str) -> str:
    return {UTF_8_BOM: UTF_8, UTF_16: _native_utf_16()}.get(encoding, encoding)


def _native_utf_16() -> str:
    return "utf-16-le" if "".encode(UTF_16) == codecs.BOM_UTF16_LE else "utf-16-be"


def escape_formula(cell: str) -> str:
    """Return the cell, prefixed with an apostrophe if a spreadsheet would run it as a formula.

    Plain numbers (-5, +819012345678) and protected text (="0012") are not changed.
    Apostrophes before a formula get one more. Removing one from each match of
    `FORMULA_PATTERN` restores the input. Source: OWASP, CSV injection.
    """
    is_run = (
        FORMULA_PATTERN.match(cell)
        and not NUMBER_PATTERN.fullmatch(cell)
        and not PROTECTED_TEXT_PATTERN.fullmatch(cell)
    )
    return FORMULA_ESCAPE + cell if is_run else cell
