"""The job store: private folders, shared by worker processes, that do not outlive their time."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from calsvc.web.staff.job import WORKING, Status
from calsvc.web.staff.job_store import (
    ABANDONED_SECONDS,
    MAX_JOBS_OF_SESSION,
    JobStore,
    TooManyJobsError,
    TooManySessionJobsError,
)
from tests.support.paths import ROOT
from tests.support.staff import EXAMPLE, upload_table


def test_folders_are_for_the_owner_alone(clerk: TestClient, jobs: JobStore) -> None:
    upload_table(clerk, EXAMPLE)
    (folder,) = jobs.folders()
    for each in (folder, folder.parent, jobs.root):
        assert each.stat().st_mode & 0o777 == 0o700


def test_abandoned_work_is_removed_sooner(tmp_path: Path) -> None:
    jobs = JobStore(b"k" * 64, tmp_path)
    with jobs.new("session").hold_lock(Status(WORKING)):
        jobs.sweep(time.time() + ABANDONED_SECONDS - 60)
        assert len(jobs.folders()) == 1
        jobs.sweep(time.time() + ABANDONED_SECONDS + 1)
        assert jobs.folders() == []
    jobs.close()
    assert list(tmp_path.iterdir()) == []


def test_files_of_a_killed_worker_are_removed_by_another(tmp_path: Path) -> None:
    code = (
        "import sys, os, signal; from pathlib import Path\n"
        "from calsvc.web.staff.job_store import JobStore\n"
        f"jobs = JobStore(b'k' * 64, Path({str(tmp_path)!r}))\n"
        "jobs.new('session').table.write_text('secret')\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": str(ROOT)}, check=False)
    assert list(tmp_path.rglob("table"))
    jobs = JobStore(b"k" * 64, tmp_path)
    jobs.sweep(time.time())
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_another_worker_finds_a_job_and_leaves_it_alone(tmp_path: Path) -> None:
    one, other = JobStore(b"k" * 64, tmp_path), JobStore(b"k" * 64, tmp_path)
    job = one.new("session")
    other.new("session")
    other.sweep(time.time())
    found = other.find("session", job.id)
    assert found == job
    assert other.find("another", job.id) is None
    other.close()
    assert job.folder.is_dir()
    one.close()
    assert list(tmp_path.iterdir()) == []


def test_a_session_has_few_jobs_with_any_number_of_workers(tmp_path: Path) -> None:
    workers = [JobStore(b"k" * 64, tmp_path) for _ in range(MAX_JOBS_OF_SESSION + 1)]
    made = [each.new("session") for each in workers[:-1]]
    with pytest.raises(TooManySessionJobsError):
        workers[-1].new("session")
    assert {each.id for each in workers[-1].of("session")} == {each.id for each in made}
    assert workers[-1].new("another")


def test_full_disk_rejects_a_job(tmp_path: Path) -> None:
    jobs = JobStore(b"k" * 64, tmp_path)
    with pytest.raises(TooManyJobsError):
        jobs.new("session", 1 << 60)
    assert jobs.folders() == []
    jobs.close()


def test_folder_open_to_others_is_not_used(tmp_path: Path) -> None:
    jobs = JobStore(b"k" * 64, tmp_path)
    jobs.root.mkdir(mode=0o777)
    jobs.root.chmod(0o777)
    with pytest.raises(PermissionError):
        jobs.new("session")
