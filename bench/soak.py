"""Ten minutes of feeds, pages and tables at once: feeds at 60 % of their peak, pages at 20 %.

    python bench/soak.py [seconds]

Every request has the dates of another person. Tables of 10,000 residents are processed on the same
core, with the niceness of jobs of the staff pages. Prints a Markdown table. Fails if a response is
not 200, a connection breaks or a table fails. Fails also if the memory grows by more than
`MAX_GROWTH` after the first tenth of the time. Needs wrk, nice and taskset, and two cores.
"""

import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from threading import Event, Thread

from feeds import (
    ENVIRONMENT,
    LOAD_CORE,
    ONE_FEED,
    OURS,
    SERVER_CORE,
    STRANGERS,
    Target,
    resident,
    script,
    server,
    wrk,
)
from pages import PATHS, pages

from calsvc.web.staff.job_process import NICE

PORT = 8120
SECONDS = 600
PAGES = 3_000
ROWS = 10_000
MAX_GROWTH = 20
"""Growth of memory in MB."""
PAUSE = "delay = function() return %d end\n"
"""wrk script: the delay in ms before the next request of a connection."""


@dataclass(frozen=True)
class Load:
    """Requests of one kind. ``share``: their rate as a share of the peak rate."""

    name: str
    connections: int
    share: float
    lua: Callable[[int], str]
    """Function from the delay between requests in ms to the wrk script."""


@dataclass(frozen=True)
class Report:
    """The result of a load."""

    answers: int
    share: float
    p99: str
    faults: str

    @classmethod
    def of(cls, text: str, peak: float) -> "Report":
        """Parse the output of wrk."""
        rate = float(re.search(r"Requests/sec:\s*([0-9.]+)", text)[1])
        faults = re.findall(r"Non-2xx.*|Socket errors.*", text)
        return cls(
            answers=int(re.search(r"([0-9]+) requests in", text)[1]),
            share=rate / peak,
            p99=re.search(r"99%\s+(\S+)", text)[1],
            faults=" ".join(faults),
        )


def loads(folder: Path) -> list[Load]:
    """Build the two loads: feeds from plain dates, and pages of sealed links."""
    paths = folder / "pages.txt"
    paths.write_text("\n".join(pages(random.Random(2026), PAGES, 1)))
    return [
        Load("feeds", 128, 0.6, lambda pause: STRANGERS % pause + PAUSE % pause),
        Load("pages", 32, 0.2, lambda pause: PATHS % paths + PAUSE % pause),
    ]


def peak_of(load: Load, folder: Path) -> float:
    """Return the responses per second to ``load`` without delays, with warm caches."""
    target = Target(load.name, PORT, script(folder, f"{load.name}-peak", load.lua(0)))
    wrk(target, 5, load.connections)
    return wrk(target, 5, load.connections)


def paced(load: Load, peak: float, folder: Path) -> str:
    """Write the wrk script with delays that limit the rate to the share of ``peak``."""
    pause = 1000 * load.connections / (load.share * peak)
    return script(folder, f"{load.name}-paced", load.lua(round(pause)))


def send(load: Load, lua: str, seconds: int) -> subprocess.Popen[str]:
    """Start wrk, which sends ``load`` for ``seconds``."""
    wanted = ["-t1", f"-c{load.connections}", f"-d{seconds}s", "--latency", "-s", lua]
    return subprocess.Popen(
        ["taskset", "-c", LOAD_CORE, "wrk", *wanted, f"http://127.0.0.1:{PORT}{ONE_FEED}"],
        stdout=subprocess.PIPE,
        text=True,
    )


def write_table(path: Path) -> None:
    """Write a table of `ROWS` residents."""
    chance, lines = random.Random(2026), ["氏名,生年月日,発行日"]
    for row in range(ROWS):
        born = date(1930, 1, 1) + timedelta(days=chance.randrange(32_000))
        issued = date(2018, 1, 1) + timedelta(days=chance.randrange(2_900))
        lines.append(f"住民{row},{born},{issued}")
    path.write_text("\n".join(lines), "utf-8")


@contextmanager
def tables(folder: Path) -> Iterator[list[int]]:
    """Process tables continuously in a thread. Yield the list of exit codes so far."""
    table, ended, statuses = folder / "residents.csv", Event(), []
    write_table(table)
    niced = ["nice", "-n", str(NICE), "taskset", "-c", SERVER_CORE]

    def work() -> None:
        while not ended.is_set():
            with tempfile.TemporaryDirectory(dir=folder) as name:
                links = ["links", str(table), "--format", "ics", "-o", f"{name}/out"]
                command = [*niced, sys.executable, "-m", "calsvc", *links]
                done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, check=False)
                statuses.append(done.returncode)

    thread = Thread(target=work)
    thread.start()
    try:
        yield statuses
    finally:
        ended.set()
        thread.join()


def soak(folder: Path, pid: int, seconds: int) -> tuple[dict[str, Report], list[float], list[int]]:
    """Return the reports, ten samples of the memory in MB, and the exit codes of the tables."""
    kinds, held = loads(folder), []
    peaks = {load.name: peak_of(load, folder) for load in kinds}
    scripts = {load.name: paced(load, peaks[load.name], folder) for load in kinds}
    with tables(folder) as statuses:
        sending = {load.name: send(load, scripts[load.name], seconds) for load in kinds}
        for _ in range(10):
            time.sleep(seconds / 10)
            held.append(resident(pid))
        said = {name: process.communicate()[0] for name, process in sending.items()}
    return {name: Report.of(text, peaks[name]) for name, text in said.items()}, held, statuses


def main() -> None:
    """Run all loads and print the reports."""
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    with tempfile.TemporaryDirectory() as name, server(OURS, PORT) as pid:
        reports, held, statuses = soak(Path(name), pid, seconds)
    sys.stdout.write(f"{seconds} seconds\n\n| | answers | of the peak | 99 % within | faults |\n")
    sys.stdout.write("|---|---|---|---|---|\n")
    for name, each in reports.items():
        faults = each.faults or "0"
        line = f"| {name} | {each.answers} | {each.share:.0%} | {each.p99} | {faults} |\n"
        sys.stdout.write(line)
    growth, memory = held[-1] - held[0], " ".join(f"{each:.0f}" for each in held)
    failed = len([status for status in statuses if status])
    sys.stdout.write(f"\n{len(statuses)} tables of {ROWS} residents, {failed} failed\n")
    sys.stdout.write(f"memory {memory} MB, growth {growth:+.1f} MB\n")
    if failed or growth > MAX_GROWTH or any(each.faults for each in reports.values()):
        raise SystemExit("the soak failed")


if __name__ == "__main__":
    main()
