"""Job processes: stopped with the service, and never in the way of feeds."""

import base64
import os
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from starlette.testclient import TestClient

from calsvc.clock import today_in_japan
from calsvc.links.keys import load_keys
from calsvc.settings import Settings
from calsvc.web import service
from calsvc.web.staff.access import create_staff_state
from calsvc.web.staff.job import FAILED, WORKING, Job
from calsvc.web.staff.job_process import MAKE, JobSpec
from calsvc.web.staff.job_runner import JobRunner
from calsvc.web.staff.job_store import JobStore
from tests.support.clients import FEED_PATH
from tests.support.servers import running_service
from tests.support.staff import (
    BROWSER,
    EXAMPLE,
    log_in,
    post_form,
    start_job,
    state_with_people,
    status_of,
)
from tests.support.waiting import HANG_SECONDS, wait_until

HEADER, FIRST_ROW, *_ = EXAMPLE.splitlines(keepends=True)
MANY = HEADER + FIRST_ROW * 20_000
"""As letters, work for minutes."""


def letters(job: Job, settings: Settings) -> JobSpec:
    keys = load_keys(settings.keys, "")
    return JobSpec(
        folder=str(job.folder),
        letter_settings=(),
        municipalities=settings.municipalities,
        keys=tuple(base64.b64encode(each).decode() for each in keys),
        base=settings.public_url,
        today="2026-11-24",
        task=MAKE,
        formats=("letters",),
        language="ja",
        parent=os.getpid(),
    )


@pytest.fixture
def working(tmp_path: Path, settings: Settings) -> Iterator[tuple[JobRunner, Job]]:
    """A job, and what runs the process that works on it."""
    jobs, workers = JobStore(b"k" * 64, tmp_path), JobRunner()
    job = jobs.new("session")
    job.table.write_bytes(MANY)
    workers.start(job, letters(job, settings))
    yield workers, job
    workers.close()
    jobs.close()


def test_a_stopped_job_has_failed_and_no_process_runs(working: tuple[JobRunner, Job]) -> None:
    workers, job = working
    assert workers.is_running(job)
    assert job.status.state == WORKING
    workers.stop(job)
    wait_until(lambda: job.status.state != WORKING, "the job has ended")
    assert job.status.state == FAILED
    assert not workers.is_running(job)


def test_a_job_process_ends_when_the_folder_is_removed(working: tuple[JobRunner, Job]) -> None:
    workers, job = working
    job.remove()
    wait_until(lambda: not workers.is_running(job), "the process has ended")


def test_closing_the_desk_stops_the_work_and_removes_all(settings: Settings) -> None:
    staff = create_staff_state(service.create_service(settings, today_in_japan))
    job = staff.jobs.new("session")
    job.table.write_bytes(MANY)
    staff.workers.start(job, letters(job, settings))
    assert staff.workers.is_running(job)
    staff.close()
    assert not staff.workers.is_running(job)
    assert not staff.jobs.root.exists()


def test_shutting_down_removes_everything_and_stops_the_work(
    clerk: TestClient, jobs: JobStore
) -> None:
    """The fixture shuts the service down, and fails where a file is left."""
    job = start_job(clerk, MANY, "letters")
    assert status_of(clerk, job)["state"] == WORKING
    assert len(jobs.folders()) == 1


@pytest.mark.large
def test_feeds_are_not_held_up_by_work(tmp_path: Path) -> None:
    """If they were, the hundred would take as long as the work: they wait for every batch."""
    with (
        running_service(
            tmp_path, TMPDIR=str(tmp_path), CALSVC_STATE_DIR=state_with_people()
        ) as service,
        httpx2.Client(base_url=service.base_url, headers=BROWSER, timeout=HANG_SECONDS) as clerk,
    ):
        log_in(clerk)
        job = start_job(clerk, MANY, "ics")
        wait_until(lambda: status_of(clerk, job)["rows"], "the first rows are done")
        for _ in range(100):
            assert clerk.get(FEED_PATH).status_code == 200
        assert status_of(clerk, job)["state"] == WORKING
        assert int(status_of(clerk, job)["rows"]) < 20_000
        post_form(clerk, f"{job}/remove")
