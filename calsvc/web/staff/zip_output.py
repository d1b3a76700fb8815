"""The output of a run as one ZIP file; only tables that grow are written down apart first."""

import zipfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import BinaryIO

from calsvc.bulk.formats import Piece
from calsvc.bulk.output_folder import Journal

COMPRESSED_ALREADY = (".png", ".pdf")
OWNER_READS_AND_WRITES = 0o600 << 16


class Archive:
    """A ZIP file being made. ``day``: the date that all in it bears."""

    def __init__(self, path: Path, day: date) -> None:
        """``path``: of the file; tables that grow are kept beside it meanwhile."""
        self._path, self._day = path, day
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)
        self._growing: dict[str, BinaryIO] = {}

    def put_all(self, pieces: Iterable[Piece], /) -> None:
        """Write down ``pieces``, as they are made."""
        for piece in pieces:
            if piece.grows:
                self._grown(piece.name).write(piece.content)
            else:
                self._zip.writestr(self._entry(piece.name), piece.content)

    def commit(self, _journal: Journal, /) -> None:
        """Nothing: what is cut off here is begun anew."""

    def finish(self) -> None:
        """Put the tables in and close."""
        for name, file in self._growing.items():
            file.seek(0)
            with self._zip.open(self._entry(name), "w", force_zip64=True) as entry:
                while block := file.read(1 << 20):
                    entry.write(block)
            file.close()
        self._zip.close()

    def _grown(self, name: str) -> BinaryIO:
        if name not in self._growing:
            path = self._path.with_name(f"growing-{len(self._growing)}")
            self._growing[name] = path.open("w+b")
        return self._growing[name]

    def _entry(self, name: str) -> zipfile.ZipInfo:
        entry = zipfile.ZipInfo(name, (self._day.year, self._day.month, self._day.day, 0, 0, 0))
        stored = name.endswith(COMPRESSED_ALREADY)
        entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
        entry.external_attr = OWNER_READS_AND_WRITES
        return entry
