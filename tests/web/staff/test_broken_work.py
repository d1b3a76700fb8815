"""Work that breaks off has failed at once, can be removed, and is in nobody's way.

A full disk is a limit on the size of files, which processes inherit.
"""

import os
import resource
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from calsvc.web.staff.job import CHECKED, DONE, FAILED, FILES_OF_FAILED, WORKING, Job, Status
from calsvc.web.staff.job_store import JobStore
from tests.support.clients import FEED_PATH
from tests.support.staff import (
    EXAMPLE,
    post_form,
    redirect_path,
    run_job,
    start_job,
    status_of,
    upload_table,
)
from tests.support.waiting import wait_until

HEADER, FIRST_ROW, *_ = EXAMPLE.splitlines(keepends=True)
MANY = HEADER + FIRST_ROW * 20_000
SIZE_OF_A_STATUS = 200


@contextmanager
def limit_lowered(limit: int, value: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(limit)
    resource.setrlimit(limit, (value, hard))
    try:
        yield
    finally:
        resource.setrlimit(limit, (soft, hard))


@contextmanager
def full_disk(left: int = 0) -> Iterator[None]:
    """Let no file grow beyond ``left`` bytes."""
    with limit_lowered(resource.RLIMIT_FSIZE, left):
        yield


@contextmanager
def no_thread() -> Iterator[None]:
    """Let no thread start, because there is no room for its stack."""
    before = threading.stack_size(1 << 46)
    try:
        yield
    finally:
        threading.stack_size(before)


@contextmanager
def no_process() -> Iterator[None]:
    """Leave files for the lock and the status, but none for the pipes of a process."""
    with limit_lowered(resource.RLIMIT_NOFILE, limit_that_leaves(3)):
        yield


def limit_that_leaves(free: int) -> int:
    """Return the limit below which so many file descriptors are free."""
    limit = 0
    while free:
        try:
            os.fstat(limit)
        except OSError:
            free -= 1
        limit += 1
    return limit


def job_in(jobs: JobStore) -> Job:
    (folder,) = jobs.folders()
    return Job("", folder)


def process_of(job: Job) -> int:
    """Return the process that works on ``job``: it has the lock of the job open."""
    lock = str(job.folder / "lock")
    (process,) = (
        each for each in Path("/proc").iterdir() if each.name.isdigit() and lock in files_of(each)
    )
    return int(process.name)


def files_of(process: Path) -> list[str]:
    with suppress(OSError):  # it has ended meanwhile
        return [os.path.realpath(each) for each in (process / "fd").iterdir()]
    return []


def is_removed(clerk: TestClient, job: str, jobs: JobStore) -> bool:
    return redirect_path(post_form(clerk, f"{job}/remove")) == "/staff" and jobs.folders() == []


# --- a full disk ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "content"),
    [(0, EXAMPLE), (60, EXAMPLE), (60, b"x")],
    ids=["no id", "no table", "no status"],
)
def test_full_disk_rejects_a_table(
    clerk: TestClient, jobs: JobStore, left: int, content: bytes
) -> None:
    with full_disk(left):
        refused = upload_table(clerk, content)
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "60")
        assert jobs.folders() == []
    assert "/tables/" in redirect_path(upload_table(clerk, EXAMPLE))


def test_check_on_a_full_disk_has_failed_at_once(
    clerk: TestClient, jobs: JobStore, capfd: pytest.CaptureFixture[str]
) -> None:
    with full_disk(SIZE_OF_A_STATUS):
        job = redirect_path(upload_table(clerk, HEADER + FIRST_ROW))
        assert "マイナ" in clerk.get(job).text
        assert status_of(clerk, job)["state"] == FAILED
        assert clerk.get(FEED_PATH).status_code == 200
        assert is_removed(clerk, job, jobs)
    assert "calsvc-staff-" not in capfd.readouterr().err


def test_work_not_started_on_a_full_disk_can_start_later(clerk: TestClient, jobs: JobStore) -> None:
    job = redirect_path(upload_table(clerk, EXAMPLE))
    clerk.get(job)
    with full_disk():
        for action in ("check", "start"):
            refused = post_form(clerk, f"{job}/{action}")
            assert (refused.status_code, refused.headers["retry-after"]) == (503, "60")
        assert status_of(clerk, job)["state"] == CHECKED
    redirect_path(post_form(clerk, f"{job}/start", **{"format-links": "on"}))
    wait_until(lambda: job_in(jobs).status.state == DONE)


