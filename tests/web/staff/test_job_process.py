"""A job process that fails says so, and nothing of the table."""

import pytest
from starlette.testclient import TestClient

from calsvc.i18n.catalogs import get_catalog
from calsvc.web.staff.job import Job
from calsvc.web.staff.job_store import JobStore
from tests.support.staff import EXAMPLE, post_form, redirect_path, upload_table, wait_for_end


def test_failed_work_is_logged_without_content_of_the_table(
    clerk: TestClient, jobs: JobStore, capfd: pytest.CaptureFixture[str]
) -> None:
    job = redirect_path(upload_table(clerk, EXAMPLE))
    clerk.get(job)
    (folder,) = jobs.folders()
    Job("", folder).table.unlink()
    redirect_path(post_form(clerk, f"{job}/start"))
    assert wait_for_end(clerk, job) == "failed"
    assert get_catalog("ja").text("staff.failed.text") in clerk.get(job).text
    said = capfd.readouterr().err
    assert "FileNotFoundError at " in said
    assert "calsvc-staff-" not in said
