"""Tables as offices have them: CSV or TSV in any encoding that spreadsheets write, and back.

Nothing is lost on the way: a record that cannot be read stays in its place, as a row with a fault.
"""

import codecs
import csv
import io
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import BinaryIO

from calsvc.bulk.date_cells import day_text
from calsvc.bulk.encodings import ENCODINGS, UTF_8, UTF_8_BOM, UTF_16, without_mark
from calsvc.bulk.records import MAX_COLUMNS, Form, Row, Table, unusable

DELIMITERS = (",", "\t", ";")
SEPARATOR_LINE = re.compile(r"sep=(?P<delimiter>[,;\t])\s*", re.IGNORECASE)
"""What Excel reads and hides at the beginning of a CSV file."""
HEAD_LINES = 30
"""Lines in which the delimiter is looked for."""
MAX_LINE_CHARACTERS = 1 << 20
"""A longer one is no line of a table of residents."""
MAX_CELL_CHARACTERS = 32_767
"""What a cell of Excel holds."""
MAX_RECORD_LINES = 100
"""Lines in one record; more means that a quotation mark was opened and never closed."""
BYTE_ORDER_MARK = "\ufeff"
END_OF_FILE = "\x1a"
"""Ctrl-Z, with which DOS programs end a text."""
UNDECODABLE = re.compile("[\ud800-\udfff]")
"""What Python makes of bytes that the encoding does not know, so that they can be written back."""

RUN_BY_SPREADSHEETS = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"
"""What begins a formula, in Japanese versions also when full-width."""
RUN_AT_FIRST = frozenset(RUN_BY_SPREADSHEETS + "'")
FORMULA = re.compile(rf"'*[{re.escape(RUN_BY_SPREADSHEETS)}]")
NUMBER = re.compile(r"[+-][0-9]+([.,][0-9]+)*%?")
TEXT = re.compile(r'="[^"]*"')
"""Text that an export keeps from being read as a number; it runs nothing."""
HARMLESS = "'"


# --- reading ------------------------------------------------------------------------------------


def read(file: BinaryIO, encoding: str) -> Table:
    """The table in ``file``, from its beginning, read as its rows are taken.

    ``encoding`` is one of `ENCODINGS`. ``file`` must stay open. Raises `InvalidInputError`
    (``table.empty``, ``table.line_too_long``, ``table.too_many_columns``), also while rows are
    taken.
    """
    encoding = without_mark(file, encoding)
    file.seek(0)
    text = io.TextIOWrapper(_Lent(file), encoding, errors=_on_error(encoding), newline="")
    return _table(_Lines(text), encoding)


class _Lent(io.BufferedIOBase):
    """A file that stays its owner's: whoever reads it does not close it."""

    name = ""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        return self._file.read(-1 if size is None else size)

    read1 = read


def _on_error(encoding: str) -> str:
    """How undecodable bytes are kept, so that they are written back as they came."""
    return "surrogatepass" if encoding.startswith(UTF_16) else "surrogateescape"


def _table(lines: "_Lines", encoding: str) -> Table:
    delimiter = _delimiter(lines)
    for number, line in enumerate(lines):
        lines.taken.clear()
        if line.strip(" \t,;\r\n"):
            lines.give_back(line)
            rows = _rows(lines, delimiter, number)
            return Table(next(rows), rows, Form(encoding, delimiter), day_text)
    raise unusable("empty")


def _delimiter(lines: "_Lines") -> str:
    """Returns what parts the cells of the first lines, which stay to be read."""
    head = list(islice(lines, HEAD_LINES))
    lines.give_back(*head)
    if match := SEPARATOR_LINE.fullmatch(head[0] if head else ""):
        return match["delimiter"]
    delimiter = max(DELIMITERS, key=lambda each: sum(line.count(each) for line in head))
    if any(line.count(delimiter) >= MAX_COLUMNS * 2 for line in head):
        raise unusable("too_many_columns")
    return delimiter