def test_work_on_a_full_disk_fails_and_frees_its_files(
    clerk: TestClient, jobs: JobStore, capfd: pytest.CaptureFixture[str]
) -> None:
    job = redirect_path(upload_table(clerk, EXAMPLE))
    clerk.get(job)
    with full_disk(2 * SIZE_OF_A_STATUS):
        redirect_path(post_form(clerk, f"{job}/start", **{"format-ics": "on"}))
        wait_until(lambda: job_in(jobs).status.state != WORKING)
        assert job_in(jobs).status.state == FAILED
        wait_until(lambda: {each.name for each in job_in(jobs).folder.iterdir()} <= FILES_OF_FAILED)
        assert is_removed(clerk, job, jobs)
    said = capfd.readouterr().err
    assert "failed: OSError at " in said
    assert "calsvc-staff-" not in said


# --- a process that is gone -----------------------------------------------------------------------


def test_killed_work_has_failed_at_once_even_on_a_full_disk(
    clerk: TestClient, jobs: JobStore
) -> None:
    job = start_job(clerk, MANY, "letters")
    assert status_of(clerk, job)["state"] == WORKING
    with full_disk():
        os.kill(process_of(job_in(jobs)), signal.SIGKILL)
        wait_until(lambda: status_of(clerk, job)["state"] == FAILED)
        assert is_removed(clerk, job, jobs)


def test_every_worker_sees_that_work_has_ended(tmp_path: Path) -> None:
    one, other = JobStore(b"k" * 64, tmp_path), JobStore(b"k" * 64, tmp_path)
    job = one.new("session")
    with job.hold_lock(Status(WORKING, 7)):
        for jobs in (one, other):
            assert [each.status for each in jobs.of("session")] == [Status(WORKING, 7)]
    for jobs in (one, other):
        assert [each.status for each in jobs.of("session")] == [Status(FAILED, 7)]
    one.close()


def test_next_table_finds_the_room_of_work_that_was_killed(tmp_path: Path) -> None:
    jobs = JobStore(b"k" * 64, tmp_path)
    job = jobs.new("session")
    with job.hold_lock(Status(WORKING)):
        job.table.write_bytes(b"x")
        job.store_digest(b"key")
        (job.folder / "unfinished.zip").write_bytes(b"x")
        jobs.sweep(time.time())
        assert job.table.exists()
    jobs.new("another")
    assert {each.name for each in job.folder.iterdir()} == FILES_OF_FAILED
    jobs.close()


# --- neither thread nor process -------------------------------------------------------------------


def test_table_is_worked_on_and_removed_without_a_thread(
    client: TestClient, clerk: TestClient, jobs: JobStore
) -> None:
    with no_thread():
        with pytest.raises(RuntimeError, match="can't start new thread"):
            threading.Thread(target=str).start()
        job = redirect_path(upload_table(clerk, EXAMPLE))
        clerk.get(job)
        redirect_path(post_form(clerk, f"{job}/start", **{"format-links": "on"}))
        wait_until(lambda: status_of(clerk, job)["state"] != WORKING)
        assert status_of(clerk, job)["state"] == DONE
        assert client.get(FEED_PATH).status_code == 200
        assert is_removed(clerk, job, jobs)


def test_work_without_a_process_has_failed_at_once(clerk: TestClient, jobs: JobStore) -> None:
    job = redirect_path(upload_table(clerk, EXAMPLE))
    clerk.get(job)
    with no_process():
        assert post_form(clerk, f"{job}/start").status_code == 503
    assert status_of(clerk, job)["state"] == FAILED
    assert is_removed(clerk, job, jobs)
    run_job(clerk, EXAMPLE, "links")


def test_table_without_a_process_is_refused(clerk: TestClient, jobs: JobStore) -> None:
    with no_process():
        assert upload_table(clerk, EXAMPLE).status_code == 503
    assert jobs.folders() == []
