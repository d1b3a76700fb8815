"""Throughput of pages, API and varied feeds, as ratios: one core for the server, one for wrk.

    python bench/pages.py [rounds]

Prints Markdown tables. Needs wrk and taskset, and two cores.
"""

import http.client
import random
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urlencode

from feeds import (
    ENVIRONMENT,
    KEY,
    PUBLIC_URL,
    RANDOM_DATES_SCRIPT,
    SERVE_COMMAND,
    Target,
    measure_rate,
    run_server,
    write_script,
)

from calsvc.clock import today_in_japan
from calsvc.errors import InvalidInputError
from calsvc.feed.templates import CardFeatures, _template_key
from calsvc.i18n.event_texts import build_event_groups
from calsvc.i18n.languages import LANGUAGES
from calsvc.links.content import REMINDERS_BY_NAME
from calsvc.municipality.loader import load_municipality
from calsvc.parsing.names import NamedCard
from calsvc.rules.card import Card
from calsvc.rules.dates import birthday_in
from calsvc.rules.plan import assess
from calsvc.settings import Settings
from calsvc.web.feed_query import parse_query
from calsvc.web.service import create_service, new_link

PORT = 8130
PAGE_COUNT, HOUSEHOLD_COUNT, QUERY_COUNT, MAX_CARDS_TRIED = 3_000, 500, 20_000, 60_000
CARDS_PER_HOUSEHOLD = 10
CARDS_PER_KIND = 4
"""Number of cards of each kind in the most varied requests."""
BROWSER_COUNT = 200
SECONDS = 2
OTARU = load_municipality("012033")
PLAIN_FEED = CardFeatures(has_number=False, has_name=False, has_page=False)
PATHS_SCRIPT = """
local requests = {}
for path in io.lines("%s") do
  local headers = { ["Host"] = "127.0.0.1", ["Accept"] = "text/html", ["Accept-Encoding"] = "gzip" }
  requests[#requests + 1] = wrk.format("GET", path, headers)
end
local at = 0
request = function()
  at = at %% #requests + 1
  return requests[at]
end
"""
"""wrk script: every request has another path and the headers of a browser."""


def random_card(rng: random.Random) -> Card:
    """Return a random card with an issue date."""
    born = date(1930, 1, 1) + timedelta(days=rng.randrange(32_000))
    return Card(born, issued=date(2018, 1, 1) + timedelta(days=rng.randrange(2_900)))


def generate_page_paths(rng: random.Random, number: int, cards: int) -> Iterator[str]:
    """Yield paths of link pages with ``cards`` cards each. Only cards of households have names."""
    service = create_service(Settings(keys=KEY, public_url=PUBLIC_URL), today_in_japan)
    for _ in range(number):
        names = [f"家族{index}" if cards > 1 else "" for index in range(cards)]
        members = [NamedCard(random_card(rng), name) for name in names]
        yield f"/c/{service.keyring.seal(new_link(service, members, 'ja'))}"


def generate_queries(rng: random.Random, number: int) -> Iterator[str]:
    """Yield queries with the dates of random people."""
    for _ in range(number):
        card = random_card(rng)
        yield urlencode({"issued": card.issued, "born": card.born})


def random_query(rng: random.Random) -> str:
    """Return a query with random optional dates, which may contradict each other."""
    card = random_card(rng)
    born = rng.choice((card.born, date(2000, 2, 29), date(2004, 6, 1)))
    expires = birthday_in(born, 2018 + rng.randrange(20))
    near = expires + timedelta(days=rng.randrange(-900, 900))
    fields = {
        "issued": (0.7, card.issued),
        "card_expires": (0.6, rng.choice((expires, near))),
        "stay_until": (0.4, rng.choice((expires, near))),
        "cert_expires": (0.3, birthday_in(born, expires.year - rng.randrange(6))),
        "cert_renewed": (0.3, rng.choice(("yes", birthday_in(born, expires.year - 5)))),
        "applied": (0.2, card.issued - timedelta(days=rng.randrange(120))),
    }
    chosen = {name: day for name, (share, day) in fields.items() if rng.random() < share}
    return urlencode({"born": born, **chosen})


def varied_feed_paths(rng: random.Random) -> list[str]:
    """Return paths of feeds such that consecutive feeds use different templates."""
    queries_by_kind: dict[object, list[str]] = defaultdict(list)
    for _ in range(MAX_CARDS_TRIED):
        query = random_query(rng)
        try:
            card, _, _ = parse_query(query.encode(), today_in_japan())
        except InvalidInputError:
            continue
        kind = tuple(
            _template_key(each, PLAIN_FEED) for each in build_event_groups(assess(card).plan, OTARU)
        )
        if len(queries_by_kind[kind]) < CARDS_PER_KIND:
            queries_by_kind[kind].append(query)
    choices = [f"lang={lang}&alarms={alarms}" for lang in LANGUAGES for alarms in REMINDERS_BY_NAME]
    return [
        f"/calendar.ics?{queries[turn % len(queries)]}&{choice}"
        for turn, queries, choice in product(
            range(CARDS_PER_KIND), queries_by_kind.values(), choices
        )
    ]


