"""``calsvc links`` with worker processes: accidents and their remedies."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from calsvc.bulk.run import MIN_SHARED_ROWS
from calsvc.bulk.worker_processes import count_workers
from tests.support.links_runs import (
    ENVIRONMENT,
    kill_after_two_batches,
    read_tree,
    run_links,
    write_large_table,
)

ROWS = 2 * MIN_SHARED_ROWS


def test_a_killed_run_with_workers_resumes_to_the_same_bytes(tmp_path: Path) -> None:
    """Its workers end with it, so that none holds the lock of its folder."""
    path = write_large_table(tmp_path, ROWS)
    partial = kill_after_two_batches(path, tmp_path / "out")
    number = json.loads((partial / "journal.json").read_bytes())["run_number"]
    assert run_links(path, "-o", tmp_path / "out", "--resume").returncode == 0
    assert run_links(path, "-o", tmp_path / "whole", "--run-number", number).returncode == 0
    assert read_tree(tmp_path / "out") == read_tree(tmp_path / "whole")


STOPPED_WORKER = """
import os, signal, sys
from multiprocessing import active_children
from calsvc.cli.main import main

def stop_one(event, arguments):
    if event == "os.fork" and active_children():  # the first, before the second is forked
        os.kill(active_children()[0].pid, signal.SIGKILL)

sys.addaudithook(stop_one)
main()
"""


@pytest.mark.skipif(count_workers() == 1, reason="one CPU has no workers")
def test_a_killed_worker_ends_the_run_and_explains_resume(tmp_path: Path) -> None:
    path = write_large_table(tmp_path, ROWS)
    command = [sys.executable, "-c", STOPPED_WORKER, "links", path, "-o", tmp_path / "out"]
    done = subprocess.run(
        command, env=ENVIRONMENT, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 2
    assert "--resume" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()
