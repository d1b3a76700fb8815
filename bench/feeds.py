"""Throughput of feeds over HTTP, as ratios: the server runs on one core and wrk on the other.

    python bench/feeds.py [rounds]

Prints a Markdown table. Needs wrk and hey (Debian has both), taskset, and two cores.
"""

import itertools
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from calsvc.clock import today_in_japan
from calsvc.links.keys import generate_key
from calsvc.parsing.names import NamedCard
from calsvc.rules.card import Card
from calsvc.settings import Settings
from calsvc.web.feeds.response import compute_etag
from calsvc.web.service import create_service, new_link

SERVER_CORE, LOAD_CORE = "0", "1"
SECONDS = 3
SETTLE_SECONDS = 0.5
"""Idle seconds after a measurement, so that pending requests do not affect the next one."""
CONNECTIONS = 64
LINK_COUNT = 50_000
MEMORY_TEST_REQUESTS = 1_000_000
FEED_PATH = "/calendar.ics?issued=2020-05-15&born=1990-10-10"
KEY = generate_key()
PUBLIC_URL = "https://calendar.example.jp"
ENVIRONMENT = {
    **os.environ,
    "CALSVC_KEYS": KEY,
    "CALSVC_PUBLIC_URL": PUBLIC_URL,
    "CALSVC_ACCESS_LOG": "off",
}
SERVE_COMMAND = [sys.executable, "-m", "calsvc", "serve"]
QUIET_OPTIONS = ["--no-access-log", "--no-proxy-headers", "--log-level", "warning"]
UVICORN_COMMAND = [sys.executable, "-m", "uvicorn", *QUIET_OPTIONS]
RANDOM_DATES_SCRIPT = """
math.randomseed(%d)
local random, write = math.random, string.format
request = function()
  return wrk.format("GET", write("/calendar.ics?issued=%%d-%%02d-%%02d&born=%%d-%%02d-%%02d",
    random(2018, 2025), random(12), random(28), random(1930, 2017), random(12), random(28)))
end
"""
"""wrk script: every request has the dates of another person."""
LINKS_SCRIPT = """
local requests = {}
for line in io.lines("%s") do
  local path, tag = line:match("(%%S+) (%%S+)")
  local headers = { ["Host"] = "127.0.0.1", ["If-None-Match"] = %s }
  requests[#requests + 1] = wrk.format("GET", path, headers)
end
math.randomseed(os.time())
local at = math.random(#requests)
request = function()
  at = at %% #requests + 1
  return requests[at]
end
"""
"""wrk script: every request has another sealed link, with its ETag (``tag``) or none (``nil``)."""


@dataclass(frozen=True)
class Target:
    """A server to measure, and the wrk script of its requests."""

    name: str
    port: int
    script: str


def generate_link_paths(municipalities: tuple[str, ...] = Settings.municipalities) -> Iterator[str]:
    """Yield paths of sealed links of random people, each with its ETag.

    The municipalities alternate.
    """
    rng = random.Random(2026)
    settings = Settings(keys=KEY, public_url=PUBLIC_URL, municipalities=municipalities)
    service = create_service(settings, today_in_japan)
    cities = itertools.cycle(map(service.municipalities.find, sorted(service.municipalities.codes)))
    for _, city in zip(range(LINK_COUNT), cities, strict=False):
        born = date(1930, 1, 1) + timedelta(days=rng.randrange(32_000))
        card = Card(born, issued=date(2018, 1, 1) + timedelta(days=rng.randrange(2_900)))
        token = service.keyring.seal(new_link(service, [NamedCard(card)], "ja", municipality=city))
        yield f"/c/{token}.ics {compute_etag(service.etag_key, token, PUBLIC_URL).decode()}"


@contextmanager
def run_server(
    arguments: list[str], port: int, core: str = SERVER_CORE, municipalities: str = ""
) -> Iterator[int]:
    """Run a server pinned to ``core`` and yield its process ID when it is ready."""
    command = ["taskset", "-c", core, *arguments, "--port", str(port)]
    environment = {**ENVIRONMENT, "CALSVC_MUNICIPALITIES": municipalities}
    process = subprocess.Popen(command, env=environment, cwd=Path(__file__).parent)
    try:
        for _ in range(500):
            try:
                fetch_etag(port)
            except OSError:
                time.sleep(0.02)
            else:
                break
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def measure_rate(target: Target, seconds: int = SECONDS, connections: int = CONNECTIONS) -> float:
    """Return the responses per second under full load."""
    command = ["taskset", "-c", LOAD_CORE, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s"]
    url = f"http://127.0.0.1:{target.port}{FEED_PATH}"
    result = subprocess.run(
        [*command, "-s", target.script, url], capture_output=True, text=True, check=True
    )
    time.sleep(SETTLE_SECONDS)
    if "Non-2xx" in result.stdout and "304" not in target.name:
        raise SystemExit(f"{target.name}: {result.stdout}")
    return float(re.search(r"Requests/sec:\s*([0-9.]+)", result.stdout)[1])


def measure_latency(port: int, rate: float, seconds: int = 5) -> dict[int, float]:
    """Return the percentiles of the latency in ms at ``rate`` requests per second."""
    url = f"http://127.0.0.1:{port}{FEED_PATH}"
    workers = 10
    command = ["hey", "-z", f"{seconds}s", "-c", str(workers), "-q", f"{rate / workers:.0f}"]
    out = subprocess.run(
        ["taskset", "-c", LOAD_CORE, *command, url], capture_output=True, text=True, check=True
    ).stdout
    percentiles = re.findall(r"(\d+)%+ in ([0-9.]+) secs", out)
    return {int(percent): float(secs) * 1000 for percent, secs in percentiles}


def resident_megabytes(pid: int) -> float:
    """Return the resident memory of a process in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


def write_script(folder: Path, name: str, text: str) -> str:
    """Write a wrk script and return its path."""
    path = folder / f"{name}.lua"
    path.write_text(text)
    return str(path)


def fetch_etag(port: int) -> str:
    """Request one feed and return its ETag."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{FEED_PATH}") as response:
        return response.headers["ETag"]


