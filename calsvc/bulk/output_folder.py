"""Writes the output of a run atomically: into a folder beside the target, which is then renamed.

A journal records from time to time which output is safely on disk. An interrupted run can be
resumed from there. The journal holds no personal data.
"""

import json
import os
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from filelock import FileLock, Timeout

from calsvc.bulk import workbook_output
from calsvc.bulk.output_context import FilePiece
from calsvc.errors import CalsvcError
from calsvc.links.whole_files import sync_folder

OWNER_ONLY = 0o700


class StagingError(CalsvcError):
    """Output that cannot be started or resumed. ``place``: the folder."""

    def __init__(self, key: str, place: Path) -> None:
        """``key``: of the message, below ``bulk.staging``."""
        self.key, self.place = key, place
        super().__init__(f"{key}: {place}")


@dataclass(frozen=True)
class Journal:
    """A checkpoint: the output that is safely on disk.

    ``digest``: of input and options, which must not change. ``today``: the day on which the run
    started. ``run_number``: as in `BulkContext`, in hexadecimal. ``shards``: the number of finished
    shards. ``sizes``: bytes of the files that are appended to. ``tally``: counts of rows.
    """

    digest: str
    today: str
    run_number: str
    shards: int = 0
    sizes: Mapping[str, int] = field(default_factory=dict)
    tally: Mapping[str, int] = field(default_factory=dict)


class Stage:
    """The folder in which the output for ``target`` is prepared.

    It is a context manager. Leaving it removes the folder if there is no journal.
    """

    def __init__(self, target: Path) -> None:
        """``target`` must not exist, or must be an empty folder. No file is touched yet."""
        self.target = target
        self.folder = target.parent / f".{target.name}.partial"
        self._content = self.folder / "content"
        self._journal = self.folder / "journal.json"
        self._lock = FileLock(self.folder / "lock", timeout=0)
        self._growing: dict[str, BinaryIO] = {}
        self._folders: set[Path] = set()
        self._unsynced = False
        self._left_out: set[str] = set()

    def __enter__(self) -> Self:
        """Lock the folder for this process.

        Raises `StagingError`: ``exists`` if there is output already, ``busy`` if another process
        has the lock. Raises ``OSError``.
        """
        if self.target.exists() and not _is_empty_folder(self.target):
            raise StagingError("exists", self.target)
        self.folder.mkdir(mode=OWNER_ONLY, parents=True, exist_ok=True)
        try:
            self._lock.acquire()
        except Timeout:
            raise StagingError("busy", self.folder) from None
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _at: TracebackType | None,
    ) -> None:
        """Close the files and release the lock. Remove the folder if it cannot be resumed."""
        for file in self._growing.values():
            with suppress(OSError):  # a full disk was already reported by a write
                file.close()
        self._lock.release()
        if not self._journal.exists():
            shutil.rmtree(self.folder, ignore_errors=True)

    def begin(self, digest: str, today: str, run_number: str) -> Journal:
        """Start a run. Raises `StagingError` (``interrupted``) if another can be resumed."""
        if self._journal.exists():
            raise StagingError("interrupted", self.folder)
        shutil.rmtree(self._content, ignore_errors=True)
        self._content.mkdir(mode=OWNER_ONLY)
        return Journal(digest, today, run_number)

    def resume(self, digest: str, today: str, run_number: str) -> Journal:
        """Return the journal of an interrupted run, or start one if there is none.

        Files are cut to the sizes in the journal. Raises `StagingError`: ``changed`` for other
        input or options, ``damaged`` if a file is missing or too short.
        """
        if not self._journal.exists():
            return self.begin(digest, today, run_number)
        journal = Journal(**json.loads(self._journal.read_bytes()))
        if journal.digest != digest:
            raise StagingError("changed", self.folder)
        for name, size in journal.sizes.items():
            self._reopen(name, size)
        return journal

    def _reopen(self, name: str, size: int) -> None:
        path = self._content / name
        if not path.exists() or path.stat().st_size < size:
            raise StagingError("damaged", self.folder)
        self._growing[name] = file = path.open("r+b")
        file.truncate(size)
        file.seek(size)

    def put_all(self, pieces: Iterable[FilePiece]) -> None:
        """Write ``pieces``, one by one as they are made."""
        for piece in pieces:
            self._put(piece)

    def _put(self, piece: FilePiece) -> None:
        if piece.appends:
            if piece.name not in self._growing:
                self._growing[piece.name] = (self._content / piece.name).open("w+b")
            self._growing[piece.name].write(piece.content)
            return
        path = self._content / piece.name
        if path.parent not in self._folders:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._folders.add(path.parent)
        path.write_bytes(piece.content)
        self._unsynced = True

    def commit(self, journal: Journal) -> None:
        """Flush all output to disk, then write ``journal`` with the sizes of the files."""
        for file in self._growing.values():
            file.flush()
            os.fsync(file.fileno())
        if self._unsynced:
            os.sync()  # one call is cheaper than fsync for each of a thousand files
            self._unsynced = False
        sizes = {name: file.tell() for name, file in self._growing.items()}
        vouched = replace(journal, sizes=sizes)
        _write_safely(self._journal, json.dumps(asdict(vouched)).encode())

    def taken(self, name: str) -> BinaryIO | None:
        """Open an appended file for reading, or return None. It will not be published."""
        file = self._growing.get(name)
        if file is None:
            return None
        file.flush()
        self._left_out.add(name)
        return (self._content / name).open("rb")

    def finish(self) -> None:
        """Finish the files and rename the folder to the target. Raises ``OSError``."""
        workbooks = [name for name in self._growing if name.endswith(".xlsx")]
        packed = {name: self._pack(name) for name in workbooks}
        for file in self._growing.values():
            file.close()
        for name, path in packed.items():
            path.replace(self._content / name)
        for name in self._left_out:
            (self._content / name).unlink()
        self._content.replace(self.target)
        sync_folder(self.target.parent)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _pack(self, name: str) -> Path:
        """Write a workbook beside its sheet. The sheet is not changed, so a run can be resumed."""
        path = self.folder / name
        with path.open("wb") as file:
            workbook_output.pack(self._growing[name], file)
            file.flush()
            os.fsync(file.fileno())
        return path


def _is_empty_folder(path: Path) -> bool:
    return path.is_dir() and not any(path.iterdir())


def _write_safely(path: Path, content: bytes) -> None:
    """Replace the file atomically: after a crash there is the old or the new content."""
    new = path.with_suffix(".new")
    with new.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    sync_folder(path.parent)
