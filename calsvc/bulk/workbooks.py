"""Workbooks (.xlsx, .xlsm, .xlsb, .xls, .ods), each read by a process of its own.

See `calsvc.bulk.reader_process` for what that process is limited to.
"""

import json
import os
import select
import shutil
import subprocess
import tempfile
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import UnsupportedOperation
from typing import Any, BinaryIO

from calsvc.bulk.records import HIDDEN, Number, Row, Uncomputed, unusable
from calsvc.child_process import start_module

PROCESS = "calsvc.bulk.reader_process"
PATIENCE_SECONDS = 120
"""Without a message for so long the process is stopped."""
MAX_MESSAGE_BYTES = 64 << 20
MIN_OUTPUT_BYTES = 64 << 20
OUTPUT_RATIO = 60
"""Bytes of messages for each byte of the file, beyond `MIN_OUTPUT_BYTES`."""


@dataclass(frozen=True)
class Sheet:
    """A sheet; ``rows`` is the number of its last row, ``head`` its first rows with cells."""

    name: str
    visible: bool
    active: bool
    rows: int
    hidden: int
    head: Sequence[Row]


class Book:
    """A workbook being read. It must be closed."""

    def __init__(self, file: BinaryIO) -> None:
        """Raises `InvalidInputError` for one that cannot be read."""
        with _on_disk(file) as table:
            self._left = MIN_OUTPUT_BYTES + OUTPUT_RATIO * os.fstat(table.fileno()).st_size
            descriptor = table.fileno()
            self._process = start_module(PROCESS, str(descriptor), descriptors=[descriptor])
        self.close = weakref.finalize(self, _stop, self._process)
        found = self._receive()
        self.format: str = found["format"]
        self.epoch: int = found["epoch"]
        self.knows_rows: bool = found["knows_rows"]
        self.sheets = tuple(_sheet(each) for each in found["sheets"])

    def rows(self, sheet: int) -> Iterator[Row]:
        """Yield the rows of a sheet that have cells, once. Raises `InvalidInputError`."""
        assert self._process.stdin  # noqa: S101 - for the type checker
        try:
            self._process.stdin.write(f"{sheet}\n".encode())
            self._process.stdin.flush()
        except BrokenPipeError:
            raise unusable("too_large") from None
        ended = False
        while not ended:
            found = self._receive()
            ended = "end" in found
            yield from map(_row, found["rows"])

    def _receive(self) -> Any:  # noqa: ANN401 - what the JSON holds
        size = int.from_bytes(self._read(4), "big")
        if size > min(MAX_MESSAGE_BYTES, self._left):
            raise unusable("too_large")
        self._left -= size
        found = json.loads(self._read(size))
        if "refused" in found:
            raise unusable(found["refused"])
        return found

    def _read(self, size: int) -> bytes:
        assert self._process.stdout  # noqa: S101 - for the type checker
        poll, parts = select.poll(), []
        descriptor = self._process.stdout.fileno()
        poll.register(descriptor, select.POLLIN)
        while size:
            ready = poll.poll(PATIENCE_SECONDS * 1000)
            block = os.read(descriptor, min(size, 1 << 20)) if ready else b""
            if not block:  # it was stopped by a limit, or is stopped now
                self.close()
                raise unusable("too_large")
            parts.append(block)
            size -= len(block)
        return b"".join(parts)


@contextmanager
def _on_disk(file: BinaryIO) -> Iterator[BinaryIO]:
    """Yield a file with a descriptor: ``file`` itself, or a copy of one that lies in memory."""
    file.seek(0)
    try:
        file.fileno()
    except UnsupportedOperation:
        with tempfile.TemporaryFile() as copy:
            shutil.copyfileobj(file, copy)
            copy.flush()
            yield copy
    else:
        yield file


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        with suppress(OSError):
            stream and stream.close()


def _sheet(found: dict[str, Any]) -> Sheet:
    head = tuple(map(_row, found.pop("head")))
    return Sheet(**found, head=head)


def _row(found: tuple[int, bool, list[str | list[str]]]) -> Row:
    number, hidden, values = found
    cells = [each if type(each) is str else _cell(each) for each in values]
    return Row(number, cells, "", HIDDEN if hidden else "")


def _cell(value: Sequence[str]) -> str:
    return Number(value[0]) if value else Uncomputed()
