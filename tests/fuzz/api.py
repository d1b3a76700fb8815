"""Fuzzes the API of a real server with schemathesis, with valid and invalid requests.

``python -m tests.fuzz.api [CASES_PER_OPERATION [SEED]]`` prints the numbers of requests and
responses.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.support import servers

CONFIGURATION = "tests/fuzz/schemathesis.toml"
DEFAULT_CASES = 5000
CASES_PATTERN = re.compile(r"(\d+) generated, (\d+) passed$", re.MULTILINE)
RESPONSE_PATTERN = re.compile(r"calsvc\.access [A-Z-]+ \S+ (\d{3}) ")


@dataclass(frozen=True)
class FuzzResult:
    """The numbers of generated and passed cases, and of responses by status."""

    cases: int
    passed: int
    responses: Counter[int]
    report: str


def run_fuzzer(examples: int, seed: int) -> FuzzResult:
    """Send up to ``examples`` cases of each operation in each phase, with all checks."""
    with tempfile.TemporaryDirectory() as name:
        with servers.running_service(Path(name), CALSVC_POSTS_PER_MINUTE="100000") as server:
            report = _schemathesis(server.port, examples, seed)
        responses = Counter(int(status) for status in RESPONSE_PATTERN.findall(server.log_text()))
    match = CASES_PATTERN.search(report)
    cases, passed = map(int, match.groups()) if match else (0, 0)
    return FuzzResult(cases, passed, responses, report)


def _schemathesis(port: int, examples: int, seed: int) -> str:
    done = subprocess.run(
        [
            *(Path(sys.executable).with_name("st"), "--no-color"),
            *("--config-file", CONFIGURATION, "run", f"http://127.0.0.1:{port}/openapi.json"),
            *("--max-examples", str(examples), "--seed", str(seed)),
        ],
        cwd=servers.ROOT,
        env={**os.environ, "PYTHONPATH": str(servers.ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return f"{done.stdout}schemathesis exited with {done.returncode}\n"


def main(examples: int = DEFAULT_CASES, seed: int = 6) -> None:
    """Run schemathesis and print the result. Exits with 1 if a case failed."""
    result = run_fuzzer(examples, seed)
    sys.stdout.write(result.report)
    responses = ", ".join(
        f"{status}: {number}" for status, number in sorted(result.responses.items())
    )
    sys.stdout.write(f"{result.responses.total()} responses ({responses})\n")
    sys.exit(result.passed != result.cases or not result.cases or max(result.responses) >= 500)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
