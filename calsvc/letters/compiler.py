"""Compiles files of letters in a child process, and repeats it for rows that do not fit a page."""

import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from calsvc.child_process import start_module
from calsvc.errors import CalsvcError
from calsvc.letters.compiler_process import ERROR_REPLY
from calsvc.letters.fonts import Font
from calsvc.letters.texts import LetterText
from calsvc.letters.towns import Town
from calsvc.letters.window import Box, Envelope

TEMPLATE_NAME = "letter.typ"
LOCATION_PATTERN = re.compile(r"(?P<file>[\w.-]+\.(?:typ|svg)):(?P<line>\d+):\d+")
MISFITS_PATTERN = re.compile(r"misfit (?P<rows>\[.*\])")
PAGE_OBJECT_PATTERN = re.compile(rb"/Type\s*/Page(?![A-Za-z])")
PROCESS_MODULE = "calsvc.letters.compiler_process"
PROCESS_ENVIRON = {
    "RAYON_NUM_THREADS": "1",
    "MALLOC_TRIM_THRESHOLD_": str(1 << 30),
    "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
    "MALLOC_TOP_PAD_": str(64 << 20),
}
"""One thread compiles a file, because other processes compile other files on the other cores.

glibc (mallopt(3)) does not return memory after each file, because the next file needs as much.
Returning and allocating it again took a tenth of the time.
"""

NUMBER_PLACEHOLDER = "{number}"
"""The placeholder for the document number in `LetterSheet.number_form`."""
SCREEN_DPI = 96
"""Resolution of previews, in dots per inch."""

JsonObject = Mapping[str, Any]
RECOMMENDED_ENVELOPE = Envelope(235, 120, Box(20, 15, 100, 55))


class TemplateError(CalsvcError):
    """A template that cannot be compiled. ``place``: file and line of the error, or ''.

    Typst's message may quote a row, so it may be shown only for samples without personal data.
    """

    def __init__(self, key: str, place: str = "", message: str = "") -> None:
        """``key``: the last part of the message key ``letter.template.…``."""
        self.key, self.place, self.message = key, place, message
        super().__init__(f"{key}: {place}")


@dataclass(frozen=True)
class LetterSheet:
    """The settings that all letters of a run share. Lengths are in millimetres.

    ``template``: Typst source, or empty for the built-in one. ``city``: data of the sender for
    letter.typ. ``pictures``: files for the template, by name. ``texts``: the municipality's own, by
    language. ``needs_address``: rows without a complete address get no letter. ``barcode_points``:
    the size of the customer barcode, or 0. ``is_in_era``: dates have years of the Japanese era.
    ``also``: the second language of each letter, or ''. ``towns``: towns by postal code.
    ``number_form``: the line with the document number, or ''. ``template_name``: its file name.
    ``dated``: the date on the letters, on which their texts are true. None before a run.
    """

    font: Font
    city: JsonObject
    lengths: Mapping[str, float]
    template: bytes = b""
    pictures: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    texts: Mapping[str, LetterText] = field(default_factory=dict)
    needs_address: bool = False
    barcode_points: float = 0
    envelope: Envelope = RECOMMENDED_ENVELOPE
    is_in_era: bool = False
    also: str = ""
    towns: Mapping[str, Town] = field(default_factory=dict, repr=False)
    number_form: str = ""
    template_name: str = TEMPLATE_NAME
    dated: date | None = None

    @property
    def needs_number(self) -> bool:
        """True if letters need a document number."""
        return NUMBER_PLACEHOLDER in self.number_form

    @property
    def digest(self) -> str:
        """The digest of all settings and files, by which a resumed run detects changes."""
        texts = {language: vars(text) for language, text in self.texts.items()}
        values = [
            self.city,
            self.lengths,
            texts,
            self.needs_address,
            self.barcode_points,
            self.is_in_era,
            self.also,
            self.towns,
        ]
        settings = json.dumps(values, sort_keys=True).encode()
        parts = [self.font.path.read_bytes(), settings, self.template, *self.pictures.values()]
        digests = (hashlib.sha256(part).digest() for part in parts)
        return hashlib.sha256(b"".join(digests)).hexdigest()


@dataclass(frozen=True)
class CompiledLetters:
    """A PDF file of letters. ``misfits``: the part that did not fit, by omitted row number."""

    pdf: bytes
    misfits: Mapping[int, str]


