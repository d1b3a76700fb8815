"""Tables as offices have them: CSV or TSV in any encoding that spreadsheets write, and back.

Nothing is lost on the way: a record that cannot be read stays in its place, as a row with a fault.
"""

import codecs
import csv
import hashlib
import io
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from calsvc.errors import InvalidInput, Problem

UTF_8, UTF_8_BOM, CP932, UTF_16 = "utf-8", "utf-8-sig", "cp932", "utf-16"
ENCODINGS = (UTF_8, UTF_8_BOM, CP932, UTF_16)
BOMS = {codecs.BOM_UTF8: UTF_8_BOM, codecs.BOM_UTF16_LE: UTF_16, codecs.BOM_UTF16_BE: UTF_16}
DELIMITERS = (",", "\t")
BLOCK = 1 << 20
LONGEST_LINE = 1 << 20
"""In characters; a longer one is no line of a table of residents."""
MOST_LINES = 100
"""Lines in one record; more means that a quotation mark was opened and never closed."""
UNDECODABLE = re.compile("[\ud800-\udfff]")
"""What Python makes of bytes that the encoding does not know, so that they can be written back."""

RUN_BY_SPREADSHEETS = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"
"""What begins a formula, in Japanese versions also when full-width."""
RUN_AT_FIRST = frozenset(RUN_BY_SPREADSHEETS + "'")
FORMULA = re.compile(rf"'*[{re.escape(RUN_BY_SPREADSHEETS)}]")
NUMBER = re.compile(r"[+-][0-9]+([.,][0-9]+)*%?")
HARMLESS = "'"
MIDNIGHT = re.compile(r"[T\s]\s*0?0:00(:00(\.0+)?)?\s*")
"""What spreadsheets add to a day in CSV (``2020/6/1 0:00``)."""


@dataclass(frozen=True)
class Row:
    """A record and its place as spreadsheets count, 1 for the first; ``fault``: a message key."""

    number: int
    cells: Sequence[str]
    fault: str = ""

    @property
    def blank(self) -> bool:
        """Whether nothing stands in it."""
        return not self.fault and not "".join(self.cells).strip()


@dataclass(frozen=True)
class Form:
    """How a table is written down."""

    encoding: str
    delimiter: str


def day_text(cell: str) -> str:
    """The day in a cell of a date column, without the midnight that spreadsheets add."""
    if ":" not in cell:
        return cell
    text = cell.rstrip()
    match = MIDNIGHT.search(text)
    return text[: match.start()] if match and match.end() == len(text) else cell


@dataclass(frozen=True)
class Table:
    """A table being read: ``rows`` come after the ``header``, ``day_text`` reads date cells.

    ``expected``: about how many rows there are, where the file says so.
    """

    header: Row
    rows: Iterator[Row] = field(repr=False)
    form: Form
    day_text: Callable[[str], str] = day_text
    expected: int = 0


@dataclass(frozen=True)
class Survey:
    """What one look through a whole file tells.

    ``lines`` is a count for showing progress: not exact, for a record may have several.
    """

    digest: str
    lines: int
    encoding: str


def unusable(key: str, **facts: str | int) -> InvalidInput:
    """The error of a table that cannot be worked on at all."""
    return InvalidInput([Problem("table", f"table.{key}", facts)])


# --- reading ------------------------------------------------------------------------------------


def survey(file: BinaryIO, encoding: str = "") -> Survey:
    """Look through ``file``, from its beginning; ``encoding`` settles it where given.

    Raises `InvalidInput` (``table.encoding``) where no known encoding fits every byte.
    """
    digest, lines, utf_8 = hashlib.sha256(), 0, _Check(UTF_8)
    file.seek(0)
    start = file.read(4)
    file.seek(0)
    while block := file.read(BLOCK):
        digest.update(block)
        lines += block.count(b"\n")
        utf_8.look(block)
    utf_8.look(b"", final=True)
    found = encoding or _by_bom(start) or (UTF_8 if utf_8.fits else _cp932(file))
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


def _cp932(file: BinaryIO) -> str:
    check = _Check(CP932)
    file.seek(0)
    while check.fits and (block := file.read(BLOCK)):
        check.look(block)
    check.look(b"", final=True)
    if not check.fits:
        raise unusable("encoding", known=", ".join(ENCODINGS))
    return CP932


def read(file: BinaryIO, encoding: str) -> Table:
    """The table in ``file``, from its beginning, read as its rows are taken.

    ``encoding`` is one of `ENCODINGS`. ``file`` must stay open meanwhile. Raises `InvalidInput`
    (``table.empty``, ``table.line_too_long``), also while rows are taken.
    """
    file.seek(0)
    if encoding == UTF_16 and _by_bom(file.read(2)) != UTF_16:
        encoding = "utf-16-le"
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
    for blank, line in enumerate(lines):
        lines.taken.clear()
        if line.strip(" \t,\r\n"):
            lines.give_back(line)
            delimiter = max(DELIMITERS, key=line.count)
            rows = _rows(lines, delimiter, blank)
            return Table(next(rows), rows, Form(encoding, delimiter))
    raise unusable("empty")


class _Lines:
    """The lines of a text, which can be given back."""

    def __init__(self, text: io.TextIOBase) -> None:
        self._text = text
        self._returned: deque[str] = deque()
        self.taken: list[str] = []

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        """The next line, with its end. Raises ``csv.Error`` for an endless record."""
        if len(self.taken) == MOST_LINES:
            raise csv.Error
        line = self._returned.popleft() if self._returned else self._read()
        if not line:
            raise StopIteration
        self.taken.append(line)
        return line

    def _read(self) -> str:
        try:
            line = self._text.readline(LONGEST_LINE)
        except UnicodeDecodeError:  # half a character of UTF-16 at the end
            raise unusable("encoding", known=", ".join(ENCODINGS)) from None
        if len(line) == LONGEST_LINE:
            raise unusable("line_too_long")
        return line

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
    return "row.undecodable" if not text.isascii() and UNDECODABLE.search(text) else ""


# --- writing ------------------------------------------------------------------------------------


def write(rows: Iterable[Sequence[str]], form: Form) -> bytes:
    """``rows`` as bytes, each line ended by CR LF, without a byte order mark."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=form.delimiter, lineterminator="\r\n")
    writer.writerows(
        [harmless(cell) if cell[:1] in RUN_AT_FIRST else cell for cell in cells] for cells in rows
    )
    return text.getvalue().encode(_without_bom(form.encoding), _on_error(form.encoding))


def byte_order_mark(form: Form) -> bytes:
    """What a file in this form begins with."""
    return "".encode(form.encoding) if form.encoding in (UTF_8_BOM, UTF_16) else b""


def _without_bom(encoding: str) -> str:
    return {UTF_8_BOM: UTF_8, UTF_16: _native_utf_16()}.get(encoding, encoding)


def _native_utf_16() -> str:
    return "utf-16-le" if "".encode(UTF_16) == codecs.BOM_UTF16_LE else "utf-16-be"


def harmless(cell: str) -> str:
    """The cell, led by one apostrophe where a spreadsheet would run it as a formula.

    Plain numbers (-5, +819012345678) stay as they are. To undo it, take one apostrophe away from
    whatever `FORMULA` matches: a cell that came with apostrophes before a formula gets one more.
    """
    runs = FORMULA.match(cell) and not NUMBER.fullmatch(cell)
    return HARMLESS + cell if runs else cell
