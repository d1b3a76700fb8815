"""Runs ``calsvc links`` in a process of its own, and reads its output."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from calsvc.bulk import csv_files, encodings
from calsvc.bulk.records import Row
from calsvc.links.keys import generate_key
from tests.support.paths import ROOT

ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith("CALSVC_")},
    "CALSVC_KEYS": generate_key(),
    "CALSVC_PUBLIC_URL": "https://calendar.example.jp",
    "PYTHONPATH": str(ROOT),
}
COMMAND = (sys.executable, "-m", "calsvc", "links")
ONE_RESIDENT = "氏名,生年月日,発行日,メール\n小樽 花子,1985-04-23,2020-06-01,a@example.jp\n"
ROWS_OF_THREE_BATCHES = 2500
"""Rows in three batches, of which `kill_after_two_batches` leaves two."""


def run_links(*arguments: str | Path, **changed: str) -> subprocess.CompletedProcess[str]:
    """Run the command with ``arguments``, and with ``changed`` variables of its environment."""
    command = [*COMMAND, *map(str, arguments)]
    environment = {**ENVIRONMENT, **changed}
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=300
    )


def write_table(folder: Path, content: str | bytes = ONE_RESIDENT) -> Path:
    """Write a table into ``folder``, and return its path."""
    path = folder / "residents.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def write_large_table(folder: Path, rows: int) -> Path:
    """Write a table that repeats the row of `ONE_RESIDENT`, and return its path."""
    header, row = ONE_RESIDENT.splitlines(keepends=True)
    return write_table(folder, header + row * rows)


def read_tree(folder: Path) -> dict[str, bytes]:
    """Return the content of all files under ``folder`` by their relative paths."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def read_rows(path: Path) -> list[Row]:
    with path.open("rb") as file:
        return list(csv_files.read(file, encodings.scan_text_file(file).encoding).rows)


def kill_after_two_batches(path: Path, out: Path, *formats: str) -> Path:
    """Kill a run that has committed two batches, and return the folder that it leaves."""
    command = [sys.executable, "-m", "tests.support.cut_off_run", path, out, *formats]
    done = subprocess.run(command, env=ENVIRONMENT, cwd=ROOT, check=False, timeout=300)
    assert done.returncode == -signal.SIGKILL
    assert not out.exists()
    return out.parent / f".{out.name}.partial"
