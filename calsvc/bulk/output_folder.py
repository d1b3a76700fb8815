"""Output that appears whole or not at all: prepared in a folder beside its place, then renamed.

What is prepared is vouched for from time to time in a journal, so that a run that was cut off can
go on where it stopped. The journal tells nothing of a resident.
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
from calsvc.bulk.edition import Piece
from calsvc.errors import CalsvcError
from calsvc.links.atomic_files import sync_folder

OWNER_ONLY = 0o700


class StagingError(CalsvcError):
    """Output that cannot be begun or gone on with; ``key`` says why, ``place`` where."""

    def __init__(self, key: str, place: Path) -> None:
        """``key``: of a message under ``bulk.staging``."""
        self.key, self.place = key, place
        super().__init__(f"{key}: {place}")


@dataclass(frozen=True)
class Journal:
    """What is known to be safely written.

    ``digest`` tells whether input and options are still the same; ``today``: the day on which the
    run began. ``run_number``: hexadecimal digits, from which the numbers of the links are derived.
    ``shards``: how many are done. ``sizes``: of the files that grow. ``tally``: counts.
    """

    digest: str
    today: str
    run_number: str
    shards: int = 0
    sizes: Mapping[str, int] = field(default_factory=dict)
    tally: Mapping[str, int] = field(default_factory=dict)


class Stage:
    """The folder in which the output for ``target`` is prepared.

    Used in a ``with``: on leaving it, what no journal vouches for is removed.
    """

    def __init__(self, target: Path) -> None:
        """Nothing is touched yet."""
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
        """Take the folder for this process alone.

        Raises `StagingError`: ``exists`` where there is output already, ``busy`` where another
        process is at it; and ``OSError``.
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
        """Let go of the folder."""
        for file in self._growing.values():
            with suppress(OSError):  # a full disk has been told already
                file.close()
        self._lock.release()
        if not self._journal.exists():
            shutil.rmtree(self.folder, ignore_errors=True)

    def begin(self, digest: str, today: str, run_number: str) -> Journal:
        """Start afresh. Raises `StagingError` (``interrupted``) where a run can be gone on with."""
        if self._journal.exists():
            raise StagingError("interrupted", self.folder)
        shutil.rmtree(self._content, ignore_errors=True)
        self._content.mkdir(mode=OWNER_ONLY)
        return Journal(digest, today, run_number)

    def resume(self, digest: str, today: str, run_number: str) -> Journal:
        """Go on where the journal ends, or start afresh where there is none.

        Raises `StagingError`: ``changed`` where it is of other input or options, ``damaged``.
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

    def put_all(self, pieces: Iterable[Piece]) -> None:
        """Write down ``pieces``, as they are made."""
        for piece in pieces:
            self._put(piece)

    def _put(self, piece: Piece) -> None:
        if piece.grows:
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
        """Make sure of all that was put, and then let ``journal``, with sizes, vouch for it."""
        for file in self._growing.values():
            file.flush()
            os.fsync(file.fileno())
        if self._unsynced:
            os.sync()  # one for a thousand files costs less than one for each
            self._unsynced = False
        sizes = {name: file.tell() for name, file in self._growing.items()}
        vouched = replace(journal, sizes=sizes)
        _write_safely(self._journal, json.dumps(asdict(vouched)).encode())

    def taken(self, name: str) -> BinaryIO | None:
        """Open a file that grew, or none, to read it. It is left out of the output."""
        file = self._growing.get(name)
        if file is None:
            return None
        file.flush()
        self._left_out.add(name)
        return (self._content / name).open("rb")

    def finish(self) -> None:
        """Give the output its name. Raises ``OSError``."""
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
        """Write a workbook beside its sheet, which an interruption leaves as it is."""
        path = self.folder / name
        with path.open("wb") as file:
            workbook_output.pack(self._growing[name], file)
            file.flush()
            os.fsync(file.fileno())
        return path


def _is_empty_folder(path: Path) -> bool:
    return path.is_dir() and not any(path.iterdir())


def _write_safely(path: Path, content: bytes) -> None:
    """Replace the file so that after any accident either the old or the new one is there."""
    new = path.with_suffix(".new")
    with new.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    sync_folder(path.parent)
