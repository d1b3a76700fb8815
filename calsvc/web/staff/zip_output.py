"""Writes the output of a run as one ZIP file. Growing tables are written beside it first."""

import shutil
import zipfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import BinaryIO

from calsvc.bulk import workbook_output
from calsvc.bulk.output_context import FilePiece
from calsvc.bulk.output_folder import Checkpoint
from calsvc.links.atomic_files import PRIVATE_FILE_MODE

WORKBOOK = ".xlsx"
STORED_SUFFIXES = (".png", WORKBOOK)
BLOCK_BYTES = 1 << 20
PRIVATE_ENTRY_ATTRIBUTES = PRIVATE_FILE_MODE << 16


class ZipOutput:
    """A ZIP file that is being written."""

    def __init__(self, path: Path, day: date) -> None:
        """Start the file ``path``. ``day``: the date of all its entries."""
        self._path, self._day = path, day
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)
        self._growing: dict[str, BinaryIO] = {}

    def write_all(self, pieces: Iterable[FilePiece], /) -> None:
        """Write ``pieces``."""
        for piece in pieces:
            if piece.appends:
                self._grown(piece.name).write(piece.content)
            else:
                self._zip.writestr(self._entry(piece.name), piece.content)

    def commit(self, _checkpoint: Checkpoint, /) -> None:
        """Do nothing, because an interrupted job starts again from the beginning."""

    def withdraw(self, name: str, /) -> BinaryIO | None:
        """Return a growing file open for reading, or None. It is left out of the ZIP file."""
        file = self._growing.pop(name, None)
        if file is not None:
            file.seek(0)
            Path(file.name).unlink()
        return file

    def finish(self) -> None:
        """Add the growing tables, and close the ZIP file."""
        for name, file in self._growing.items():
            with self._zip.open(self._entry(name), "w", force_zip64=True) as entry:
                if name.endswith(WORKBOOK):
                    workbook_output.pack(file, entry)
                else:
                    file.seek(0)
                    shutil.copyfileobj(file, entry, BLOCK_BYTES)
            file.close()
            Path(file.name).unlink()  # frees the disk for the next table
        self._zip.close()

    def _grown(self, name: str) -> BinaryIO:
        if name not in self._growing:
            path = self._path.with_name(f"growing-{len(self._growing)}-{name.replace('/', '-')}")
            self._growing[name] = path.open("w+b")
        return self._growing[name]

    def _entry(self, name: str) -> zipfile.ZipInfo:
        entry = zipfile.ZipInfo(name, (self._day.year, self._day.month, self._day.day, 0, 0, 0))
        stored = name.endswith(STORED_SUFFIXES)
        entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
        entry.external_attr = PRIVATE_ENTRY_ATTRIBUTES
        return entry


class GrowingTable:
    """A table that grows, such as the one of faulty rows."""

    def __init__(self, folder: Path) -> None:
        """``folder``: the folder in which the table is written."""
        self._path, self._name = folder / "growing", ""

    def put(self, piece: FilePiece) -> None:
        """Append ``piece``."""
        with self._path.open("ab" if self._name else "wb") as file:
            file.write(piece.content)
        self._name = piece.name

    def finish(self, path: Path) -> str:
        """Move the file to ``path``. Return the suffix of its format, or '' without a file."""
        path.unlink(missing_ok=True)
        if not self._name:
            return ""
        if self._name.endswith(WORKBOOK):
            with self._path.open("rb") as sheet, path.open("wb") as target:
                workbook_output.pack(sheet, target)
            self._path.unlink()
        else:
            self._path.replace(path)
        return Path(self._name).suffix
