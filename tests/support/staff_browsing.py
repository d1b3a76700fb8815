"""Actions of clerks in a browser: sign in, upload tables, download results."""

import io
import zipfile
from pathlib import Path

from playwright.sync_api import Page

from calsvc.i18n.catalogs import get_catalog
from calsvc.web.staff.job_store import JobStore
from tests.support.clients import STAFF_PASSWORD
from tests.support.staff import CLERK
from tests.support.waiting import wait_until

WORDS = get_catalog("ja")


def words(key: str) -> str:
    """Return a text of the staff pages."""
    return WORDS.text(f"staff.{key}")


def sign_in(page: Page, password: str = STAFF_PASSWORD, name: str = CLERK) -> None:
    page.goto("/staff?lang=ja")
    page.fill("#name", name)
    page.fill("#password", password)
    page.click(".submit button")


def send_table(page: Page, content: bytes, name: str = "名簿.csv") -> None:
    page.set_input_files("#table", {"name": name, "mimeType": "text/csv", "buffer": content})
    page.click(".send button")


def fetch_zip(page: Page) -> zipfile.ZipFile:
    """Download the result of a job that is done."""
    with page.expect_download() as waiting:
        page.click(".send button")
    assert waiting.value.suggested_filename == "calsvc-links.zip"
    return zipfile.ZipFile(io.BytesIO(Path(waiting.value.path()).read_bytes()))


def wait_until_no_job_is_left(jobs: JobStore) -> None:
    """Wait until all jobs and their files are removed."""
    wait_until(lambda: not jobs.folders(), "no job is left")
