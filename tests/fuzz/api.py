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
FOR_MAKE_FUZZ = 5000
CASES = re.compile(r"(\d+) generated, (\d+) passed$", re.MULTILINE)
ANSWER = re.compile(r"calsvc\.access [A-Z-]+ \S+ (\d{3}) ")


@dataclass(frozen=True)
class Asked:
    """The numbers of generated and passed cases, and of responses by status."""

    cases: int
    passed: int
    answers: Counter[int]
    report: str


def ask(examples: int, seed: int) -> Asked:
    """Send up to ``examples`` cases of each operation in each phase, with all checks."""
    with tempfile.TemporaryDirectory() as name:
        with servers.running_service(Path(name), CALSVC_POSTS_PER_MINUTE="100000") as server:
            report = _schemathesis(server.port, examples, seed)
        answers = Counter(int(each) for each in ANSWER.findall(server.log_text()))
    cases = CASES.search(report)
    made, passed = map(int, cases.groups()) if cases else (0, 0)
    return Asked(made, passed, answers, report)


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
    return f"{done.stdout}schemathesis left with {done.returncode}\n"


def main(examples: int = FOR_MAKE_FUZZ, seed: int = 6) -> None:
    """Run schemathesis and print the result. Exits with 1 if a case failed."""
    asked = ask(examples, seed)
    sys.stdout.write(asked.report)
    answers = ", ".join(f"{status}: {number}" for status, number in sorted(asked.answers.items()))
    sys.stdout.write(f"{asked.answers.total()} requests answered ({answers})\n")
    sys.exit(asked.passed != asked.cases or not asked.cases or max(asked.answers) >= 500)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
