"""Throughput and peak memory of `calsvc links`, with one process for each run.

    python bench/bulk.py [rows of the largest table]
    python bench/bulk.py [rows of the CSV] --before CHECKOUT [--workbook-rows N] [--rounds N]

Prints a Markdown table. The first form pins each run to one core if taskset is installed. The
second form compares this checkout with another one, which must have a .venv. The two checkouts run
alternately with the same tables, on all cores. CPU time and memory are sums over all processes of
a run.
"""

import argparse
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import openpyxl

from calsvc.bulk.workbook_output import MAIN_NAMESPACE, OFFICE_NAMESPACE
from calsvc.links.keys import generate_key

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = {
    **os.environ,
    "CALSVC_KEYS": generate_key(),
    "CALSVC_PUBLIC_URL": "https://calendar.example.jp",
}
HEADER = ("宛名番号", "氏名", "生年月日", "発行日", "住所", "メール")
NAMES = ("小樽 花子", "髙橋 一郎", "山﨑 太郎", "佐藤 さくら", "銭函 みなと")
INLINE_STRING_PATTERN = re.compile(r't="inlineStr"><is><t>([^<]*)</t></is>')
SHARED_STRINGS_TYPE = (
    '<Override PartName="/xl/sharedStrings.xml" ContentType="application/'
    'vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
)
SHARED_STRINGS_RELATION = (
    f'<Relationship Id="texts" Type="{OFFICE_NAMESPACE}/sharedStrings"'
    ' Target="sharedStrings.xml"/></Relationships>'
)
ONE_CORE_COMMAND = ["taskset", "-c", "1"] if shutil.which("taskset") else []
MEGABYTE = 1 << 20
SAMPLE_INTERVAL_SECONDS = 0.2
"""Adding up the memory of large processes more often would slow them down."""
SESSION_INDEX = 3
"""Index of the session in /proc/PID/stat, counted after the program's name."""


@dataclass(frozen=True)
class Figures:
    """Measurements of one run. ``peak_memory`` is in bytes."""

    rows: int
    seconds: float
    cpu_seconds: float
    peak_memory: int


@dataclass(frozen=True)
class Resident:
    """One row of the table."""

    number: int
    born: date
    issued: date

    @property
    def other_cells(self) -> tuple[str, str, str, str]:
        """Number, name, postal address and e-mail address."""
        name = NAMES[self.number % len(NAMES)]
        address, email = "小樽市花園2丁目12番1号", f"r{self.number}@example.jp"
        return f"{self.number:010d}", name, address, email


def generate_residents(rows: int) -> Iterator[Resident]:
    """Yield random residents. Every run has the same ones."""
    rng = random.Random(2026)
    for number in range(rows):
        born = date(1930, 1, 1) + timedelta(days=rng.randrange(33_000))
        issued = max(born, date(2016, 1, 1) + timedelta(days=rng.randrange(3_900)))
        yield Resident(number, born, issued)


def csv_lines(rows: int) -> Iterator[str]:
    """Yield the lines of a CSV file, dates in two forms."""
    yield f"{','.join(HEADER)}\r\n"
    for resident in generate_residents(rows):
        number, name, address, email = resident.other_cells
        issued = f"{resident.issued.year}/{resident.issued.month}/{resident.issued.day}"
        yield f"{number},{name},{resident.born},{issued},{address},{email}\r\n"


def write_csv(folder: Path, rows: int) -> Path:
    """Write a CSV file in CP932 with ``rows`` residents."""
    path = folder / f"{rows}.csv"
    with path.open("w", encoding="cp932", newline="") as file:
        file.writelines(csv_lines(rows))
    return path


def write_inline_workbook(folder: Path, rows: int) -> Path:
    """Write a workbook as openpyxl does: with inline strings and date cells."""
    path = folder / f"{rows}-inline.xlsx"
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(HEADER)
    for resident in generate_residents(rows):
        number, name, address, email = resident.other_cells
        sheet.append([number, name, resident.born, resident.issued, address, email])
    book.save(path)
    return path


