"""Letters and QR codes: how many a CPU second, on one core and on all, and with what memory.

    python bench/letters.py [letters]

Prints a Markdown table. The figures of the release before, by fpdf2 and segno, were measured in
one run with those of Typst and zint, on a machine of two cores: 110 letters a CPU second against
200, 1,500 letters a run.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from bulk import HERE, MEGABYTE, Figures, measure, measure_run, table, write

from calsvc import codes

BEFORE_LETTERS, BEFORE_CODES = 110, 155
"""A CPU second."""
CITY = 105_000
"""Letters of a city of 105,000 cards, worked out from the rate."""
CODES = 2_000
ROUNDS = 3


def on_all_cores(path: Path, letters: int, *arguments: str) -> Figures:
    """Run the tool upon ``path``, on every core."""
    return measure_run([sys.executable], HERE, path, letters, *arguments)


def show(what: str, figures: Figures) -> None:
    """One line of the report."""
    rate = figures.rows / figures.processor
    write(
        f"| {what} | {figures.rows} | {figures.seconds:.1f} s | {rate:.0f} "
        f"| {rate / BEFORE_LETTERS:.2f} | {figures.memory / MEGABYTE:.0f} MB |"
    )


def show_shared(what: str, figures: Figures) -> None:
    """One line of a run that several processes share, whose CPU time is not known."""
    memory = figures.memory / MEGABYTE
    write(f"| {what} | {figures.rows} | {figures.seconds:.1f} s | | | {memory:.0f} MB |")


def show_codes() -> None:
    """The line of QR codes."""
    begun = time.process_time()
    for number in range(CODES):
        codes.svg(f"https://calendar.example.jp/c/1{number:056d}?openExternalBrowser=1")
    seconds = time.process_time() - begun
    rate = CODES / seconds
    write(
        f"| QR codes (SVG) | {CODES} | {seconds:.1f} s | {rate:.0f} | {rate / BEFORE_CODES:.1f} | |"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("letters", type=int, nargs="?", default=6_000)
    count = parser.parse_args().letters
    write("| | number | time | for each CPU second | times the release before | peak memory |")
    write("|---|---|---|---|---|---|")
    show_codes()
    with tempfile.TemporaryDirectory() as name:
        path, letters = table(Path(name), count), ("--format", "letters")
        one = min((measure(path, count, *letters) for _ in range(ROUNDS)), key=_seconds)
        show("letters, one core", one)
        every = min((on_all_cores(path, count, *letters) for _ in range(ROUNDS)), key=_seconds)
        show_shared("letters, all cores", every)
        show_shared(
            "letters by postal code", on_all_cores(path, count, *letters, "--sort", "postcode")
        )
    write(f"\nAll cores are {one.seconds / every.seconds:.2f} times as fast as one.")
    write(f"{CITY} letters take {CITY * every.seconds / count / 60:.0f} minutes at this rate.")


def _seconds(figures: Figures) -> float:
    return figures.seconds


if __name__ == "__main__":
    main()
