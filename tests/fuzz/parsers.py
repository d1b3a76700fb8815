"""Fuzzes the parsers of untrusted bytes, first with hypothesis, then with atheris.

``python -m tests.fuzz.parsers [PERCENT]`` runs every target with both and prints the number of
cases. 100 per cent are a million cases.
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS, Target

HYPOTHESIS_CASES: Mapping[str, int] = {
    "dates": 20_000,
    "tokens": 20_000,
    "queries": 20_000,
    "tables": 11_000,
    "headers": 10_000,
}
ATHERIS_CASES: Mapping[str, int] = {
    "dates": 320_000,
    "tokens": 300_000,
    "queries": 250_000,
    "tables": 64_000,
    "headers": 50_000,
}
MAX_INPUT_LENGTH = 4096
OFFSETS = st.integers(0, 10_000)
DONE_PATTERN = re.compile(r"Done (\d+) (?:runs )?in")


def build_inputs(target: Target) -> st.SearchStrategy[bytes]:
    """Build inputs: pieces and random bytes in any order, or one piece with a part replaced."""
    parts = st.sampled_from(target.pieces) | st.binary(max_size=4)
    return st.lists(parts, max_size=12).map(b"".join) | st.builds(
        _replace_part, st.sampled_from(target.pieces), OFFSETS, OFFSETS, st.binary(max_size=3)
    )


def _replace_part(piece: bytes, start: int, size: int, replacement: bytes) -> bytes:
    offset = start % (len(piece) + 1)
    return piece[:offset] + replacement + piece[offset + size % 9 :]


def run_hypothesis(name: str, cases: int) -> int:
    """Run ``cases`` inputs of hypothesis and return their number, which may differ."""
    count = 0

    @settings(
        max_examples=cases,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(build_inputs(TARGETS[name]))
    def read(data: bytes) -> None:
        nonlocal count
        count += 1
        TARGETS[name].read(data)

    read()
    return count


def run_atheris(name: str, cases: int) -> int:
    """Run ``cases`` inputs of atheris, which is guided by coverage, and return their number."""
    with tempfile.TemporaryDirectory() as folder:
        for number, piece in enumerate(TARGETS[name].pieces):
            (Path(folder) / str(number)).write_bytes(piece)
        done = subprocess.run(
            [
                *(sys.executable, "-m", "tests.fuzz.atheris_main", name, folder),
                *(
                    f"-runs={cases}",
                    f"-max_len={MAX_INPUT_LENGTH}",
                    "-seed=6",
                    f"-artifact_prefix={folder}/",
                ),
            ],
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    match = DONE_PATTERN.search(done.stderr)
    if done.returncode or not match:
        sys.exit(f"{name}: {done.stdout[-3000:]}{done.stderr[-3000:]}")
    return int(match[1])


def main(percent: int = 100) -> None:
    """Run every target and print the numbers of cases."""
    total = 0
    for name in TARGETS:
        by_hypothesis = run_hypothesis(name, HYPOTHESIS_CASES[name] * percent // 100)
        by_atheris = run_atheris(name, ATHERIS_CASES[name] * percent // 100)
        total += by_hypothesis + by_atheris
        sys.stdout.write(f"{name}: {by_hypothesis} cases by hypothesis, {by_atheris} by atheris\n")
        sys.stdout.flush()
    sys.stdout.write(f"{total} cases, no failure\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
