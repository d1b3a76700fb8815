"""Ten minutes of feeds, pages and tables at once: feeds at 60 % of their peak, pages at 20 %.

    python bench/soak.py [seconds]

Every request has the dates of another person. Tables of 10,000 residents are processed on the same
core, with the niceness of jobs of the staff pages. Prints a Markdown table. Fails if a response is
not 200, a connection breaks or a table fails. Fails also if the memory grows by more than
`MAX_GROWTH_MEGABYTES` after the first tenth. Needs wrk, nice and taskset, and two cores.
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
    FEED_PATH,
    LOAD_CORE,
    RANDOM_DATES_SCRIPT,
    SERVE_COMMAND,
    SERVER_CORE,
    Target,
    measure_rate,
    resident_megabytes,
    run_server,
    write_script,
)
from pages import PATHS_SCRIPT, generate_page_paths

from calsvc.web.staff.job_process import NICENESS

PORT = 8120
SECONDS = 600
PAGE_COUNT = 3_000
ROWS = 10_000
MAX_GROWTH_MEGABYTES = 20
"""Growth of memory in MB."""
DELAY_SCRIPT = "delay = function() return %d end\n"
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

    responses: int
    share: float
    p99: str
    faults: str

    @classmethod
    def parse(cls, text: str, peak: float) -> "Report":
        """Parse the output of wrk."""
        rate = float(re.search(r"Requests/sec:\s*([0-9.]+)", text)[1])
        faults = re.findall(r"Non-2xx.*|Socket errors.*", text)
        return cls(
            responses=int(re.search(r"([0-9]+) requests in", text)[1]),
            share=rate / peak,
            p99=re.search(r"99%\s+(\S+)", text)[1],
            faults=" ".join(faults),
        )


def build_loads(folder: Path) -> list[Load]:
    """Build the two loads: feeds from plain dates, and pages of sealed links."""
    paths = folder / "pages.txt"
    paths.write_text("\n".join(generate_page_paths(random.Random(2026), PAGE_COUNT, 1)))
    return [
        Load("feeds", 128, 0.6, lambda pause: RANDOM_DATES_SCRIPT % pause + DELAY_SCRIPT % pause),
        Load("pages", 32, 0.2, lambda pause: PATHS_SCRIPT % paths + DELAY_SCRIPT % pause),
    ]


def measure_peak(load: Load, folder: Path) -> float:
    """Return the responses per second to ``load`` without delays, with warm caches."""
    target = Target(load.name, PORT, write_script(folder, f"{load.name}-peak", load.lua(0)))
    measure_rate(target, 5, load.connections)
    return measure_rate(target, 5, load.connections)


def write_paced_script(load: Load, peak: float, folder: Path) -> str:
    """Write the wrk script with delays that limit the rate to the share of ``peak``."""
    pause = 1000 * load.connections / (load.share * peak)
    return write_script(folder, f"{load.name}-paced", load.lua(round(pause)))


def start_wrk(load: Load, lua: str, seconds: int) -> subprocess.Popen[str]:
    """Start wrk, which sends ``load`` for ``seconds``."""
    wanted = ["-t1", f"-c{load.connections}", f"-d{seconds}s", "--latency", "-s", lua]
    return subprocess.Popen(
        ["taskset", "-c", LOAD_CORE, "wrk", *wanted, f"http://127.0.0.1:{PORT}{FEED_PATH}"],
        stdout=subprocess.PIPE,
        text=True,
    )


def write_table(path: Path) -> None:
    """Write a table of `ROWS` residents."""
    rng, lines = random.Random(2026), ["氏名,生年月日,発行日"]
    for row in range(ROWS):
        born = date(1930, 1, 1) + timedelta(days=rng.randrange(32_000))
        issued = date(2018, 1, 1) + timedelta(days=rng.randrange(2_900))
        lines.append(f"住民{row},{born},{issued}")
    path.write_text("\n".join(lines), "utf-8")


@contextmanager
def process_tables(folder: Path) -> Iterator[list[int]]:
    """Process tables continuously in a thread. Yield the list of exit codes so far."""
    table, ended, statuses = folder / "residents.csv", Event(), []
    write_table(table)
    niced = ["nice", "-n", str(NICENESS), "taskset", "-c", SERVER_CORE]

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


def run_loads(
    folder: Path, pid: int, seconds: int
) -> tuple[dict[str, Report], list[float], list[int]]:
    """Return the reports, ten samples of the memory in MB, and the exit codes of the tables."""
    loads, memory = build_loads(folder), []
    peaks = {load.name: measure_peak(load, folder) for load in loads}
    scripts = {load.name: write_paced_script(load, peaks[load.name], folder) for load in loads}
    with process_tables(folder) as statuses:
        sending = {load.name: start_wrk(load, scripts[load.name], seconds) for load in loads}
        for _ in range(10):
            time.sleep(seconds / 10)
            memory.append(resident_megabytes(pid))
        outputs = {name: process.communicate()[0] for name, process in sending.items()}
    reports = {name: Report.parse(text, peaks[name]) for name, text in outputs.items()}
    return reports, memory, statuses


def main() -> None:
    """Run all loads and print the reports."""
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    with tempfile.TemporaryDirectory() as name, run_server(SERVE_COMMAND, PORT) as pid:
        reports, memory, statuses = run_loads(Path(name), pid, seconds)
    sys.stdout.write(f"{seconds} seconds\n\n| | answers | of the peak | 99 % within | faults |\n")
    sys.stdout.write("|---|---|---|---|---|\n")
    for name, report in reports.items():
        faults = report.faults or "0"
        line = f"| {name} | {report.responses} | {report.share:.0%} | {report.p99} | {faults} |\n"
        sys.stdout.write(line)
    growth, samples = memory[-1] - memory[0], " ".join(f"{each:.0f}" for each in memory)
    failed = len([status for status in statuses if status])
    sys.stdout.write(f"\n{len(statuses)} tables of {ROWS} residents, {failed} failed\n")
    sys.stdout.write(f"memory {samples} MB, growth {growth:+.1f} MB\n")
    if failed or growth > MAX_GROWTH_MEGABYTES or any(each.faults for each in reports.values()):
        raise SystemExit("the soak failed")


if __name__ == "__main__":
    main()
