"""Many residents: the preview of a table, its job's pages, and what each of them refuses."""

import re
import time

import pytest
from starlette.testclient import TestClient

from calsvc.i18n.catalogs import get_catalog
from calsvc.web.staff.job_store import MAX_JOBS_OF_SESSION, RETENTION_SECONDS, JobStore
from tests.bulk.office_tables import two_sheets
from tests.bulk.rejected_tables import REJECTED_TABLES
from tests.support.staff import EXAMPLE, post_form, redirect_path, run_job, status_of, upload_table
from tests.support.workbooks import HANAKO, HEADER, xlsx


def test_a_cell_is_text_and_no_markup(clerk: TestClient) -> None:
    content = b"born,issued,<b>\n1985-04-23,2020-06-01,<script>alert(1)</script>\n"
    page = clerk.get(redirect_path(upload_table(clerk, content))).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("content", [b"", b"\n", b"PK\x03\x04broken", b"born,issued\n"])
def test_an_unusable_table_is_explained_and_removed(
    clerk: TestClient, jobs: JobStore, content: bytes
) -> None:
    response = clerk.get(redirect_path(upload_table(clerk, content)))
    assert response.status_code == 400
    assert get_catalog("ja").text("staff.sample.unusable") in response.text
    assert jobs.folders() == []


def test_a_clerk_has_two_tables_at_once(clerk: TestClient) -> None:
    for _ in range(MAX_JOBS_OF_SESSION):
        assert upload_table(clerk, EXAMPLE).headers["location"].count("/tables/") == 1
    refused = upload_table(clerk, EXAMPLE)
    page = clerk.get(refused.headers["location"]).text
    assert get_catalog("ja").text("staff.full") in page
    own = re.findall(r'href="(/staff/tables/[^"?]+)', page)
    assert len(own) == MAX_JOBS_OF_SESSION
    post_form(clerk, f"{own[0]}/remove")
    assert "/tables/" in upload_table(clerk, EXAMPLE).headers["location"]


def state_in_list(clerk: TestClient) -> str:
    page = clerk.get("/staff?lang=ja").text
    (found,) = re.findall(r'(?s)<li><a href="/staff/tables/[^>]*>[^<]*</a> ([^<]*)</li>', page)
    return str(found)


@pytest.mark.parametrize(
    ("content", "choice"),
    [
        (xlsx(HEADER, HANAKO, change=two_sheets), ".sheet"),
        (REJECTED_TABLES["04 Shift_JIS-2004"].content, ".encoding"),
        (REJECTED_TABLES["h handed over"].content, ".columns"),
        (REJECTED_TABLES["no date of birth"].content, ".columns"),
        (EXAMPLE, ""),
    ],
)
def test_list_names_the_necessary_choices(clerk: TestClient, content: bytes, choice: str) -> None:
    clerk.get(redirect_path(upload_table(clerk, content)))
    assert state_in_list(clerk) == get_catalog("ja").text(f"staff.state.checked{choice}")


def test_work_is_begun_once_however_often_the_button_is_pressed(clerk: TestClient) -> None:
    job = run_job(clerk, EXAMPLE)
    redirect_path(post_form(clerk, f"{job}/start"))
    assert status_of(clerk, job)["state"] == "done"


def test_nothing_is_downloaded_before_it_is_done(clerk: TestClient) -> None:
    job = redirect_path(upload_table(clerk, EXAMPLE))
    assert post_form(clerk, f"{job}/download").status_code == 404


def test_result_without_download_is_removed_in_time(clerk: TestClient, jobs: JobStore) -> None:
    job = run_job(clerk, EXAMPLE)
    jobs.sweep(time.time() + RETENTION_SECONDS - 60)
    assert len(jobs.folders()) == 1
    jobs.sweep(time.time() + RETENTION_SECONDS + 1)
    assert jobs.folders() == []
    page = clerk.get(job, headers={"Accept": "text/html"})
    assert page.status_code == 404
    assert get_catalog("ja").text("staff.lost") in page.text
    assert 'href="/staff?lang=ja"' in page.text