def measure_startup() -> float:
    """Return the seconds from the start of the service to its first feed."""
    began = time.perf_counter()
    with run_server(SERVE_COMMAND, 8105):
        return time.perf_counter() - began


def measure_memory(folder: Path) -> tuple[float, float]:
    """Return the memory in MB after the first feeds and after `MEMORY_TEST_REQUESTS` requests."""
    with run_server(SERVE_COMMAND, 8106) as pid:
        measure_rate(
            Target("warm", 8106, write_script(folder, "warm", RANDOM_DATES_SCRIPT % 1)), SECONDS
        )
        before, requests, seed = resident_megabytes(pid), 0.0, 2
        while requests < MEMORY_TEST_REQUESTS:
            strangers = Target(
                "strangers", 8106, write_script(folder, "more", RANDOM_DATES_SCRIPT % seed)
            )
            requests += measure_rate(strangers, 10) * 10
            seed += 1
        return before, resident_megabytes(pid)


def measure_worker_ratio(folder: Path) -> float:
    """Return the throughput ratio of two workers to one. Server and wrk share both cores."""
    rates = []
    for workers, port in (("1", 8107), ("2", 8108)):
        with run_server([*SERVE_COMMAND, "--workers", workers], port, f"{SERVER_CORE},{LOAD_CORE}"):
            target = Target(
                "workers", port, write_script(folder, "workers", RANDOM_DATES_SCRIPT % 3)
            )
            measure_rate(target, 1)
            rates.append(measure_rate(target))
    return rates[1] / rates[0]


def main() -> None:
    """Measure and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rates, latencies = measure_targets(folder, rounds)
        print_table(rates)
        before, after = measure_memory(folder)
        startup = statistics.median(measure_startup() for _ in range(5))
        results = {
            "p99 / p50 at half of (a)'s peak": f"{latencies[99] / latencies[50]:.1f}"
            f" ({latencies[99]:.2f} ms / {latencies[50]:.2f} ms)",
            "start to first feed": f"{startup:.2f} s",
            "memory, a million people": f"{before:.0f} MB before, {after - before:+.0f} MB after",
            "two workers / one": f"{measure_worker_ratio(folder):.2f}",
        }
        sys.stdout.write("\n| | |\n|---|---|\n")
        for label, result in results.items():
            sys.stdout.write(f"| {label} | {result} |\n")


def measure_targets(folder: Path, rounds: int) -> tuple[dict[str, list[float]], dict[int, float]]:
    """Return the rates of every target in every round, and latencies at half load."""
    (folder / "links.txt").write_text("\n".join(generate_link_paths()))
    strangers = write_script(folder, "strangers", RANDOM_DATES_SCRIPT % 0)
    sealed = write_script(folder, "links", LINKS_SCRIPT % (folder / "links.txt", "nil"))
    (folder / "all.txt").write_text("\n".join(generate_link_paths(("all",))))
    everywhere = write_script(folder, "everywhere", LINKS_SCRIPT % (folder / "all.txt", "nil"))
    unchanged = write_script(folder, "unchanged", LINKS_SCRIPT % (folder / "links.txt", "tag"))
    with ExitStack() as stack:
        stack.enter_context(run_server(SERVE_COMMAND, 8101))
        stack.enter_context(run_server(SERVE_COMMAND, 8109, municipalities="all"))
        for port, app in (
            (8102, "starlette_constant"),
            (8103, "bare_asgi"),
            (8104, "icalendar_each_time"),
        ):
            stack.enter_context(run_server([*UVICORN_COMMAND, f"comparison_apps:{app}"], port))
        targets = [
            Target("(a) plain feed, each another person", 8101, strangers),
            Target("(b) sealed feed, each another person", 8101, sealed),
            Target("(c) sealed feed, 304, each another person", 8101, unchanged),
            Target("(d) Starlette, constant Response", 8102, strangers),
            Target("(e) bare ASGI, the same constant", 8103, strangers),
            Target("(f) icalendar for each request", 8104, strangers),
            Target("(g) as (b), with 1,912 municipalities in turn", 8109, everywhere),
        ]
        for target in targets:
            measure_rate(target)
        rates: dict[str, list[float]] = {target.name: [] for target in targets}
        for _ in range(rounds):
            for target in targets:
                rates[target.name].append(measure_rate(target))
        return rates, measure_latency(8101, statistics.median(rates[targets[0].name]) / 2)


def print_table(rates: dict[str, list[float]]) -> None:
    """Print the rates, and their ratios to (d), (e) and (f): medians of the rounds' ratios."""
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


if __name__ == "__main__":
    main()
