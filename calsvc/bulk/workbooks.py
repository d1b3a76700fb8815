"""Workbooks (.xlsx, .xlsm, .xlsb, .xls, .ods), each read by its own child process.

See `calsvc.bulk.reader_process` for the limits of that process.
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

from calsvc.bulk.records import HIDDEN, Number, Row, Uncomputed, table_error
from calsvc.child_process import start_module

READER_MODULE = "calsvc.bulk.reader_process"
MESSAGE_TIMEOUT_SECONDS = 120
"""Seconds without a message after which the process is stopped."""
MAX_MESSAGE_BYTES = 64 << 20
MIN_OUTPUT_BYTES = 64 << 20
MAX_OUTPUT_RATIO = 60
"""Maximum of message bytes for each byte of the file, in addition to `MIN_OUTPUT_BYTES`."""


@dataclass(frozen=True)
class Sheet:
    """A sheet. ``rows``: the number of the last row. ``head``: the first rows with cells."""

    name: str
    visible: bool
    active: bool
    rows: int
    hidden: int
    head: Sequence[Row]


class Book:
    """A workbook that is being read. It must be closed."""

    def __init__(self, file: BinaryIO) -> None:
        """Start the process that reads ``file``. Raises `InvalidInputError`."""
        with _with_descriptor(file) as readable:
            self._remaining_bytes = (
                MIN_OUTPUT_BYTES + MAX_OUTPUT_RATIO * os.fstat(readable.fileno()).st_size
            )
            descriptor = readable.fileno()
            self._process = start_module(READER_MODULE, str(descriptor), descriptors=[descriptor])
        self.close = weakref.finalize(self, _stop, self._process)
        message = self._receive()
        self.format: str = message["format"]
        self.epoch: int = message["epoch"]
        self.knows_hidden_rows: bool = message["knows_hidden_rows"]
        self.sheets = tuple(_sheet(each) for each in message["sheets"])

    def rows(self, sheet: int) -> Iterator[Row]:
        """Yield the rows with cells of the sheet with this index. Raises `InvalidInputError`."""
        assert self._process.stdin  # noqa: S101 - for the type checker
        try:
            self._process.stdin.write(f"{sheet}\n".encode())
            self._process.stdin.flush()
        except BrokenPipeError:
            raise table_error("too_large") from None
        is_last = False
        while not is_last:
            message = self._receive()
            is_last = "end" in message
            yield from map(_row, message["rows"])

    def _receive(self) -> Any:  # noqa: ANN401 - what the JSON holds
        size = int.from_bytes(self._read_bytes(4), "big")
        if size > min(MAX_MESSAGE_BYTES, self._remaining_bytes):
            raise table_error("too_large")
        self._remaining_bytes -= size
        message = json.loads(self._read_bytes(size))
        if "refused" in message:
            raise table_error(message["refused"])
        return message

    def _read_bytes(self, size: int) -> bytes:
        assert self._process.stdout  # noqa: S101 - for the type checker
        poll, parts = select.poll(), []
        descriptor = self._process.stdout.fileno()
        poll.register(descriptor, select.POLLIN)
        while size:
            is_ready = poll.poll(MESSAGE_TIMEOUT_SECONDS * 1000)
            block = os.read(descriptor, min(size, 1 << 20)) if is_ready else b""
            if not block:  # the process reached a limit, or sent nothing for too long
                self.close()
                raise table_error("too_large")
            parts.append(block)
            size -= len(block)
        return b"".join(parts)


@contextmanager
def _with_descriptor(file: BinaryIO) -> Iterator[BinaryIO]:
    """Yield a file with a descriptor: ``file``, or a copy if it is in memory."""
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


def _sheet(values: dict[str, Any]) -> Sheet:
    head = tuple(map(_row, values.pop("head")))
    return Sheet(**values, head=head)


def _row(values: tuple[int, bool, list[str | list[str]]]) -> Row:
    number, is_hidden, cells = values
    texts = [each if type(each) is str else _cell(each) for each in cells]
    return Row(number, texts, "", HIDDEN if is_hidden else "")


def _cell(value: Sequence[str]) -> str:
    return Number(value[0]) if value else Uncomputed()
