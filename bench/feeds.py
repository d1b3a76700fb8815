"""Feeds over HTTP, as ratios in one run: the real server on one core, wrk on the other.

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
from calsvc.links.keys import new_key
from calsvc.parsing.names import Member
from calsvc.rules.card import Card
from calsvc.settings import Settings
from calsvc.web.feeds.response import etag
from calsvc.web.service import new_link, start

SERVER_CORE, LOAD_CORE = "0", "1"
SECONDS = 3
SETTLING = 0.5
"""Seconds in which a server answers what was asked last, before another is measured."""
CONNECTIONS = 64
PEOPLE = 50_000
STRANGERS_ASKING = 1_000_000
ONE_FEED = "/calendar.ics?issued=2020-05-15&born=1990-10-10"
KEY = new_key()
PUBLIC_URL = "https://calendar.example.jp"
ENVIRONMENT = {
    **os.environ,
    "CALSVC_KEYS": KEY,
    "CALSVC_PUBLIC_URL": PUBLIC_URL,
    "CALSVC_ACCESS_LOG": "off",
}
OURS = [sys.executable, "-m", "calsvc", "serve"]
QUIET = ["--no-access-log", "--no-proxy-headers", "--log-level", "warning"]
UVICORN = [sys.executable, "-m", "uvicorn", *QUIET]
STRANGERS = """
math.randomseed(%d)
local random, write = math.random, string.format
request = function()
  return wrk.format("GET", write("/calendar.ics?issued=%%d-%%02d-%%02d&born=%%d-%%02d-%%02d",
    random(2018, 2025), random(12), random(28), random(1930, 2017), random(12), random(28)))
end
"""
"""Asks for another person each time."""
LINKS = """
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
"""Asks for another sealed link each time, with its ETag (``tag``) or without (``nil``)."""


@dataclass(frozen=True)
class Target:
    """Something to measure: a server, and the wrk script that asks it."""

    name: str
    port: int
    script: str


def links(municipalities: tuple[str, ...] = Settings.municipalities) -> Iterator[str]:
    """The paths of sealed links of people who all differ, each with its ETag.

    The municipalities follow one another in turn.
    """
    chance = random.Random(2026)
    settings = Settings(keys=KEY, public_url=PUBLIC_URL, municipalities=municipalities)
    service = start(settings, today_in_japan)
    cities = itertools.cycle(map(service.cities.find, sorted(service.cities.codes)))
    for _, city in zip(range(PEOPLE), cities, strict=False):
        born = date(1930, 1, 1) + timedelta(days=chance.randrange(32_000))
        card = Card(born, issued=date(2018, 1, 1) + timedelta(days=chance.randrange(2_900)))
        token = service.keyring.seal(new_link(service, [Member(card)], "ja", city=city))
        yield f"/c/{token}.ics {etag(service.etag_key, token, PUBLIC_URL).decode()}"


