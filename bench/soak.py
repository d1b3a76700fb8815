"""Ten minutes at about 80 % of what one core can answer, every request another person.

    python bench/soak.py [seconds]

Prints a Markdown table; fails on any answer that is no feed, any broken connection, and where the
memory after the first tenth of the time grows by more than `MOST_GROWTH`. Needs wrk and taskset.
"""

import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from feeds import LOAD_CORE, ONE_FEED, OURS, STRANGERS, Target, resident, script, server, wrk

PORT = 8120
SECONDS = 600
CONNECTIONS = 256
SHARE = 0.8
MOST_GROWTH = 20
"""Megabytes."""
PAUSE = "delay = function() return %d end\n"
"""wrk asks for the milliseconds that a connection waits before its next request."""


def pause_for(folder: Path, peak: float) -> int:
    """The shortest pause with which no more than the share of ``peak`` is asked for."""
    for pause in range(200):
        paced = Target("paced", PORT, paced_script(folder, pause))
        if wrk(paced, 2, CONNECTIONS) <= SHARE * peak:
            return pause
    raise SystemExit("the load could not be paced")


def paced_script(folder: Path, pause: int) -> str:
    """A wrk script of strangers who wait."""
    return script(folder, f"paced{pause}", STRANGERS % pause + PAUSE % pause)


def soak(folder: Path, pause: int, pid: int, seconds: int) -> tuple[str, list[float]]:
    """What wrk says at the end, and the megabytes held, ten times."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", paced_script(folder, pause)]
    load = subprocess.Popen(
        ["taskset", "-c", LOAD_CORE, *command, f"http://127.0.0.1:{PORT}{ONE_FEED}"],
        stdout=subprocess.PIPE,
        text=True,
    )
    held = []
    for _ in range(10):
        time.sleep(seconds / 10)
        held.append(resident(pid))
    return load.communicate()[0], held


def main() -> None:
    """Soak and print."""
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    with tempfile.TemporaryDirectory() as name, server(OURS, PORT) as pid:
        folder = Path(name)
        strangers = Target("strangers", PORT, script(folder, "strangers", STRANGERS % 0))
        wrk(strangers, 5)
        peak = wrk(strangers, 5)
        said, held = soak(folder, pause_for(folder, peak), pid, seconds)
    rate = float(re.search(r"Requests/sec:\s*([0-9.]+)", said)[1])
    asked = int(re.search(r"([0-9]+) requests in", said)[1])
    faults = re.findall(r"Non-2xx.*|Socket errors.*", said)
    growth = held[-1] - held[0]
    sys.stdout.write("| seconds | answers | of the peak | faults | memory, ten times | growth |\n")
    sys.stdout.write("|---|---|---|---|---|---|\n")
    memory = " ".join(f"{each:.0f}" for each in held)
    sys.stdout.write(
        f"| {seconds} | {asked} | {rate / peak:.0%} | {' '.join(faults) or 0} | {memory} MB"
        f" | {growth:+.1f} MB |\n"
    )
    if faults or growth > MOST_GROWTH:
        raise SystemExit("the soak failed")


if __name__ == "__main__":
    main()
