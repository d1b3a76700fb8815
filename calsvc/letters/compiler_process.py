"""The child process that compiles letters. Its memory and time are limited: templates are code.

``python -m calsvc.letters.compiler_process FOLDER`` reads request messages from standard input and
writes one reply message for each. A message is a length of four bytes (big-endian) and a body. A
request is JSON. A reply is `FILE_REPLY` and a file, or `ERROR_REPLY` and JSON. Typst reads only
``root`` (templates and pictures), ``fonts`` and ``packages`` in the folder.
"""

import json
import os
import resource
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import typst

MAX_MEMORY_BYTES = 2 << 30
MAX_PROCESSOR_SECONDS = 60
"""The limit for one file."""
EMPTY_COMPILATIONS = 8
"""Number of compilations of an empty file after each file, to empty Typst's cache of its rows.

Typst drops an entry that ten compilations did not use. After eight more, entries that all files
share remain, and entries of single files are dropped.
"""
PDF_STANDARDS: list[Any] = ["a-2a", "ua-1"]
UNREACHABLE_PROXY = "http://127.0.0.1:9"
"""A port without a listener, so that Typst cannot download packages."""
FILE_REPLY, ERROR_REPLY = b"P", b"F"


def main() -> int:
    """Reply to each request until standard input ends."""
    folder = Path(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core dump would contain addresses
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    os.environ.update(dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), UNREACHABLE_PROXY))
    try:
        _serve_requests(TypstCompiler(folder))
    finally:  # a parent process that was killed cannot remove it
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def _serve_requests(compiler: "TypstCompiler") -> None:
    while head := sys.stdin.buffer.read(4):
        request = json.loads(sys.stdin.buffer.read(int.from_bytes(head, "big")))
        kind, content = compiler.reply_to(request)
        write_message(sys.stdout.buffer, kind + content)


def write_message(file: BinaryIO, content: bytes) -> None:
    """Write a message with its length."""
    file.write(len(content).to_bytes(4, "big"))
    file.write(content)
    file.flush()


class TypstCompiler:
    """A Typst compiler for the templates of one folder."""

    def __init__(self, folder: Path) -> None:
        """``folder``: as described at the head of the module."""
        self._rows = folder / "root" / "rows.json"
        self._main = folder / "root" / "main.typ"
        fonts = typst.Fonts(False, False, [folder / "fonts"])
        self._families = list(dict.fromkeys(fonts.families()))
        self._compiler = typst.Compiler(
            root=folder / "root",
            font_paths=fonts,
            package_path=folder / "packages",
            package_cache_path=folder / "packages",
        )

    def reply_to(self, request: Mapping[str, Any]) -> tuple[bytes, bytes]:
        """Return `FILE_REPLY` and a file, or `ERROR_REPLY` and the error of Typst as JSON."""
        _extend_time_limit()
        data = {**request["data"], "fonts": self._families}
        self._rows.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        try:
            if "query" in request:
                return FILE_REPLY, self._query(request["query"])
            if "dots_per_inch" in request:
                return FILE_REPLY, self._draw_png(request["dots_per_inch"])
            return FILE_REPLY, self._compile_pdf(request["made"])
        except typst.TypstError as error:
            reply = {"message": error.message, "diagnostic": error.diagnostic, "hints": error.hints}
            return ERROR_REPLY, json.dumps(reply).encode()

    def _compile_pdf(self, made: int) -> bytes:
        content = self._compiler.compile(
            self._main, format="pdf", pdf_standards=PDF_STANDARDS, timestamp=made
        )
        for _ in range(EMPTY_COMPILATIONS):
            self._compiler.compile(b"", format="pdf")
        return content if isinstance(content, bytes) else b""

    def _draw_png(self, dots_per_inch: int) -> bytes:
        content = self._compiler.compile(self._main, format="png", ppi=dots_per_inch)
        return content if isinstance(content, bytes) else b""

    def _query(self, labels: str) -> bytes:
        values = [json.loads(self._query_one(label)) for label in labels.split()]
        return json.dumps(values).encode()

    def _query_one(self, label: str) -> str:
        self._compiler.compile(self._main, format="pdf")
        return self._compiler.query(label, field="value")


def _extend_time_limit() -> None:
    # RLIMIT_CPU counts from the start of the process, so each file extends it.
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + 1 + MAX_PROCESSOR_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.RLIM_INFINITY))


if __name__ == "__main__":
    sys.exit(main())