@contextmanager
def server(
    arguments: list[str], port: int, core: str = SERVER_CORE, municipalities: str = ""
) -> Iterator[int]:
    """A server pinned to ``core``, once it answers; gives its process number."""
    command = ["taskset", "-c", core, *arguments, "--port", str(port)]
    environment = {**ENVIRONMENT, "CALSVC_MUNICIPALITIES": municipalities}
    process = subprocess.Popen(command, env=environment, cwd=Path(__file__).parent)
    try:
        for _ in range(500):
            try:
                tag_of(port)
            except OSError:
                time.sleep(0.02)
            else:
                break
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def wrk(target: Target, seconds: int = SECONDS, connections: int = CONNECTIONS) -> float:
    """Answers a second."""
    command = ["taskset", "-c", LOAD_CORE, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s"]
    address = f"http://127.0.0.1:{target.port}{ONE_FEED}"
    result = subprocess.run(
        [*command, "-s", target.script, address], capture_output=True, text=True, check=True
    )
    time.sleep(SETTLING)
    if "Non-2xx" in result.stdout and "304" not in target.name:
        raise SystemExit(f"{target.name}: {result.stdout}")
    return float(re.search(r"Requests/sec:\s*([0-9.]+)", result.stdout)[1])


def latency(port: int, rate: float, seconds: int = 5) -> dict[int, float]:
    """Milliseconds within which 50 % and 99 % are answered, at ``rate`` requests a second."""
    address = f"http://127.0.0.1:{port}{ONE_FEED}"
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


def script(folder: Path, name: str, text: str) -> str:
    """The path of a new wrk script."""
    path = folder / f"{name}.lua"
    path.write_text(text)
    return str(path)


def tag_of(port: int) -> str:
    """The ETag of one feed."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{ONE_FEED}") as answer:
        return answer.headers["ETag"]


def startup() -> float:
    """Seconds from the start of the service to its first feed."""
    began = time.perf_counter()
    with server(OURS, 8105):
        return time.perf_counter() - began


def after_strangers(folder: Path) -> tuple[float, float]:
    """Megabytes held after the first feeds, and after `STRANGERS_ASKING` people more."""
    with server(OURS, 8106) as pid:
        wrk(Target("warm", 8106, script(folder, "warm", STRANGERS % 1)), SECONDS)
        before, asked, seed = resident(pid), 0.0, 2
        while asked < STRANGERS_ASKING:
            strangers = Target("strangers", 8106, script(folder, "more", STRANGERS % seed))
            asked += wrk(strangers, 10) * 10
            seed += 1
        return before, resident(pid)


def growth(folder: Path) -> float:
    """How much more two workers answer than one, all on both cores with wrk."""
    rates = []
    for workers, port in (("1", 8107), ("2", 8108)):
        with server([*OURS, "--workers", workers], port, f"{SERVER_CORE},{LOAD_CORE}"):
            target = Target("workers", port, script(folder, "workers", STRANGERS % 3))
            wrk(target, 1)
            rates.append(wrk(target))
    return rates[1] / rates[0]


def main() -> None:
    """Measure and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rates, latencies = measure(folder, rounds)
        print_table(rates)
        before, after = after_strangers(folder)
        facts = {
            "p99 / p50 at half of (a)'s peak": f"{latencies[99] / latencies[50]:.1f}"
            f" ({latencies[99]:.2f} ms / {latencies[50]:.2f} ms)",
            "start to first feed": f"{statistics.median(startup() for _ in range(5)):.2f} s",
            "memory, a million people": f"{before:.0f} MB before, {after - before:+.0f} MB after",
            "two workers / one": f"{growth(folder):.2f}",
        }
        sys.stdout.write("\n| | |\n|---|---|\n")
        for what, fact in facts.items():
            sys.stdout.write(f"| {what} | {fact} |\n")


def measure(folder: Path, rounds: int) -> tuple[dict[str, list[float]], dict[int, float]]:
    """Answers a second of every target, round by round, and the latencies at half load."""
    (folder / "links.txt").write_text("\n".join(links()))
    strangers = script(folder, "strangers", STRANGERS % 0)
    sealed = script(folder, "links", LINKS % (folder / "links.txt", "nil"))
    (folder / "all.txt").write_text("\n".join(links(("all",))))
    everywhere = script(folder, "everywhere", LINKS % (folder / "all.txt", "nil"))
    unchanged = script(folder, "unchanged", LINKS % (folder / "links.txt", "tag"))
    with ExitStack() as stack:
        stack.enter_context(server(OURS, 8101))
        stack.enter_context(server(OURS, 8109, municipalities="all"))
        for port, app in (
            (8102, "starlette_constant"),
            (8103, "bare"),
            (8104, "icalendar_each_time"),
        ):
            stack.enter_context(server([*UVICORN, f"rivals:{app}"], port))
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
            wrk(target)
        rates: dict[str, list[float]] = {target.name: [] for target in targets}
        for _ in range(rounds):
            for target in targets:
                rates[target.name].append(wrk(target))
        return rates, latency(8101, statistics.median(rates[targets[0].name]) / 2)


def print_table(rates: dict[str, list[float]]) -> None:
    """The rates, and their ratios to (d), (e) and (f): medians of the rounds' own ratios."""
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
