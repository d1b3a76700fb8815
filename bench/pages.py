"""Pages, the API and the most different feeds, as ratios in one run: one core serves, one asks.

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

from feeds import ENVIRONMENT, KEY, OURS, PUBLIC_URL, STRANGERS, Target, script, server, wrk

from calsvc.clock import today_in_japan
from calsvc.errors import InvalidInputError
from calsvc.feed.templates import Whose, _template_key
from calsvc.i18n.event_texts import topics
from calsvc.i18n.languages import LANGUAGES
from calsvc.links.content import REMINDERS
from calsvc.municipality.toml_reader import load
from calsvc.parsing.names import Member
from calsvc.rules.card import Card
from calsvc.rules.dates import birthday_in
from calsvc.rules.plan import assess
from calsvc.settings import Settings
from calsvc.web.feed_query import read_query
from calsvc.web.service import new_link, start

PORT = 8130
PAGES, HOUSEHOLDS, QUESTIONS, CARDS_TRIED = 3_000, 500, 20_000, 60_000
HOUSEHOLD = 10
ALIKE = 4
"""Cards of each kind among the most different questions."""
BROWSERS = 200
SECONDS = 2
CITY = load("012033")
PLAIN = Whose(has_number=False, has_name=False, has_page=False)
PATHS = """
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
"""Asks for another path each time, as browsers do."""


def person(chance: random.Random) -> Card:
    """A card known by its issue date."""
    born = date(1930, 1, 1) + timedelta(days=chance.randrange(32_000))
    return Card(born, issued=date(2018, 1, 1) + timedelta(days=chance.randrange(2_900)))


def pages(chance: random.Random, number: int, cards: int) -> Iterator[str]:
    """The pages of links to so many cards each. Only a household's have names."""
    service = start(Settings(keys=KEY, public_url=PUBLIC_URL), today_in_japan)
    for _ in range(number):
        names = [f"家族{place}" if cards > 1 else "" for place in range(cards)]
        members = [Member(person(chance), name) for name in names]
        yield f"/c/{service.keyring.seal(new_link(service, members, 'ja'))}"


def queries(chance: random.Random, number: int) -> Iterator[str]:
    """Different people's dates."""
    for _ in range(number):
        card = person(chance)
        yield urlencode({"issued": card.issued, "born": card.born})


def odd_query(chance: random.Random) -> str:
    """Dates of any kind that a card can have, possible or not."""
    card = person(chance)
    born = chance.choice((card.born, date(2000, 2, 29), date(2004, 6, 1)))
    expires = birthday_in(born, 2018 + chance.randrange(20))
    near = expires + timedelta(days=chance.randrange(-900, 900))
    fields = {
        "issued": (0.7, card.issued),
        "card_expires": (0.6, chance.choice((expires, near))),
        "stay_until": (0.4, chance.choice((expires, near))),
        "cert_expires": (0.3, birthday_in(born, expires.year - chance.randrange(6))),
        "cert_renewed": (0.3, chance.choice(("yes", birthday_in(born, expires.year - 5)))),
        "applied": (0.2, card.issued - timedelta(days=chance.randrange(120))),
    }
    given = {name: day for name, (share, day) in fields.items() if chance.random() < share}
    return urlencode({"born": born, **given})


def most_different(chance: random.Random) -> list[str]:
    """Feeds of which each has another template than the one before, as far as there are any."""
    kinds: dict[object, list[str]] = defaultdict(list)
    for _ in range(CARDS_TRIED):
        query = odd_query(chance)
        try:
            card, _, _ = read_query(query.encode(), today_in_japan())
        except InvalidInputError:
            continue
        kind = tuple(_template_key(each, PLAIN) for each in topics(assess(card).plan, CITY))
        if len(kinds[kind]) < ALIKE:
            kinds[kind].append(query)
    choices = [f"lang={lang}&alarms={alarms}" for lang in LANGUAGES for alarms in REMINDERS]
    return [
        f"/calendar.ics?{alike[turn % len(alike)]}&{choice}"
        for turn, alike, choice in product(range(ALIKE), kinds.values(), choices)
    ]


