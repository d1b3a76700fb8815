"""Throughput and peak memory of letters and QR codes, on one core and on all cores.

    python bench/letters.py [letters]

Prints a Markdown table. The figures of the previous implementation (fpdf2 and segno) were measured
alternately with those of Typst and zint, on a machine with two cores: 110 letters per CPU second
against 200, in runs of 1,500 letters.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from bulk import MEGABYTE, ROOT, Figures, measure, measure_run, print_line, write_csv

from calsvc import qr_codes

PREVIOUS_LETTERS_PER_SECOND, PREVIOUS_CODES_PER_SECOND = 110, 155
"""Letters and QR codes per CPU second with fpdf2 and segno."""
LETTERS_OF_A_CITY = 105_000
"""Letters for a city with 105,000 cards. Their time is extrapolated from the rate."""
CODE_COUNT = 2_000
ROUNDS = 3


def measure_on_all_cores(path: Path, letters: int, *arguments: str) -> Figures:
    """Run the tool on ``path`` on all cores."""
    return measure_run([sys.executable], ROOT, path, letters, *arguments)


def print_figures(what: str, figures: Figures) -> None:
    """Print one line of the report."""
    rate = figures.rows / figures.cpu_seconds
    print_line(
        f"| {what} | {figures.rows} | {figures.seconds:.1f} s | {rate:.0f} "
        f"| {rate / PREVIOUS_LETTERS_PER_SECOND:.2f} | {figures.peak_memory / MEGABYTE:.0f} MB |"
    )


def print_shared_figures(what: str, figures: Figures) -> None:
    """Print the line of a run of several processes, whose CPU time is unknown."""
    memory = figures.peak_memory / MEGABYTE
    print_line(f"| {what} | {figures.rows} | {figures.seconds:.1f} s | | | {memory:.0f} MB |")


def measure_codes() -> None:
    """Measure QR codes and print their line."""
    start = time.process_time()
    for number in range(CODE_COUNT):
        qr_codes.draw_svg(f"https://calendar.example.jp/c/1{number:056d}?openExternalBrowser=1")
    seconds = time.process_time() - start
    rate = CODE_COUNT / seconds
    ratio = rate / PREVIOUS_CODES_PER_SECOND
    print_line(f"| QR codes (SVG) | {CODE_COUNT} | {seconds:.1f} s | {rate:.0f} | {ratio:.1f} | |")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("letters", type=int, nargs="?", default=6_000)
    count = parser.parse_args().letters
    print_line("| | number | time | for each CPU second | times the release before | peak memory |")
    print_line("|---|---|---|---|---|---|")
    measure_codes()
    with tempfile.TemporaryDirectory() as name:
        path, letters = write_csv(Path(name), count), ("--format", "letters")
        one = min((measure(path, count, *letters) for _ in range(ROUNDS)), key=_seconds)
        print_figures("letters, one core", one)
        every = min(
            (measure_on_all_cores(path, count, *letters) for _ in range(ROUNDS)), key=_seconds
        )
        print_shared_figures("letters, all cores", every)
        print_shared_figures(
            "letters by postal code",
            measure_on_all_cores(path, count, *letters, "--sort", "postcode"),
        )
    print_line(f"\nAll cores are {one.seconds / every.seconds:.2f} times as fast as one.")
    minutes = LETTERS_OF_A_CITY * every.seconds / count / 60
    print_line(f"{LETTERS_OF_A_CITY} letters take {minutes:.0f} minutes at this rate.")


def _seconds(figures: Figures) -> float:
    return figures.seconds


if __name__ == "__main__":
    main()
