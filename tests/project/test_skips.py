"""A test run reports skipped tests in one line, and fails because of them if CI=true."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.paths import ROOT

TESTS = """
import pytest
from tests.support.programs import require

def test_that_runs():
    require("sh")

@pytest.mark.parametrize("number", [1, 2])
def test_that_needs_a_program(number):
    require("no-such-server")

@pytest.mark.skip(reason="there is no sun")
def test_that_needs_the_sun():
    pass
"""


def run_tests(folder: Path, ci: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run `TESTS`. Two need a missing program, and one is always skipped."""
    (folder / "test_it.py").write_text(TESTS)
    command = (sys.executable, "-m", "pytest", "-q", "-p", "tests.conftest", *arguments)
    return subprocess.run(
        [*command, "-c", ROOT / "pyproject.toml", "--rootdir", folder, folder],
        env={**os.environ, "CI": ci, "PYTHONPATH": str(ROOT)},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_skipped_tests_are_reported_in_one_line(tmp_path: Path) -> None:
    run = run_tests(tmp_path, "")
    assert "Skipped: no-such-server is not installed (2), there is no sun (1)" in run.stdout
    assert run.returncode == 0


@pytest.mark.large
def test_skipped_tests_fail_a_ci_run_with_xdist(tmp_path: Path) -> None:
    run = run_tests(tmp_path, "true", "-n", "1")
    assert "no-such-server is not installed (2), there is no sun (1)" in run.stdout
    assert run.returncode == 1
