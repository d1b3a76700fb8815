"""Many residents: the preview of a table, its job's pages, and what each of them refuses."""

import time
import zipfile
from datetime import date
from io import BytesIO

import pytest
from openpyxl import Workbook
from starlette.testclient import TestClient

from calsvc.i18n.catalogs import catalog
from calsvc.web.staff.job_store import KEPT, MOST_JOBS, Jobs
from tests.support.staff import EXAMPLE, finish, path_of, post, send, status_of


def test_the_preview_shows_encoding_columns_and_rows(clerk: TestClient) -> None:
    page = clerk.get(path_of(send(clerk, EXAMPLE))).text
    assert "<strong>cp932</strong>" in page
    assert "<td>電子証明書有効期限</td>" in page
    assert "<td>小樽 花子</td>" in page
    assert "<td>昭和60年4月23日</td>" in page


def test_a_workbook_is_taken_too(clerk: TestClient) -> None:
    book, file = Workbook(), BytesIO()
    sheet = book.worksheets[0]
    sheet.append(["生年月日", "発行日"])
    sheet.append([date(1985, 4, 23), date(2020, 6, 1)])
    book.save(file)
    page = clerk.get(path_of(send(clerk, file.getvalue()))).text
    assert "<strong>xlsx</strong>" in page
    assert "<td>1985-04-23</td>" in page
    job = finish(clerk, file.getvalue())
    with zipfile.ZipFile(BytesIO(post(clerk, f"{job}/download").content)) as archive:
        assert "2025-04-23" in archive.read("links.csv").decode("utf-8-sig")


def test_another_encoding_can_be_tried(clerk: TestClient) -> None:
    content = "born,issued,備考\n1985-04-23,2020-06-01,ｱｲｳ\n".encode("cp932")
    job = path_of(send(clerk, content))
    assert "ｱｲｳ" in clerk.get(job).text
    assert "<td>ｱｲｳ</td>" not in clerk.get(f"{job}?encoding=utf-8").text


def test_a_cell_is_text_and_no_markup(clerk: TestClient) -> None:
    content = b"born,issued,<b>\n1985-04-23,2020-06-01,<script>alert(1)</script>\n"
    page = clerk.get(path_of(send(clerk, content))).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("content", [b"a,b\n1,2\n", b"\n", b"PK\x03\x04broken", b"\x81\xff\x00,\n"])
def test_an_unusable_table_is_explained_and_removed(
    clerk: TestClient, jobs: Jobs, content: bytes
) -> None:
    response = clerk.get(path_of(send(clerk, content)))
    assert response.status_code == 400
    assert catalog("ja").text("staff.sample.unusable") in response.text
    assert jobs.folders() == []


def test_there_is_room_for_a_few_tables_only(clerk: TestClient) -> None:
    jobs = [path_of(send(clerk, b"x")) for _ in range(MOST_JOBS)]
    refused = send(clerk, b"x")
    assert refused.status_code == 503
    assert int(refused.headers["retry-after"]) > 0
    post(clerk, f"{jobs[0]}/remove")
    assert send(clerk, b"x").status_code == 303


def test_work_is_begun_once_however_often_the_button_is_pressed(clerk: TestClient) -> None:
    job = finish(clerk, EXAMPLE)
    path_of(post(clerk, f"{job}/start"))
    assert status_of(clerk, job)["state"] == "done"


def test_nothing_is_downloaded_before_it_is_done(clerk: TestClient) -> None:
    job = path_of(send(clerk, EXAMPLE))
    assert post(clerk, f"{job}/download").status_code == 404


def test_what_nobody_downloads_is_removed_after_its_time(clerk: TestClient, jobs: Jobs) -> None:
    job = finish(clerk, EXAMPLE)
    jobs.sweep(time.time() + KEPT - 60)
    assert len(jobs.folders()) == 1
    jobs.sweep(time.time() + KEPT + 1)
    assert jobs.folders() == []
    assert clerk.get(job).status_code == 404