class Compiler:
    """The connection to the child process that compiles letters. Created by `open_compiler`."""

    def __init__(self, sheet: LetterSheet, process: "subprocess.Popen[bytes]") -> None:
        """See `open_compiler`."""
        self._sheet, self._process = sheet, process

    def compile_rows(
        self, rows: Sequence[JsonObject], head: JsonObject, made: int
    ) -> CompiledLetters:
        """Compile the letters of ``rows``, one page each. Raises `TemplateError`.

        ``head``: title, author and language of the file. ``made``: its Unix time in seconds.
        """
        misfits: dict[int, str] = {}
        while rows:
            try:
                pdf = self._request({"data": self._data(rows, head), "made": made})
            except _MisfitError as error:
                # A misfit of unknown rows comes from the template itself. It would loop forever.
                if not {row["number"] for row in rows} & error.rows.keys():
                    raise TemplateError("faulty") from None
                misfits |= error.rows
                rows = [row for row in rows if row["number"] not in misfits]
                continue
            if len(PAGE_OBJECT_PATTERN.findall(pdf)) == len(rows):
                return CompiledLetters(pdf, misfits)
            if all(row["fit"] for row in rows):
                raise TemplateError("pages")
            rows = [
                {**row, "fit": True} for row in rows
            ]  # A row was too long in spite of its estimate, so measure all.
        return CompiledLetters(b"", misfits)

    def draw_png(self, row: JsonObject, head: JsonObject) -> bytes:
        """Draw the letter of ``row`` as a PNG file. Raises `TemplateError`."""
        return self._request({"data": self._data([row], head), "dots_per_inch": SCREEN_DPI})

    def find_areas(self, rows: Sequence[JsonObject], head: JsonObject) -> Mapping[str, Any]:
        """Return the areas of address and sender, from the labels that the template sets."""
        labels = ("address", "sender")
        query = " ".join(f"<{label}>" for label in labels)
        data = {**self._data(rows, head), "asked": True}
        areas = json.loads(self._request({"data": data, "query": query}))
        return dict(zip(labels, areas, strict=True))

    def _data(self, rows: Sequence[JsonObject], head: JsonObject) -> JsonObject:
        return {**head, "rows": rows, "city": self._sheet.city, "lengths": self._sheet.lengths}

    def _request(self, request: JsonObject) -> bytes:
        """Return the file in the reply to ``request``. Raises `TemplateError`, `_MisfitError`."""
        content = json.dumps(request, ensure_ascii=False).encode()
        assert self._process.stdin  # noqa: S101 - it has pipes
        assert self._process.stdout  # noqa: S101
        with suppress(BrokenPipeError):  # it has ended: the read returns b""
            self._process.stdin.write(len(content).to_bytes(4, "big") + content)
            self._process.stdin.flush()
        head = self._process.stdout.read(4)
        reply = self._process.stdout.read(int.from_bytes(head, "big"))
        if not reply:
            raise TemplateError("ended")
        if reply[:1] == ERROR_REPLY:
            raise _parse_error(json.loads(reply[1:]), self._sheet.template_name)
        return reply[1:]


class _MisfitError(Exception):
    """Rows that do not fit their page. ``rows``: the part that does not fit, by row number."""

    def __init__(self, rows: Mapping[int, str]) -> None:
        self.rows = rows
        super().__init__("misfit")


def _parse_error(reply: Mapping[str, Any], template: str) -> Exception:
    if match := MISFITS_PATTERN.search(reply["message"]):
        misfits = json.loads(match["rows"])
        return _MisfitError({misfit["row"]: misfit["what"] for misfit in misfits})
    location = LOCATION_PATTERN.search(reply["diagnostic"])
    names = {TEMPLATE_NAME: template}
    place = (
        f"{names.get(location['file'], location['file'])}:{location['line']}" if location else ""
    )
    return TemplateError("faulty", place, "\n".join([reply["message"], *reply["hints"]]))


@contextmanager
def open_compiler(sheet: LetterSheet) -> Iterator[Compiler]:
    """Start a child process that compiles letters in a temporary folder."""
    with TemporaryDirectory(prefix="calsvc-letters-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        _fill_folder(folder, sheet)
        process = start_module(PROCESS_MODULE, str(folder), further=PROCESS_ENVIRON)
        try:
            yield Compiler(sheet, process)
        finally:
            process.kill()
            process.communicate()


def _fill_folder(folder: Path, sheet: LetterSheet) -> None:
    for name in ("root", "fonts", "packages"):
        (folder / name).mkdir()
    built_in = files("calsvc.letters") / "typst"
    (folder / "root" / "main.typ").write_bytes((built_in / "main.typ").read_bytes())
    template = sheet.template or (built_in / TEMPLATE_NAME).read_bytes()
    (folder / "root" / TEMPLATE_NAME).write_bytes(template)
    for name, content in sheet.pictures.items():
        (folder / "root" / name).write_bytes(content)
    shutil.copyfile(sheet.font.path, folder / "fonts" / f"font{sheet.font.path.suffix}")
