"""Writes the output of a run atomically: into a folder beside the target, which is then renamed.

From time to time a checkpoint records which output is safely on disk. An interrupted run can be
resumed from there. A checkpoint holds no personal data.
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
from calsvc.links.atomic_files import PRIVATE_DIR_MODE, sync_folder


class OutputFolderError(CalsvcError):
    """Output that cannot be started or resumed. ``path``: the folder."""

    def __init__(self, key: str, path: Path) -> None:
        """``key``: the message key without ``bulk.staging``."""
        self.key, self.path = key, path
        super().__init__(f"{key}: {path}")


@dataclass(frozen=True)
class Checkpoint:
    """A record of the output that is safely on disk.

    ``digest``: of input and options, which must not change. ``today``: the day on which the run
    started. ``run_number``: as in `BulkContext`, in hexadecimal. ``chunks``: how many are done.
    ``sizes``: bytes of the files that are appended to. ``counts``: of rows by result.
    """

    digest: str
    today: str
    run_number: str
    chunks: int = 0
    sizes: Mapping[str, int] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)

    def to_json(self) -> bytes:
        """Return the checkpoint as JSON.

        Its names must not change, because another release may resume from it.
        """
        values = asdict(self)
        values["shards"], values["tally"] = values.pop("chunks"), values.pop("counts")
        return json.dumps(values).encode()


def parse_checkpoint(content: bytes) -> Checkpoint:
    """Return the checkpoint that `Checkpoint.to_json` wrote."""
    values = json.loads(content)
    values["chunks"], values["counts"] = values.pop("shards"), values.pop("tally")
    return Checkpoint(**values)


class OutputFolder:
    """The folder in which the output for ``target`` is prepared.

    It is a context manager. Leaving it removes the folder if there is no checkpoint.
    """

    def __init__(self, target: Path) -> None:
        """``target`` must not exist, or must be an empty folder. No file is touched yet."""
        self.target = target
        self.folder = target.parent / f".{target.name}.partial"
        self._content = self.folder / "content"
        self._checkpoint_path = self.folder / "journal.json"
        self._lock = FileLock(self.folder / "lock", timeout=0)
        self._appended_files: dict[str, BinaryIO] = {}
        self._created_folders: set[Path] = set()
        self._unsynced = False
        self._withdrawn: set[str] = set()

    def __enter__(self) -> Self:
        """Lock the folder for this process.

        Raises ``OSError`` and `OutputFolderError`: ``exists`` if there is output already, or
        ``busy`` if another process has the lock.
        """
        if self.target.exists() and not _is_empty_folder(self.target):
            raise OutputFolderError("exists", self.target)
        self.folder.mkdir(mode=PRIVATE_DIR_MODE, parents=True, exist_ok=True)
        try:
            self._lock.acquire()
        except Timeout:
            raise OutputFolderError("busy", self.folder) from None
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _at: TracebackType | None,
    ) -> None:
        """Close the files and release the lock. Remove the folder if it cannot be resumed."""
        for file in self._appended_files.values():
            with suppress(OSError):  # a full disk was already reported by a write
                file.close()
        self._lock.release()
        if not self._checkpoint_path.exists():
            shutil.rmtree(self.folder, ignore_errors=True)

    def start(self, digest: str, today: str, run_number: str) -> Checkpoint:
        """Start a run. Raises `OutputFolderError` (``interrupted``) if another can be resumed."""
        if self._checkpoint_path.exists():
            raise OutputFolderError("interrupted", self.folder)
        shutil.rmtree(self._content, ignore_errors=True)
        self._content.mkdir(mode=PRIVATE_DIR_MODE)
        return Checkpoint(digest, today, run_number)

    def resume(self, digest: str, today: str, run_number: str) -> Checkpoint:
        """Return the checkpoint of an interrupted run, or start one if there is none.

        Files are cut to the sizes in the checkpoint. Raises `OutputFolderError`: ``changed`` for
        other input or options, ``damaged`` if a file is missing or too short.
        """
        if not self._checkpoint_path.exists():
            return self.start(digest, today, run_number)
        checkpoint = parse_checkpoint(self._checkpoint_path.read_bytes())
        if checkpoint.digest != digest:
            raise OutputFolderError("changed", self.folder)
        for name, size in checkpoint.sizes.items():
            self._reopen(name, size)
        return checkpoint

    def _reopen(self, name: str, size: int) -> None:
        path = self._content / name
        if not path.exists() or path.stat().st_size < size:
            raise OutputFolderError("damaged", self.folder)
        self._appended_files[name] = file = path.open("r+b")
        file.truncate(size)
        file.seek(size)

    def write_all(self, pieces: Iterable[FilePiece]) -> None:
        """Write ``pieces``, one by one as they are made."""
        for piece in pieces:
            self._write(piece)

    def _write(self, piece: FilePiece) -> None:
        if piece.appends:
            if piece.name not in self._appended_files:
                self._appended_files[piece.name] = (self._content / piece.name).open("w+b")
            self._appended_files[piece.name].write(piece.content)
            return
        path = self._content / piece.name
        if path.parent not in self._created_folders:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._created_folders.add(path.parent)
        path.write_bytes(piece.content)
        self._unsynced = True

    def commit(self, checkpoint: Checkpoint) -> None:
        """Flush all output to disk, then write ``checkpoint`` with the sizes of the files."""
        for file in self._appended_files.values():
            file.flush()
            os.fsync(file.fileno())
        if self._unsynced:
            os.sync()  # one call is cheaper than fsync for each of a thousand files
            self._unsynced = False
        sizes = {name: file.tell() for name, file in self._appended_files.items()}
        saved = replace(checkpoint, sizes=sizes)
        _replace_atomically(self._checkpoint_path, saved.to_json())

    def withdraw(self, name: str) -> BinaryIO | None:
        """Open an appended file for reading, or return None. It will not be published."""
        file = self._appended_files.get(name)
        if file is None:
            return None
        file.flush()
        self._withdrawn.add(name)
        return (self._content / name).open("rb")

    def publish(self) -> None:
        """Finish the files and rename the folder to the target. Raises ``OSError``."""
        workbooks = [name for name in self._appended_files if name.endswith(".xlsx")]
        packed = {name: self._pack(name) for name in workbooks}
        for file in self._appended_files.values():
            file.close()
        for name, path in packed.items():
            path.replace(self._content / name)
        for name in self._withdrawn:
            (self._content / name).unlink()
        self._content.replace(self.target)
        sync_folder(self.target.parent)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _pack(self, name: str) -> Path:
        """Write a workbook beside its sheet. The sheet is not changed, so a run can be resumed."""
        path = self.folder / name
        with path.open("wb") as file:
            workbook_output.pack(self._appended_files[name], file)
            file.flush()
            os.fsync(file.fileno())
        return path


def _is_empty_folder(path: Path) -> bool:
    return path.is_dir() and not any(path.iterdir())


def _replace_atomically(path: Path, content: bytes) -> None:
    """Replace the file atomically. After a crash it has either the old or the new content."""
    new = path.with_suffix(".new")
    with new.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    sync_folder(path.parent)