def questions(folder: Path) -> dict[str, Target]:
    """What is asked, by its row in the table."""
    chance = random.Random(2026)
    asked = {
        "/robots.txt": ["/robots.txt"],
        "page of one card": [*pages(chance, PAGES, 1)],
        "page of ten cards": [*pages(chance, HOUSEHOLDS, HOUSEHOLD)],
        "form": ["/"],
        "/api/milestones": [f"/api/milestones?{each}" for each in queries(chance, QUESTIONS)],
        "(g) plain feed, the most different questions": most_different(chance),
    }
    targets = {"(a) plain feed, each another person": _strangers(folder)}
    for number, (name, paths) in enumerate(asked.items()):
        (folder / f"{number}.txt").write_text("\n".join(paths))
        lua = script(folder, f"paths{number}", PATHS % (folder / f"{number}.txt"))
        targets[name] = Target(name, PORT, lua)
    return targets


def _strangers(folder: Path) -> Target:
    return Target("(a)", PORT, script(folder, "strangers", STRANGERS % 0))


def rates(targets: dict[str, Target], rounds: int) -> dict[str, list[float]]:
    """Answers a second over many connections, round by round."""
    found: dict[str, list[float]] = {name: [] for name in targets}
    for _ in range(rounds):
        for name, target in targets.items():
            found[name].append(wrk(target, SECONDS))
    return found


def costs(targets: dict[str, Target], rounds: int, pid: int) -> dict[str, list[float]]:
    """The processor's seconds for an answer over one connection, round by round."""
    found: dict[str, list[float]] = {name: [] for name in targets}
    for _ in range(rounds):
        for name, target in targets.items():
            before = processor_seconds(pid)
            answers = wrk(target, SECONDS, 1) * SECONDS
            found[name].append((processor_seconds(pid) - before) / answers)
    return found


def processor_seconds(pid: int) -> float:
    """What the process has used. Unlike the time, others on the machine hardly change it."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def ratio(mine: list[float], other: list[float]) -> float:
    """The median of the rounds' own ratios."""
    return statistics.median(each / unit for each, unit in zip(mine, other, strict=True))


def print_rates(targets: dict[str, Target], rounds: int, pid: int) -> None:
    """Over 64 connections the throughput, over one the cost in units of ``/robots.txt``."""
    many, one = rates(targets, rounds), costs(targets, rounds, pid)
    plain, unit = many["(a) plain feed, each another person"], one["/robots.txt"]
    sys.stdout.write("| | answers/s, median | × (a) | costs × /robots.txt |\n|---|---|---|---|\n")
    for name in targets:
        median = statistics.median(many[name])
        sys.stdout.write(
            f"| {name} | {median:.0f} | {ratio(many[name], plain):.2f}"
            f" | {ratio(one[name], unit):.1f} |\n"
        )


@contextmanager
def browsers(target: Target) -> Iterator[None]:
    """Load pages over `BROWSERS` connections without pause."""
    ended = Event()

    def load() -> None:
        while not ended.is_set():
            wrk(target, 5, BROWSERS)

    thread = Thread(target=load)
    thread.start()
    try:
        time.sleep(1)
        yield
    finally:
        ended.set()
        thread.join()


def probe(seconds: int) -> list[float]:
    """The milliseconds that a new connection waited for ``/healthz``, again and again."""
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
    ENVIRONMENT["CALSVC_ACCESS_LOG"] = "on"  # as by default, because it is a part of the cost
    with tempfile.TemporaryDirectory() as name, server(OURS, PORT) as pid:
        targets = questions(Path(name))
        for target in targets.values():
            wrk(target, 10 if "(g)" in target.name else 1)
        print_rates(targets, rounds, pid)
        for page in ("page of one card", "page of ten cards"):
            with browsers(targets[page]):
                waited = probe(4)
            sys.stdout.write(
                f"\n{BROWSERS} browsers, {page}: /healthz in {statistics.median(waited):.1f} ms"
                f" (median), {statistics.quantiles(waited, n=100)[-1]:.1f} ms (99 %)\n"
            )


if __name__ == "__main__":
    main()
