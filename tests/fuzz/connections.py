"""Fuzzes connections of a real server: split requests, pipelined requests, dropped connections.

``python -m tests.fuzz.connections [ANSWERS]`` prints the number of correct responses.
"""

import re
import sys
import tempfile
from collections import Counter
from pathlib import Path
from random import Random

from tests.support.loops import run_in_own_loop
from tests.support.pipelining_clients import PipeliningClients, questions
from tests.support.servers import running_service

DEFAULT_RESPONSES = 50_000
REQUESTS_PER_ROUND = 10_000
CLIENTS = 16
FAILURE_PATTERN = re.compile(r"Traceback|ASGI|failed|ERROR|WARNING|calsvc\.access \S+ \S+ 5\d\d ")


def send_requests(minimum: int) -> tuple[Counter[str], int]:
    """Return the results of at least ``minimum`` requests and the failures in the log."""
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        with running_service(Path(name), CALSVC_POSTS_PER_MINUTE="100000") as server:
            while counts["right"] < minimum and not counts["wrong"] + counts["lost"]:
                requests = [*questions(REQUESTS_PER_ROUND)]
                clients = PipeliningClients(server.port, requests, random=Random(counts["right"]))
                run_in_own_loop(clients.run(CLIENTS))
                counts["right"] += clients.correct
                counts["wrong"] += len(clients.wrong)
                counts["lost"] += len(clients.lost)
                counts["hung up on"] += clients.hang_ups
        return counts, len(FAILURE_PATTERN.findall(server.log_text()))


def main(minimum: int = DEFAULT_RESPONSES) -> None:
    """Send the requests and print the results. Exits with 1 if a response was wrong."""
    counts, failures = send_requests(minimum)
    summary = ", ".join(f"{number} {what}" for what, number in counts.items())
    sys.stdout.write(f"cut and pipelined requests: {summary}; {failures} failures in the log\n")
    sys.exit(bool(counts["wrong"] or counts["lost"] or failures or counts["right"] < minimum))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
