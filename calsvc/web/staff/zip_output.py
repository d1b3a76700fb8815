"""The output of a run as one ZIP file; only tables that grow are written down apart first."""

import shutil
import zipfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import BinaryIO

from calsvc.bulk import workbook_output
from calsvc.bulk.output_context import FilePiece
from calsvc.bulk.output_folder import Checkpoint

WORKBOOK = ".xlsx"
COMPRESSED_ALREADY = (".png", WORKBOOK)
BLOCK_BYTES = 1 << 20
OWNER_READS_AND_WRITES = 0o600 << 16


class Archive:
    """A ZIP file being made. ``day``: the date that all in it bears."""

    def __init__(self, path: Path, day: date) -> None:
        """``path``: of the file; tables that grow are kept beside it meanwhile."""
        self._path, self._day = path, day
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)
        self._growing: dict[str, BinaryIO] = {}

    def write_all(self, pieces: Iterable[FilePiece], /) -> None:
        """Write down ``pieces``, as they are made."""
        for piece in pieces:
            if piece.appends:
                self._grown(piece.name).write(piece.content)
            else:
                self._zip.writestr(self._entry(piece.name), piece.content)

    def commit(self, _checkpoint: Checkpoint, /) -> None:
        """Nothing: what is cut off here is begun anew."""

    def withdraw(self, name: str, /) -> BinaryIO | None:
        """Open a file that grew, or none, to read it. It is left out of the output."""
        file = self._growing.pop(name, None)
        if file is not None:
            file.seek(0)
            Path(file.name).unlink()
        return file

    def finish(self) -> None:
        """Put the tables in and close."""
        for name, file in self._growing.items():
            with self._zip.open(self._entry(name), "w", force_zip64=True) as entry:
                if name.endswith(WORKBOOK):
                    workbook_output.pack(file, entry)
                else:
                    file.seek(0)
                    shutil.copyfileobj(file, entry, BLOCK_BYTES)
            file.close()
            Path(file.name).unlink()  # its room is for what comes next
        self._zip.close()

    def _grown(self, name: str) -> BinaryIO:
        if name not in self._growing:
            path = self._path.with_name(f"growing-{len(self._growing)}-{name.replace('/', '-')}")
            self._growing[name] = path.open("w+b")
        return self._growing[name]

    def _entry(self, name: str) -> zipfile.ZipInfo:
        entry = zipfile.ZipInfo(name, (self._day.year, self._day.month, self._day.day, 0, 0, 0))
        stored = name.endswith(COMPRESSED_ALREADY)
        entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
        entry.external_attr = OWNER_READS_AND_WRITES
        return entry


class Growing:
    """One table that grows, such as that of faulty rows."""

    def __init__(self, folder: Path) -> None:
        """``folder``: where it is kept."""
        self._path, self._name = folder / "growing", ""

    def put(self, piece: FilePiece) -> None:
        """Write down what comes next."""
        with self._path.open("ab" if self._name else "wb") as file:
            file.write(piece.content)
        self._name = piece.name

    def finish(self, path: Path) -> str:
        """Give the file its place; returns the suffix of its form, '' where there is none."""
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
