"""Throughput and peak memory of letters and QR codes, on one core and on all cores.

    python bench/letters.py [letters]

Prints a Markdown table. The figures of the previous implementation (fpdf2 and segno) were measured
together with the first ones of Typst and zint, on a machine with two cores.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from bulk import HERE, MEGABYTE, Figures, measure, measure_run, table, write

from calsvc import codes

BEFORE_LETTERS, BEFORE_CODES = 94, 155
"""Letters and QR codes per CPU second with fpdf2 and segno."""
CITY = 105_000
"""Letters for a city with 105,000 cards. Their time is extrapolated from the rate."""
CODES = 2_000
ROUNDS = 3


def on_all_cores(path: Path, letters: int, *arguments: str) -> Figures:
    """Run the tool on ``path`` on all cores."""
    return measure_run([sys.executable], HERE, path, letters, *arguments)


def show(what: str, figures: Figures) -> None:
    """Print one line of the report."""
    rate = figures.rows / figures.processor
    write(
        f"| {what} | {figures.rows} | {figures.seconds:.1f} s | {rate:.0f} "
        f"| {rate / BEFORE_LETTERS:.2f} | {figures.memory / MEGABYTE:.0f} MB |"
    )


def show_codes() -> None:
    """Measure QR codes and print their line."""
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
    parser.add_argument("letters", type=int, nargs="?", default=5_000)
    count = parser.parse_args().letters
    write("| | number | time | for each CPU second | times the release before | peak memory |")
    write("|---|---|---|---|---|---|")
    show_codes()
    with tempfile.TemporaryDirectory() as name:
        path, letters = table(Path(name), count), ("--format", "letters")
        one = min((measure(path, count, *letters) for _ in range(ROUNDS)), key=_seconds)
        show("letters, one core", one)
        every = min((on_all_cores(path, count, *letters) for _ in range(ROUNDS)), key=_seconds)
        show("letters, all cores", every)
        show("letters by postal code", on_all_cores(path, count, *letters, "--sort", "postcode"))
    write(f"\nAll cores are {one.seconds / every.seconds:.2f} times as fast as one.")
    write(f"{CITY} letters take {CITY * every.seconds / count / 60:.0f} minutes at this rate.")


def _seconds(figures: Figures) -> float:
    return figures.seconds


if __name__ == "__main__":
    main()
