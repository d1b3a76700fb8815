"""Sets files of letters in a process of its own, and mends rows that do not fit their page."""

import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from calsvc.child_process import start_module
from calsvc.errors import CalsvcError
from calsvc.letters.compiler_process import FAULT
from calsvc.letters.fonts import Font
from calsvc.letters.texts import LetterText
from calsvc.letters.towns import Town
from calsvc.letters.window import Box, Envelope

TEMPLATE = "letter.typ"
PLACE = re.compile(r"(?P<file>[\w.-]+\.(?:typ|svg)):(?P<line>\d+):\d+")
MISFITS = re.compile(r"misfit (?P<rows>\[.*\])")
PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])")
PROCESS = "calsvc.letters.compiler_process"
ENVIRON = {
    "RAYON_NUM_THREADS": "1",
    "MALLOC_TRIM_THRESHOLD_": str(1 << 30),
    "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
    "MALLOC_TOP_PAD_": str(64 << 20),
}
"""A file is set by one thread, because others set further files: more would wait for each other.

glibc (mallopt(3)) keeps memory for the next file, which takes as much. To give it back and fetch it
again took a tenth of the time.
"""

NUMBER = "{number}"
"""Stands for the number of the document in `Sheet.number_form`."""
SCREEN = 96
"""Dots to an inch."""

Data = Mapping[str, Any]
RECOMMENDED = Envelope(235, 120, Box(20, 15, 100, 55))


class TemplateError(CalsvcError):
    """A template that makes no letters. ``place``: its file and line, or ''.

    The message is Typst's. It may hold what stands in a row, so it is shown of samples alone.
    """

    def __init__(self, key: str, place: str = "", message: str = "") -> None:
        """``key``: of a message under ``letter.template``."""
        self.key, self.place, self.message = key, place, message
        super().__init__(f"{key}: {place}")


@dataclass(frozen=True)
class Sheet:
    """What all letters of a run share. ``template``: Typst's source; ``city``: see letter.typ.

    ``pictures``: files that the template names. ``lengths``: in millimetres. ``texts``: the city's
    own, by language. ``needs_address``: nobody without one gets a letter. ``barcode_points``: the
    size of the customer barcode, 0 for none. ``is_in_era``: dates count years by the era.
    ``also``: a second language of each letter, or ''. ``towns``: by postal code. ``number_form``:
    the line with the number of the document, or ''. ``template_name``: as the city calls it.
    """

    font: Font
    city: Data
    lengths: Mapping[str, float]
    template: bytes = b""
    pictures: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    texts: Mapping[str, LetterText] = field(default_factory=dict)
    needs_address: bool = False
    barcode_points: float = 0
    envelope: Envelope = RECOMMENDED
    is_in_era: bool = False
    also: str = ""
    towns: Mapping[str, Town] = field(default_factory=dict, repr=False)
    number_form: str = ""
    template_name: str = TEMPLATE

    @property
    def asks_number(self) -> bool:
        """Returns whether letters need the number of a document."""
        return NUMBER in self.number_form

    @property
    def digest(self) -> str:
        """Returns what stands for all of it."""
        texts = {language: vars(text) for language, text in self.texts.items()}
        rest = [
            self.city,
            self.lengths,
            texts,
            self.needs_address,
            self.barcode_points,
            self.is_in_era,
            self.also,
            self.towns,
        ]
        words = json.dumps(rest, sort_keys=True).encode()
        parts = [self.font.path.read_bytes(), words, self.template, *self.pictures.values()]
        return hashlib.sha256(b"".join(hashlib.sha256(each).digest() for each in parts)).hexdigest()


@dataclass(frozen=True)
class Printed:
    """A file of letters, and the rows that are not in it: their numbers, and what did not fit."""

    pdf: bytes
    misfits: Mapping[int, str]