def write_shared_workbook(folder: Path, rows: int) -> Path:
    """Write the same workbook as Excel does: with a part for shared strings."""
    path, numbers = folder / f"{rows}-shared.xlsx", dict[str, int]()

    def shared(match: re.Match[str]) -> str:
        return f't="s"><v>{numbers.setdefault(match[1], len(numbers))}</v>'

    with (
        zipfile.ZipFile(write_inline_workbook(folder, rows)) as old,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            text = INLINE_STRING_PATTERN.sub(shared, old.read(name).decode()).replace(
                "</Types>", SHARED_STRINGS_TYPE
            )
            if name == "xl/_rels/workbook.xml.rels":
                text = text.replace("</Relationships>", SHARED_STRINGS_RELATION)
            new.writestr(name, text)
        items = "".join(f"<si><t>{text}</t></si>" for text in numbers)
        new.writestr("xl/sharedStrings.xml", f'<sst xmlns="{MAIN_NAMESPACE}">{items}</sst>')
    return path


def measure(path: Path, rows: int, *arguments: str) -> Figures:
    """Run the tool on ``path`` on one core."""
    return measure_run([*ONE_CORE_COMMAND, sys.executable], ROOT, path, rows, *arguments)


def measure_checkout(checkout: Path, path: Path, rows: int) -> Figures:
    """Run the tool of ``checkout`` on ``path`` on all cores."""
    return measure_run([str(checkout / ".venv/bin/python")], checkout, path, rows)


def measure_run(
    python: Sequence[str], checkout: Path, path: Path, rows: int, *arguments: str
) -> Figures:
    """Run the tool of ``checkout`` on ``path`` and measure it."""
    out = path.parent / "out"
    command = [*python, "-m", "calsvc", "links", str(path), "-o", str(out), *arguments]
    start = time.monotonic()
    process = subprocess.Popen(
        command,
        cwd=checkout,
        env=ENVIRONMENT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    memory = 0
    while not os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
        memory = max(memory, session_memory_bytes(process.pid))
        time.sleep(SAMPLE_INTERVAL_SECONDS)
    seconds = time.monotonic() - start
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"exit code {process.returncode}")
    shutil.rmtree(out)
    return Figures(rows, seconds, usage.ru_utime + usage.ru_stime, memory)


def session_memory_bytes(session: int) -> int:
    """Return the memory of all processes of a session in bytes. Shared pages count once."""
    total = 0
    for process in filter(lambda each: each.name.isdigit(), Path("/proc").iterdir()):
        with suppress(OSError, ValueError):  # the process has ended
            stat = (process / "stat").read_text().rpartition(")")[2].split()
            if int(stat[SESSION_INDEX]) == session:
                lines = (process / "smaps_rollup").read_text().splitlines()
                line = next(line for line in lines if line.startswith("Pss:"))
                total += int(line.split()[1]) * 1024
    return total


def print_figures(what: str, figures: Figures) -> None:
    """Print one line of the report."""
    rate, cpu_rate = figures.rows / figures.seconds, figures.rows / figures.cpu_seconds
    memory = figures.peak_memory / MEGABYTE
    print_line(
        f"| {what} | {figures.rows} | {figures.seconds:.1f} s | {rate:.0f}/s | {cpu_rate:.0f}/s "
        f"| {memory:.0f} MB |"
    )


def print_line(line: str) -> None:
    """Print ``line`` and flush it, because a run takes minutes."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def measure_formats(largest: int) -> None:
    """Measure links for tables of several sizes, and every other format."""
    print_line("| | rows | time | rows/s | rows/s of processor time | peak memory |")
    print_line("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for rows in (size for size in (10_000, 100_000, 1_000_000) if size <= largest):
            print_figures("links.csv", measure(write_csv(folder, rows), rows))
        for form, rows in (
            ("ics", 10_000),
            ("ics", 30_000),
            ("eml", 10_000),
            ("mail-merge", 10_000),
            ("sms", 10_000),
            ("qr-svg", 2_000),
            ("qr-png", 2_000),
            ("letters", 1_000),
            ("letters", 4_000),
        ):
            print_figures(form, measure(write_csv(folder, rows), rows, "--format", form))


def compare(before: Path, csv_rows: int, workbook_rows: int, rounds: int) -> None:
    """Compare this checkout with ``before``: medians of both, and medians of the rounds' ratios."""
    print_line("| | | time | CPU | peak memory |")
    print_line("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for make, rows in (
            (write_inline_workbook, workbook_rows),
            (write_shared_workbook, workbook_rows),
            (write_csv, csv_rows),
        ):
            if rows:
                compare_table(before, make(folder, rows), rows, rounds)


def compare_table(before: Path, path: Path, rows: int, rounds: int) -> None:
    """Compare the two checkouts with one table."""
    pairs = [
        (measure_checkout(before, path, rows), measure_checkout(ROOT, path, rows))
        for _ in range(rounds)
    ]
    for what, runs in (("before", [old for old, _ in pairs]), ("now", [new for _, new in pairs])):
        print_line(
            f"| {path.name} | {what} "
            f"| {statistics.median(each.seconds for each in runs):.1f} s "
            f"| {statistics.median(each.cpu_seconds for each in runs):.1f} s "
            f"| {max(each.peak_memory for each in runs) / MEGABYTE:.0f} MB |"
        )
    faster = statistics.median(old.seconds / new.seconds for old, new in pairs)
    cheaper = statistics.median(old.cpu_seconds / new.cpu_seconds for old, new in pairs)
    print_line(f"| {path.name} | times as fast | {faster:.2f} | {cheaper:.2f} | |")


def main() -> None:
    """Parse the arguments, measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("rows", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--before", type=Path)
    parser.add_argument("--workbook-rows", type=int, default=105_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    if options.before:
        compare(options.before.resolve(), options.rows, options.workbook_rows, options.rounds)
    else:
        measure_formats(options.rows)


if __name__ == "__main__":
    main()
