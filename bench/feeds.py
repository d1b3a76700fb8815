"""Feeds over HTTP, as ratios in one run: the real server on one core, wrk on the other.

    python bench/feeds.py [rounds]

Prints a Markdown table. Needs wrk and hey (Debian has both), taskset, and two cores.
"""

import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from calsvc.errors import InvalidInput
from calsvc.fields import read_card
from calsvc.household import Member
from calsvc.keys import new_key, read_keys
from calsvc.links import Keyring, Link

SERVER_CORE, LOAD_CORE = "0", "1"
SECONDS = 3
CONNECTIONS = 16
PEOPLE = 20_000
KEY = new_key()
ENVIRONMENT = {
    **os.environ,
    "CALSVC_KEYS": KEY,
    "CALSVC_PUBLIC_URL": "https://calendar.example.jp",
    "CALSVC_ACCESS_LOG": "off",
}
UVICORN = [sys.executable, "-m", "uvicorn", "--no-access-log", "--log-level", "warning"]
PATHS_SCRIPT = """
local paths = {}
for line in io.lines("%s") do paths[#paths + 1] = line end
math.randomseed(os.time())
local at = math.random(#paths)
request = function()
  at = at %% #paths + 1
  return wrk.format("GET", paths[at])
end
"""


@dataclass(frozen=True)
class Target:
    """Something to measure: a server, and the wrk script that asks it."""

    name: str
    port: int
    script: str


def people() -> Iterator[tuple[date, date]]:
    """Birth and issue dates of people who all differ."""
    chance = random.Random(2026)  # noqa: S311 - not a secret
    for _ in range(PEOPLE):
        born = date(1930, 1, 1) + timedelta(days=chance.randrange(32_000))
        yield born, date(2018, 1, 1) + timedelta(days=chance.randrange(3_100))


@contextmanager
def server(arguments: list[str], port: int, core: str = SERVER_CORE) -> Iterator[int]:
    """A server pinned to ``core``, once it answers; gives its process number."""
    command = ["taskset", "-c", core, *arguments, "--port", str(port)]
    process = subprocess.Popen(command, env=ENVIRONMENT, cwd=Path(__file__).parent)
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/calendar.ics?born=x", timeout=1)
            except urllib.error.HTTPError:
                break
            except OSError:
                time.sleep(0.05)
            else:
                break
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def wrk(target: Target, seconds: int = SECONDS) -> float:
    """Answers a second."""
    command = ["taskset", "-c", LOAD_CORE, "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s"]
    address = f"http://127.0.0.1:{target.port}/calendar.ics?issued=2020-05-15&born=1990-10-10"
    result = subprocess.run(
        [*command, "-s", target.script, address], capture_output=True, text=True, check=True
    )
    if "Non-2xx" in result.stdout and "304" not in target.name:
        raise SystemExit(f"{target.name}: {result.stdout}")
    return float(re.search(r"Requests/sec:\s*([0-9.]+)", result.stdout)[1])


def latency(port: int, rate: float, seconds: int = 5) -> dict[int, float]:
    """Milliseconds within which 50 % and 99 % are answered, at ``rate`` requests a second."""
    address = f"http://127.0.0.1:{port}/calendar.ics?issued=2020-05-15&born=1990-10-10"
    workers = 10
    command = ["hey", "-z", f"{seconds}s", "-c", str(workers), "-q", f"{rate / workers:.0f}"]
    out = subprocess.run(
        ["taskset", "-c", LOAD_CORE, *command, address], capture_output=True, text=True, check=True
    ).stdout
    found = re.findall(r"(\d+)%+ in ([0-9.]+) secs", out)
    return {int(percent): float(secs) * 1000 for percent, secs in found}


def resident(pid: int) -> float:
    """Megabytes of memory that a process holds."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


def scripts(folder: Path) -> dict[str, str]:
    """The wrk scripts, by what they ask for."""
    ring = Keyring(read_keys(KEY, "bench"))
    plain, sealed = [], []
    for born, issued in people():
        plain.append(f"/calendar.ics?issued={issued}&born={born}")
        texts = {"born": str(born), "issued": str(issued)}
        try:
            card = read_card(texts, date(2026, 11, 24))
        except InvalidInput:  # issued before birth: left out of both
            plain.pop()
            continue
        sealed.append(f"/c/{ring.seal(Link((Member(card),), 'ja'))}.ics")
    made = {}
    for name, paths in {"plain": plain, "sealed": sealed}.items():
        (folder / f"{name}.txt").write_text("\n".join(paths))
        script = folder / f"{name}.lua"
        script.write_text(PATHS_SCRIPT % (folder / f"{name}.txt"))
        made[name] = str(script)
    return made


def unchanged_script(folder: Path, port: int) -> str:
    """A script that asks with the ETag of one feed."""
    address = f"http://127.0.0.1:{port}/calendar.ics?issued=2020-05-15&born=1990-10-10"
    tag = urllib.request.urlopen(address).headers["ETag"]
    script = folder / "unchanged.lua"
    script.write_text(f"wrk.headers['If-None-Match'] = '{tag}'\n")
    return str(script)


def main() -> None:
    """Measure and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        ours = [sys.executable, "-m", "calsvc", "serve"]
        pid = stack.enter_context(server(ours, 8101))
        stack.enter_context(server([*UVICORN, "rivals:starlette_constant"], 8102))
        stack.enter_context(server([*UVICORN, "rivals:bare"], 8103))
        stack.enter_context(server([*UVICORN, "rivals:icalendar_each_time"], 8104))
        script = scripts(folder)
        unchanged = unchanged_script(folder, 8101)
        targets = [
            Target("(a) plain feed, each another person", 8101, script["plain"]),
            Target("(b) sealed feed, each another person", 8101, script["sealed"]),
            Target("(c) plain feed, 304", 8101, unchanged),
            Target("(d) Starlette, constant Response", 8102, script["plain"]),
            Target("(e) bare ASGI, the same constant", 8103, script["plain"]),
            Target("(f) icalendar for each request", 8104, script["plain"]),
        ]
        before = resident(pid)
        for target in targets:
            wrk(target, 1)
        rates: dict[str, list[float]] = {target.name: [] for target in targets}
        for _ in range(rounds):
            for target in targets:
                rates[target.name].append(wrk(target))
        print_table(rates, before, resident(pid))
        peak = statistics.median(rates[targets[0].name])
        found = latency(8101, peak / 2)
        report = f"Latency at half of (a)'s peak: p50 {found[50]:.2f} ms, p99 {found[99]:.2f} ms"
        sys.stdout.write(f"\n{report}, ratio {found[99] / found[50]:.1f}\n")


def print_table(rates: dict[str, list[float]], before: float, after: float) -> None:
    """The rates and their ratios, round by round against (d), (e) and (f), then their medians."""
    names = list(rates)
    constant, limit, built = (rates[name] for name in names[3:6])
    sys.stdout.write("| | answers/s, median | × (d) | × (e) | × (f) |\n|---|---|---|---|---|\n")
    for name in names:
        ratios = [
            statistics.median(mine / other for mine, other in zip(rates[name], others, strict=True))
            for others in (constant, limit, built)
        ]
        columns = " | ".join(f"{ratio:.2f}" for ratio in ratios)
        sys.stdout.write(f"| {name} | {statistics.median(rates[name]):.0f} | {columns} |\n")
    sys.stdout.write(f"\nMemory of the server: {before:.0f} MB before, {after:.0f} MB after\n")


if __name__ == "__main__":
    main()