class Compiler:
    """Sets files of letters. Used in a ``with``."""

    def __init__(self, sheet: Sheet, process: "subprocess.Popen[bytes]") -> None:
        """See `open_compiler`."""
        self._sheet, self._process = sheet, process

    def set(self, rows: Sequence[Data], head: Data, made: int) -> Printed:
        """Returns the letters of ``rows``, a page each. Raises `TemplateError`.

        ``head``: title, author and language of the file. ``made``: seconds since 1970.
        """
        misfits: dict[int, str] = {}
        while rows:
            try:
                pdf = self._ask({"data": self._data(rows, head), "made": made})
            except _MisfitError as error:
                if not {each["number"] for each in rows} & error.rows.keys():
                    raise TemplateError("faulty") from None
                misfits |= error.rows
                rows = [each for each in rows if each["number"] not in misfits]
                continue
            if len(PAGE.findall(pdf)) == len(rows):
                return Printed(pdf, misfits)
            if all(each["fit"] for each in rows):
                raise TemplateError("pages")
            rows = [{**each, "fit": True} for each in rows]
        return Printed(b"", misfits)

    def picture(self, row: Data, head: Data) -> bytes:
        """Returns the letter of ``row`` as a PNG file. Raises `TemplateError`."""
        return self._ask({"data": self._data([row], head), "dots_per_inch": SCREEN})

    def places(self, rows: Sequence[Data], head: Data) -> Mapping[str, Any]:
        """Returns where address and sender stand, by the marks that the template sets."""
        labels = ("address", "sender")
        query = " ".join(f"<{each}>" for each in labels)
        data = {**self._data(rows, head), "asked": True}
        found = json.loads(self._ask({"data": data, "query": query}))
        return dict(zip(labels, found, strict=True))

    def _data(self, rows: Sequence[Data], head: Data) -> Data:
        return {**head, "rows": rows, "city": self._sheet.city, "lengths": self._sheet.lengths}

    def _ask(self, request: Data) -> bytes:
        """Returns a PDF. Raises `TemplateError` and `_MisfitError`."""
        content = json.dumps(request, ensure_ascii=False).encode()
        assert self._process.stdin  # noqa: S101 - it has pipes
        assert self._process.stdout  # noqa: S101
        with suppress(BrokenPipeError):  # it has ended, as reading tells
            self._process.stdin.write(len(content).to_bytes(4, "big") + content)
            self._process.stdin.flush()
        head = self._process.stdout.read(4)
        answer = self._process.stdout.read(int.from_bytes(head, "big"))
        if not answer:
            raise TemplateError("ended")
        if answer[:1] == FAULT:
            raise _fault(json.loads(answer[1:]), self._sheet.template_name)
        return answer[1:]


class _MisfitError(Exception):
    """Rows that do not fit: their numbers, and what of them."""

    def __init__(self, rows: Mapping[int, str]) -> None:
        self.rows = rows
        super().__init__("misfit")


def _fault(told: Mapping[str, Any], template: str) -> Exception:
    if found := MISFITS.search(told["message"]):
        return _MisfitError({each["row"]: each["what"] for each in json.loads(found["rows"])})
    at = PLACE.search(told["diagnostic"])
    names = {TEMPLATE: template}
    place = f"{names.get(at['file'], at['file'])}:{at['line']}" if at else ""
    return TemplateError("faulty", place, "\n".join([told["message"], *told["hints"]]))


@contextmanager
def open_compiler(sheet: Sheet) -> Iterator[Compiler]:
    """Start a process that sets letters, in a folder that is gone at the end."""
    with TemporaryDirectory(prefix="calsvc-letters-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        _furnish(folder, sheet)
        process = start_module(PROCESS, str(folder), further=ENVIRON)
        try:
            yield Compiler(sheet, process)
        finally:
            process.kill()
            process.communicate()


def _furnish(folder: Path, sheet: Sheet) -> None:
    for each in ("root", "fonts", "packages"):
        (folder / each).mkdir()
    built_in = files("calsvc.letters") / "typst"
    (folder / "root" / "main.typ").write_bytes((built_in / "main.typ").read_bytes())
    template = sheet.template or (built_in / TEMPLATE).read_bytes()
    (folder / "root" / TEMPLATE).write_bytes(template)
    for name, content in sheet.pictures.items():
        (folder / "root" / name).write_bytes(content)
    shutil.copyfile(sheet.font.path, folder / "fonts" / f"font{sheet.font.path.suffix}")
