"""A child process that reads one workbook with limits on memory, time and output.

``python -m calsvc.bulk.reader_process DESCRIPTOR`` reads the file of that descriptor. It writes
messages: four bytes of length (big-endian), then JSON. The first one describes the sheets.
Each line of standard input is the index of a sheet. Messages with its rows follow, the last one
with ``end``. A damaged workbook may make the library allocate all memory. Then this process ends,
but not the service.
"""

import json
import os
import resource
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import BinaryIO

from python_calamine import (
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from calsvc.bulk.records import MAX_COLUMNS
from calsvc.bulk.sheet_marks import UNCOMPUTED, Marks, RejectedWorkbookError
from calsvc.bulk.workbook_parts import Parts, read_marks, read_parts

MAX_MEMORY_BYTES = 1 << 30
MIN_PROCESSOR_SECONDS = 4
PROCESSOR_SECONDS_PER_MEGABYTE = 2
MAX_SHEETS = 100
MAX_CELLS = 40_000_000
MAX_CELL_CHARACTERS = 32_767
HEAD_ROWS = 40
BATCH_CHARACTERS = 1 << 18
Cell = str | list[str]
"""Text, a number as a list of its text, or an empty list for a cell without a result."""
NO_RESULT: Cell = []


def limit_this_process(size: int) -> None:
    """Limit memory, processor time and output of this process. ``size``: bytes of the file."""
    seconds = MIN_PROCESSOR_SECONDS + PROCESSOR_SECONDS_PER_MEGABYTE * (size >> 20)
    for resource_kind, limit in (
        (resource.RLIMIT_AS, MAX_MEMORY_BYTES),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        resource.setrlimit(resource_kind, (limit, limit))


def main() -> int:
    """Write the messages for the requests on standard input. A rejection is a message too."""
    file = os.fdopen(int(sys.argv[1]), "rb")
    limit_this_process(os.fstat(file.fileno()).st_size)
    for message in messages(file, sys.stdin):
        _send(message)
    return 0


def messages(file: BinaryIO, requests: Iterator[str]) -> Iterator[Mapping[str, object]]:
    """Yield the description of ``file``, then the rows of each requested sheet. Never raises."""
    try:
        reader = WorkbookReader(file)
        yield reader.describe()
        for line in requests:
            yield from reader.batches(int(line))
    except RejectedWorkbookError as error:
        yield {"refused": error.key}
    except PasswordError:
        yield {"refused": "encrypted"}
    except MemoryError:
        yield {"refused": "too_large"}
    except BaseException as error:  # A panic of the library is a BaseException.
        if isinstance(error, GeneratorExit):
            raise
        yield {"refused": "not_excel"}


def _send(message: Mapping[str, object]) -> None:
    content = json.dumps(message, ensure_ascii=False).encode("utf-8", "replace")
    sys.stdout.buffer.write(len(content).to_bytes(4, "big") + content)
    sys.stdout.buffer.flush()


class WorkbookReader:
    """Reads one workbook. Caches the sheet that was read last."""

    def __init__(self, file: BinaryIO) -> None:
        """Open ``file``. Raises `RejectedWorkbookError` and any error of the library."""
        self._file = file
        self._parts: Parts = read_parts(file)
        file.seek(0)
        self._book = CalamineWorkbook.from_filelike(file)
        self._sheets = [
            each for each in self._book.sheets_metadata if each.typ is SheetTypeEnum.WorkSheet
        ]
        self._cached: tuple[int, CalamineSheet, Marks] | None = None
        if len(self._sheets) > MAX_SHEETS:
            raise RejectedWorkbookError("too_many_sheets")

    def describe(self) -> Mapping[str, object]:
        """Return the format, the epoch, and the sheets with the first rows of each."""
        return {
            "format": self._parts.format,
            "epoch": self._parts.epoch,
            "knows_hidden_rows": self._parts.knows_hidden_rows,
            "sheets": [self._describe_sheet(index) for index in range(len(self._sheets))],
        }

    def _describe_sheet(self, index: int) -> Mapping[str, object]:
        sheet, marks = self._sheet(index)
        return {
            "name": self._sheets[index].name,
            "visible": self._sheets[index].visible is SheetVisibleEnum.Visible,
            "active": self._sheets[index].name == self._parts.active,
            "rows": 0 if sheet.start is None else sheet.start[0] + sheet.height,
            "hidden": sum(marks.hidden),
            "head": [row for row, _ in zip(self._rows(index), range(HEAD_ROWS), strict=False)],
        }

    def _sheet(self, index: int) -> tuple[CalamineSheet, Marks]:
        if self._cached is None or self._cached[0] != index:
            self._cached = None
            name = self._sheets[index].name
            sheet = self._book.get_sheet_by_name(name)
            _reject_large_sheet(sheet)
            self._cached = (index, sheet, read_marks(self._file, self._parts, name))
        return self._cached[1:]

    def batches(self, index: int) -> Iterator[Mapping[str, object]]:
        """Yield messages with rows of a sheet. The last one has ``end``."""
        batch: list[object] = []
        size = 0
        for row in self._rows(index):
            batch.append(row)
            size += 16 + sum(map(len, row[2]))
            if size > BATCH_CHARACTERS:
                yield {"rows": batch}
                batch, size = [], 0
        yield {"rows": batch, "end": True}

    def _rows(self, index: int) -> Iterator[tuple[int, bool, list[Cell]]]:
        """Yield number (from 1), True if hidden, and cells of each row that is not empty."""
        sheet, marks = self._sheet(index)
        if sheet.start is None:
            return
        empty_cells: list[Cell] = [""] * sheet.start[1]
        for row, values in enumerate(sheet.iter_rows()):
            cells = empty_cells + [
                each if type(each) is str else _encode_cell(each) for each in values
            ]
            if marks.codes:
                _apply_marks(cells, marks, row)
            if any(cells) or NO_RESULT in cells:
                if max(map(len, cells)) > MAX_CELL_CHARACTERS:
                    raise RejectedWorkbookError("cell_too_long")
                yield row + 1, marks.is_hidden(row), cells


def _reject_large_sheet(sheet: CalamineSheet) -> None:
    start = sheet.start or (0, 0)
    if start[1] + sheet.width > MAX_COLUMNS:
        raise RejectedWorkbookError("too_many_columns")
    if sheet.height * sheet.width > MAX_CELLS:
        raise RejectedWorkbookError("too_large")


def _apply_marks(cells: list[Cell], marks: Marks, row: int) -> None:
    for column, codes in marks.codes.items():
        code = codes[row] if row < len(codes) else 0
        if code == UNCOMPUTED and column < MAX_COLUMNS:
            cells.extend([""] * (column + 1 - len(cells)))
            cells[column] = NO_RESULT
        elif code and column < len(cells):
            cells[column] = _pad(cells[column], code)


def _pad(cell: Cell, width: int) -> Cell:
    if isinstance(cell, list) and cell[0].isdigit():
        return cell[0].zfill(width)
    return cell


def _encode_cell(value: object) -> Cell:
    return _CELL_BY_TYPE.get(type(value), str)(value)


def _encode_number(value: float) -> Cell:
    return [f"{value:.15g}"]


_CELL_BY_TYPE: Mapping[type, Callable[..., Cell]] = {
    float: _encode_number,
    int: _encode_number,
    bool: lambda value: str(value).upper(),
    date: date.isoformat,
    datetime: lambda value: value.isoformat(" "),
    time: time.isoformat,
    timedelta: str,
}

if __name__ == "__main__":
    sys.exit(main())
