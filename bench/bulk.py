"""The bulk tool, a process for each run: rows a second and peak memory.

    python bench/bulk.py [rows of the largest table]
    python bench/bulk.py [rows of the CSV] --before CHECKOUT [--workbook-rows N] [--rounds N]

Prints a Markdown table. The first form gives each run one core where taskset is there. The second
compares this checkout with another one, whose .venv is ready: the same tables become links by
turns, each run on all cores. Its CPU and memory are those of all processes of a run together.
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

from calsvc.bulk.workbook_output import MAIN, OFFICE
from calsvc.links.keys import new_key

HERE = Path(__file__).resolve().parent.parent
ENVIRONMENT = {
    **os.environ,
    "CALSVC_KEYS": new_key(),
    "CALSVC_PUBLIC_URL": "https://calendar.example.jp",
}
HEADER = ("宛名番号", "氏名", "生年月日", "発行日", "住所", "メール")
NAMES = ("小樽 花子", "髙橋 一郎", "山﨑 太郎", "佐藤 さくら", "銭函 みなと")
INLINE = re.compile(r't="inlineStr"><is><t>([^<]*)</t></is>')
TYPE = (
    '<Override PartName="/xl/sharedStrings.xml" ContentType="application/'
    'vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
)
RELATION = (
    f'<Relationship Id="texts" Type="{OFFICE}/sharedStrings"'
    ' Target="sharedStrings.xml"/></Relationships>'
)
PINNED = ["taskset", "-c", "1"] if shutil.which("taskset") else []
MEGABYTE = 1 << 20
SECONDS_BETWEEN_SAMPLES = 0.2
"""To sum up the memory of large processes more often holds them up."""
SESSION = 3
"""The place of the session in /proc/PID/stat, counted behind the program's name."""


@dataclass(frozen=True)
class Figures:
    """What one run took; ``memory`` in bytes, times in seconds."""

    rows: int
    seconds: float
    processor: float
    memory: int


@dataclass(frozen=True)
class Resident:
    """A row of the table."""

    number: int
    born: date
    issued: date

    @property
    def others(self) -> tuple[str, str, str, str]:
        """Returns number, name, address and e-mail."""
        name = NAMES[self.number % len(NAMES)]
        address, email = "小樽市花園2丁目12番1号", f"r{self.number}@example.jp"
        return f"{self.number:010d}", name, address, email


def residents(rows: int) -> Iterator[Resident]:
    """Residents who all differ."""
    chance = random.Random(2026)
    for number in range(rows):
        born = date(1930, 1, 1) + timedelta(days=chance.randrange(33_000))
        issued = max(born, date(2016, 1, 1) + timedelta(days=chance.randrange(3_900)))
        yield Resident(number, born, issued)


def lines(rows: int) -> Iterator[str]:
    """Yield the lines of a CSV file, dates in two forms."""
    yield f"{','.join(HEADER)}\r\n"
    for each in residents(rows):
        number, name, address, email = each.others
        issued = f"{each.issued.year}/{each.issued.month}/{each.issued.day}"
        yield f"{number},{name},{each.born},{issued},{address},{email}\r\n"


def table(folder: Path, rows: int) -> Path:
    """A CP932 file of that many residents."""
    path = folder / f"{rows}.csv"
    with path.open("w", encoding="cp932", newline="") as file:
        file.writelines(lines(rows))
    return path


def workbook_of_export(folder: Path, rows: int) -> Path:
    """A workbook as openpyxl writes it: texts in the cells (inline strings), dates as dates."""
    path = folder / f"{rows}-inline.xlsx"
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(HEADER)
    for each in residents(rows):
        number, name, address, email = each.others
        sheet.append([number, name, each.born, each.issued, address, email])
    book.save(path)
    return path


