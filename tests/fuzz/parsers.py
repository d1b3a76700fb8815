"""Reads what strangers might send: by rule with hypothesis, then by what code it reaches.

``python -m tests.fuzz.parsers [PERCENT]`` runs every target with both, one after the other, each
in a process of its own, and prints how many cases there were; 100 per cent are a million.
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

BY_RULE: Mapping[str, int] = {
    "dates": 20_000,
    "tokens": 20_000,
    "queries": 20_000,
    "tables": 11_000,
    "headers": 10_000,
}
BY_REACH: Mapping[str, int] = {
    "dates": 320_000,
    "tokens": 300_000,
    "queries": 250_000,
    "tables": 64_000,
    "headers": 50_000,
}
MAX_INPUT_LENGTH = 4096
PLACES = st.integers(0, 10_000)
DONE = re.compile(r"Done (\d+) (?:runs )?in")


def made_of(target: Target) -> st.SearchStrategy[bytes]:
    """Its pieces and stray bytes in any order, or one of them with a bite taken out."""
    some = st.sampled_from(target.pieces) | st.binary(max_size=4)
    return st.lists(some, max_size=12).map(b"".join) | st.builds(
        _bitten, st.sampled_from(target.pieces), PLACES, PLACES, st.binary(max_size=3)
    )


def _bitten(piece: bytes, start: int, size: int, instead: bytes) -> bytes:
    at = start % (len(piece) + 1)
    return piece[:at] + instead + piece[at + size % 9 :]


def by_rule(name: str, cases: int) -> int:
    """Read ``cases`` that hypothesis makes; how many they were in the end."""
    read = 0

    @settings(
        max_examples=cases,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(made_of(TARGETS[name]))
    def count(data: bytes) -> None:
        nonlocal read
        read += 1
        TARGETS[name].read(data)

    count()
    return read


def by_reach(name: str, cases: int) -> int:
    """Let atheris read ``cases``, led by what code they reach; how many it did."""
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
    found = DONE.search(done.stderr)
    if done.returncode or not found:
        sys.exit(f"{name}: {done.stdout[-3000:]}{done.stderr[-3000:]}")
    return int(found[1])


def main(percent: int = 100) -> None:
    """Run every target, and tell the number of cases."""
    total = 0
    for name in TARGETS:
        ruled = by_rule(name, BY_RULE[name] * percent // 100)
        reached = by_reach(name, BY_REACH[name] * percent // 100)
        total += ruled + reached
        sys.stdout.write(f"{name}: {ruled} cases by hypothesis, {reached} by atheris\n")
        sys.stdout.flush()
    sys.stdout.write(f"{total} cases, no fault\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