def build_targets(folder: Path) -> dict[str, Target]:
    """Return the targets by the name of their row in the table."""
    rng = random.Random(2026)
    paths_by_name = {
        "/robots.txt": ["/robots.txt"],
        "page of one card": [*generate_page_paths(rng, PAGE_COUNT, 1)],
        "page of ten cards": [*generate_page_paths(rng, HOUSEHOLD_COUNT, CARDS_PER_HOUSEHOLD)],
        "form": ["/"],
        "/api/milestones": [
            f"/api/milestones?{each}" for each in generate_queries(rng, QUERY_COUNT)
        ],
        "(g) plain feed, the most different questions": varied_feed_paths(rng),
    }
    targets = {"(a) plain feed, each another person": _random_dates_target(folder)}
    for number, (name, paths) in enumerate(paths_by_name.items()):
        (folder / f"{number}.txt").write_text("\n".join(paths))
        lua = write_script(folder, f"paths{number}", PATHS_SCRIPT % (folder / f"{number}.txt"))
        targets[name] = Target(name, PORT, lua)
    return targets


def _random_dates_target(folder: Path) -> Target:
    return Target("(a)", PORT, write_script(folder, "strangers", RANDOM_DATES_SCRIPT % 0))


def measure_rates(targets: dict[str, Target], rounds: int) -> dict[str, list[float]]:
    """Return the responses per second over many connections in every round."""
    rates: dict[str, list[float]] = {name: [] for name in targets}
    for _ in range(rounds):
        for name, target in targets.items():
            rates[name].append(measure_rate(target, SECONDS))
    return rates


def measure_costs(targets: dict[str, Target], rounds: int, pid: int) -> dict[str, list[float]]:
    """Return the CPU seconds for one response over one connection in every round."""
    costs: dict[str, list[float]] = {name: [] for name in targets}
    for _ in range(rounds):
        for name, target in targets.items():
            before = cpu_seconds(pid)
            responses = measure_rate(target, SECONDS, 1) * SECONDS
            costs[name].append((cpu_seconds(pid) - before) / responses)
    return costs


def cpu_seconds(pid: int) -> float:
    """Return the CPU seconds of a process. Other processes affect them less than elapsed time."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def median_ratio(mine: list[float], other: list[float]) -> float:
    """Return the median of the rounds' ratios."""
    return statistics.median(each / unit for each, unit in zip(mine, other, strict=True))


def print_rates(targets: dict[str, Target], rounds: int, pid: int) -> None:
    """Print the throughput over 64 connections, and the cost relative to ``/robots.txt``."""
    many, one = measure_rates(targets, rounds), measure_costs(targets, rounds, pid)
    plain, unit = many["(a) plain feed, each another person"], one["/robots.txt"]
    sys.stdout.write("| | answers/s, median | × (a) | costs × /robots.txt |\n|---|---|---|---|\n")
    for name in targets:
        median = statistics.median(many[name])
        sys.stdout.write(
            f"| {name} | {median:.0f} | {median_ratio(many[name], plain):.2f}"
            f" | {median_ratio(one[name], unit):.1f} |\n"
        )


@contextmanager
def browser_load(target: Target) -> Iterator[None]:
    """Load pages over `BROWSER_COUNT` connections without pause."""
    ended = Event()

    def load() -> None:
        while not ended.is_set():
            measure_rate(target, 5, BROWSER_COUNT)

    thread = Thread(target=load)
    thread.start()
    try:
        time.sleep(1)
        yield
    finally:
        ended.set()
        thread.join()


def measure_latencies(seconds: int) -> list[float]:
    """Return sorted latencies in ms of ``/healthz``, each over a new connection."""
    waited, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end:
        began = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
        connection.request("GET", "/healthz")
        connection.getresponse().read()
        connection.close()
        waited.append((time.perf_counter() - began) * 1000)
        time.sleep(0.01)
    return sorted(waited)


def main() -> None:
    """Measure and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    ENVIRONMENT["CALSVC_ACCESS_LOG"] = "on"  # the default, because the log is a part of the cost
    with tempfile.TemporaryDirectory() as name, run_server(SERVE_COMMAND, PORT) as pid:
        targets = build_targets(Path(name))
        for target in targets.values():
            measure_rate(target, 10 if "(g)" in target.name else 1)
        print_rates(targets, rounds, pid)
        for page in ("page of one card", "page of ten cards"):
            with browser_load(targets[page]):
                latencies = measure_latencies(4)
            median = statistics.median(latencies)
            sys.stdout.write(
                f"\n{BROWSER_COUNT} browsers, {page}: /healthz in {median:.1f} ms (median),"
                f" {statistics.quantiles(latencies, n=100)[-1]:.1f} ms (99 %)\n"
            )


if __name__ == "__main__":
    main()