class _Lines:
    """The lines of a text, which can be given back."""

    def __init__(self, text: io.TextIOBase) -> None:
        self._text = text
        self._returned: deque[str] = deque()
        self.taken: list[str] = []
        self._begun = False

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        """The next line, with its end. Raises ``csv.Error`` for an endless record."""
        if len(self.taken) == MAX_RECORD_LINES:
            raise csv.Error
        line = self._returned.popleft() if self._returned else self._read()
        if not line:
            raise StopIteration
        self.taken.append(line)
        return line

    def _read(self) -> str:
        try:
            line = self._text.readline(MAX_LINE_CHARACTERS)
        except UnicodeDecodeError:  # half a character of UTF-16 at the end
            raise unusable("encoding", known=", ".join(ENCODINGS)) from None
        if len(line) == MAX_LINE_CHARACTERS:
            raise unusable("line_too_long")
        if not self._begun:  # programs that join files leave a second mark
            self._begun, line = True, line.lstrip(BYTE_ORDER_MARK)
        return self._after_mark(line) if line[:1] == END_OF_FILE else line

    def _after_mark(self, line: str) -> str:
        """Returns '' for the mark of the end, unless more comes after it."""
        after = self._text.readline(MAX_LINE_CHARACTERS)
        self._returned.extend([after] if after else [])
        return line if after or line.strip() != END_OF_FILE else ""

    def give_back(self, *lines: str) -> None:
        """Let ``lines`` come next, and forget what was taken."""
        self._returned.extendleft(reversed(lines))
        self.taken.clear()


def _rows(lines: _Lines, delimiter: str, before: int) -> Iterator[Row]:
    """The records of ``lines``, of which ``before`` have gone by."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    number = before
    while True:
        number += 1
        lines.taken.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            broken, *others = lines.taken
            lines.give_back(*others)
            yield Row(number, [broken.rstrip("\r\n")], "row.quotes")
            continue
        yield Row(number, cells, _fault(cells))


def _fault(cells: Sequence[str]) -> str:
    text = "".join(cells)
    if len(text) > MAX_CELL_CHARACTERS and max(map(len, cells)) > MAX_CELL_CHARACTERS:
        return "row.cell_too_long"
    return "row.undecodable" if not text.isascii() and UNDECODABLE.search(text) else ""


# --- writing ------------------------------------------------------------------------------------


def write(rows: Iterable[Sequence[str]], form: Form) -> bytes:
    """``rows`` as bytes, each line ended by CR LF, without a byte order mark."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=form.delimiter, lineterminator="\r\n")
    for row in rows:
        cells = [harmless(cell) if cell[:1] in RUN_AT_FIRST else cell for cell in row]
        line = form.delimiter.join(cells)
        if _needs_quotes(line, cells, form.delimiter):
            writer.writerow(cells)
        else:
            text.write(f"{line}\r\n")
    return text.getvalue().encode(_without_bom(form.encoding), _on_error(form.encoding))


def _needs_quotes(line: str, cells: Sequence[str], delimiter: str) -> bool:
    """Returns whether ``cells``, joined to ``line``, need the writer, which is slow."""
    return (
        line.count(delimiter) >= len(cells)
        or len(cells) == 1
        or '"' in line
        or "\n" in line
        or "\r" in line
    )


def byte_order_mark(form: Form) -> bytes:
    """What a file in this form begins with."""
    return "".encode(form.encoding) if form.encoding in (UTF_8_BOM, UTF_16) else b""


def _without_bom(encoding: str) -> str:
    return {UTF_8_BOM: UTF_8, UTF_16: _native_utf_16()}.get(encoding, encoding)


def _native_utf_16() -> str:
    return "utf-16-le" if "".encode(UTF_16) == codecs.BOM_UTF16_LE else "utf-16-be"


def harmless(cell: str) -> str:
    """The cell, led by one apostrophe where a spreadsheet would run it as a formula.

    Plain numbers (-5, +819012345678) and text (="0012") stay as they are. To undo it, take one
    apostrophe away from whatever `FORMULA` matches: a cell that came with apostrophes before a
    formula gets one more.
    """
    runs = FORMULA.match(cell) and not NUMBER.fullmatch(cell) and not TEXT.fullmatch(cell)
    return HARMLESS + cell if runs else cell