def workbook_of_excel(folder: Path, rows: int) -> Path:
    """The same as Excel writes it: each text once, in a part of its own (shared strings)."""
    path, numbers = folder / f"{rows}-shared.xlsx", dict[str, int]()

    def shared(match: re.Match[str]) -> str:
        return f't="s"><v>{numbers.setdefault(match[1], len(numbers))}</v>'

    with (
        zipfile.ZipFile(workbook_of_export(folder, rows)) as old,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            text = INLINE.sub(shared, old.read(name).decode()).replace("</Types>", TYPE)
            if name == "xl/_rels/workbook.xml.rels":
                text = text.replace("</Relationships>", RELATION)
            new.writestr(name, text)
        items = "".join(f"<si><t>{text}</t></si>" for text in numbers)
        new.writestr("xl/sharedStrings.xml", f'<sst xmlns="{MAIN}">{items}</sst>')
    return path


def measure(path: Path, rows: int, *arguments: str) -> Figures:
    """Run the tool upon ``path``, on one core."""
    return measure_run([*PINNED, sys.executable], HERE, path, rows, *arguments)


def measure_checkout(checkout: Path, path: Path, rows: int) -> Figures:
    """Make links of ``path`` with the tool of ``checkout``, on all cores."""
    return measure_run([str(checkout / ".venv/bin/python")], checkout, path, rows)


def measure_run(
    python: Sequence[str], checkout: Path, path: Path, rows: int, *arguments: str
) -> Figures:
    """Run the tool of ``checkout`` upon ``path``."""
    out = path.parent / "out"
    command = [*python, "-m", "calsvc", "links", str(path), "-o", str(out), *arguments]
    begun = time.monotonic()
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
        memory = max(memory, memory_of_session(process.pid))
        time.sleep(SECONDS_BETWEEN_SAMPLES)
    seconds = time.monotonic() - begun
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"exit code {process.returncode}")
    shutil.rmtree(out)
    return Figures(rows, seconds, usage.ru_utime + usage.ru_stime, memory)


def memory_of_session(session: int) -> int:
    """Returns the bytes that its processes hold; what they share counts once."""
    total = 0
    for process in filter(lambda each: each.name.isdigit(), Path("/proc").iterdir()):
        with suppress(OSError, ValueError):  # it has ended
            stat = (process / "stat").read_text().rpartition(")")[2].split()
            if int(stat[SESSION]) == session:
                lines = (process / "smaps_rollup").read_text().splitlines()
                found = next(line for line in lines if line.startswith("Pss:"))
                total += int(found.split()[1]) * 1024
    return total


def show(what: str, figures: Figures) -> None:
    """One line of the report."""
    rate, pure = figures.rows / figures.seconds, figures.rows / figures.processor
    memory = figures.memory / MEGABYTE
    write(
        f"| {what} | {figures.rows} | {figures.seconds:.1f} s | {rate:.0f}/s | {pure:.0f}/s "
        f"| {memory:.0f} MB |"
    )


def write(line: str) -> None:
    """Write ``line`` at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def measure_formats(largest: int) -> None:
    """Measure links for tables of several sizes, and every other format."""
    write("| | rows | time | rows/s | rows/s of processor time | peak memory |")
    write("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for rows in (size for size in (10_000, 100_000, 1_000_000) if size <= largest):
            show("links.csv", measure(table(folder, rows), rows))
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
            show(form, measure(table(folder, rows), rows, "--format", form))


def compare(before: Path, csv_rows: int, workbook_rows: int, rounds: int) -> None:
    """Compare this checkout with ``before``: the median of each, and of the ratios of a round."""
    write("| | | time | CPU | peak memory |")
    write("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for make, rows in (
            (workbook_of_export, workbook_rows),
            (workbook_of_excel, workbook_rows),
            (table, csv_rows),
        ):
            if rows:
                compare_table(before, make(folder, rows), rows, rounds)


def compare_table(before: Path, path: Path, rows: int, rounds: int) -> None:
    """Compare the two checkouts upon one table."""
    pairs = [
        (measure_checkout(before, path, rows), measure_checkout(HERE, path, rows))
        for _ in range(rounds)
    ]
    for what, runs in (("before", [old for old, _ in pairs]), ("now", [new for _, new in pairs])):
        write(
            f"| {path.name} | {what} "
            f"| {statistics.median(each.seconds for each in runs):.1f} s "
            f"| {statistics.median(each.processor for each in runs):.1f} s "
            f"| {max(each.memory for each in runs) / MEGABYTE:.0f} MB |"
        )
    faster = statistics.median(old.seconds / new.seconds for old, new in pairs)
    cheaper = statistics.median(old.processor / new.processor for old, new in pairs)
    write(f"| {path.name} | times as fast | {faster:.2f} | {cheaper:.2f} | |")


def main() -> None:
    """Measure as the arguments say."""
    parser = argparse.ArgumentParser()
    parser.add_argument("rows", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--before", type=Path)
    parser.add_argument("--workbook-rows", type=int, default=105_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    if given.before:
        compare(given.before.resolve(), given.rows, given.workbook_rows, given.rounds)
    else:
        measure_formats(given.rows)


if __name__ == "__main__":
    main()
