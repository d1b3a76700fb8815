"""The bulk tool, a process for each run: rows a second and peak memory.

    python bench/bulk.py [rows of the largest table]

Prints a Markdown table. Each run has one core to itself where taskset is there.
"""

import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from calsvc.links.keys import new_key

ENVIRONMENT = {
    **os.environ,
    "CALSVC_KEYS": new_key(),
    "CALSVC_PUBLIC_URL": "https://calendar.example.jp",
}
NAMES = ("小樽 花子", "髙橋 一郎", "山﨑 太郎", "佐藤 さくら", "銭函 みなと")
PINNED = ["taskset", "-c", "1"] if shutil.which("taskset") else []
MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Figures:
    """What one run took; ``memory`` in bytes, times in seconds."""

    rows: int
    seconds: float
    processor: float
    memory: int


def lines(rows: int) -> Iterator[str]:
    """Residents who all differ."""
    chance = random.Random(2026)
    yield "宛名番号,氏名,生年月日,発行日,住所,メール\r\n"
    for number in range(rows):
        born = date(1930, 1, 1) + timedelta(days=chance.randrange(33_000))
        issued = max(born, date(2016, 1, 1) + timedelta(days=chance.randrange(3_900)))
        name = NAMES[number % len(NAMES)]
        dates = f"{born},{issued.year}/{issued.month}/{issued.day}"
        yield f"{number:010d},{name},{dates},小樽市花園2丁目12番1号,r{number}@example.jp\r\n"


def table(folder: Path, rows: int) -> Path:
    """A CP932 file of that many residents."""
    path = folder / f"{rows}.csv"
    with path.open("w", encoding="cp932", newline="") as file:
        file.writelines(lines(rows))
    return path


def measure(path: Path, rows: int, *arguments: str) -> Figures:
    """Run the tool upon ``path``."""
    out = path.parent / "out"
    command = [*PINNED, sys.executable, "-m", "calsvc", "links", str(path), "-o", str(out)]
    begun = time.monotonic()
    process = subprocess.Popen([*command, *arguments], env=ENVIRONMENT, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"exit code {process.returncode}")
    shutil.rmtree(out)
    return Figures(rows, seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def show(what: str, figures: Figures) -> None:
    """One line of the report."""
    rate, pure = figures.rows / figures.seconds, figures.rows / figures.processor
    memory = figures.memory / MEGABYTE
    sys.stdout.write(
        f"| {what} | {figures.rows} | {figures.seconds:.1f} s | {rate:.0f}/s | {pure:.0f}/s "
        f"| {memory:.0f} MB |\n"
    )
    sys.stdout.flush()


def main() -> None:
    """Measure links for tables of several sizes, and every other format."""
    largest = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    sys.stdout.write("| | rows | time | rows/s | rows/s of processor time | peak memory |\n")
    sys.stdout.write("|---|---|---|---|---|---|\n")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for rows in (size for size in (10_000, 100_000, 1_000_000) if size <= largest):
            show("links.csv", measure(table(folder, rows), rows))
        for form, rows in (
            ("ics", 10_000),
            ("ics", 30_000),
            ("eml", 10_000),
            ("mail-merge", 10_000),
            ("qr-svg", 2_000),
            ("qr-png", 2_000),
            ("letters", 1_000),
            ("letters", 4_000),
        ):
            show(form, measure(table(folder, rows), rows, "--format", form))


if __name__ == "__main__":
    main()
