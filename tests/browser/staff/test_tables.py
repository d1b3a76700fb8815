"""Tables of many residents: from the upload to letters with QR codes."""

import re
import zipfile

import httpx2
import pypdfium2
import pytest
from playwright.sync_api import Browser, Page, expect
from pyzbar.pyzbar import decode

from calsvc.links.keys import parse_keys
from calsvc.web.staff.access import SESSION_COOKIE
from calsvc.web.staff.job import DONE, WORKING, Status
from calsvc.web.staff.job_store import JobStore
from calsvc.web.staff.sessions import Sessions
from tests.support.browsing import OpenPage
from tests.support.servers import KEY
from tests.support.staff import EXAMPLE
from tests.support.staff_browsing import (
    WORDS,
    fetch_zip,
    send_table,
    sign_in,
    wait_until_no_job_is_left,
    words,
)
from tests.support.waiting import HANG_SECONDS

MAX_BYTES = 1 << 20
LARGE_TABLE_ROWS = 20_000
LARGE_TABLE = b"born,issued\n" + b"1985-04-23,2020-06-01\n" * LARGE_TABLE_ROWS
JAVASCRIPT = [
    pytest.param(True, id="with JavaScript"),
    pytest.param(False, marks=pytest.mark.large, id="without JavaScript"),
]


def remove_and_wait(page: Page, jobs: JobStore) -> None:
    """Remove the table on the current page."""
    page.get_by_role("button", name=words("remove")).click()
    wait_until_no_job_is_left(jobs)


def session_of(page: Page) -> str:
    """Return the session of the signed-in clerk."""
    (cookie,) = (each["value"] for each in page.context.cookies() if each["name"] == SESSION_COOKIE)
    return Sessions(parse_keys(KEY, "test")).session(cookie)


@pytest.mark.parametrize(
    "javascript",
    [JAVASCRIPT[0], pytest.param(False, id="without JavaScript", marks=pytest.mark.large)],
)
def test_codes_of_letters_open_the_right_pages(
    open_page: OpenPage, jobs: JobStore, javascript: bool
) -> None:
    page = open_page(java_script_enabled=javascript, accept_downloads=True)
    sign_in(page)
    send_table(page, EXAMPLE)
    expect(page.locator("h1")).to_have_text(words("sample"))
    expect(page.get_by_role("cell", name="小樽 花子").first).to_be_visible()
    page.check("#format-letters")
    page.click(".submit button")
    expect(page.locator("h1")).to_have_text(words("done"))
    archive = fetch_zip(page)
    remove_and_wait(page, jobs)
    links = archive.read("links.csv").decode("cp932")
    pages = re.findall(r"http://localhost:[0-9]+/c/[^,\r\n]+openExternalBrowser=1", links)
    letters = [*letters_in(archive, "letters"), *letters_in(archive, "lapsed")]
    codes = [decode(letter.render(scale=3).to_pil()) for letter in letters]
    assert all(len(each) == 1 for each in codes)
    assert {each[0].data.decode() for each in codes} == {*pages}
    assert len(codes) == len(pages) == 14
    assert httpx2.get(pages[0], timeout=HANG_SECONDS).status_code == 200
    page.goto(pages[0])
    expect(page.locator("h1")).to_have_text(WORDS.text("page.calendar.title"))


def letters_in(archive: zipfile.ZipFile, stem: str) -> list[pypdfium2.PdfPage]:
    return [*pypdfium2.PdfDocument(archive.read(f"letters/{stem}-0000000.pdf"))]


@pytest.mark.parametrize("javascript", JAVASCRIPT)
def test_progress_of_a_job_is_shown(open_page: OpenPage, jobs: JobStore, javascript: bool) -> None:
    """The test writes the status in place of a job process."""
    page = open_page(java_script_enabled=javascript, accept_downloads=True)
    sign_in(page)
    job = jobs.new(session_of(page))
    with job.hold_lock(Status(WORKING, 400, 1000)):
        page.goto(f"/staff/tables/{job.id}")
        expect(page.locator("h1")).to_have_text(words("working"))
        expect(page.locator("progress")).to_have_attribute("max", "1000")
        expect(page.locator("[data-rows]")).to_have_text("400")
        job.save_status(Status(WORKING, 700, 1000))
        expect(page.locator("[data-rows]")).to_have_text("700")
        with zipfile.ZipFile(job.result, "w") as archive:
            archive.writestr("links.csv", "")
        job.save_status(Status(DONE, 1000, 1000))
    expect(page.locator("h1")).to_have_text(words("done"))
    assert fetch_zip(page).namelist() == ["links.csv"]
    remove_and_wait(page, jobs)


@pytest.mark.large
@pytest.mark.parametrize("javascript", JAVASCRIPT)
def test_progress_of_a_large_table_is_shown(
    open_page: OpenPage, jobs: JobStore, javascript: bool
) -> None:
    page = open_page(java_script_enabled=javascript, accept_downloads=True)
    sign_in(page)
    send_table(page, LARGE_TABLE)
    page.check("#format-ics")
    page.click(".submit button")
    expect(page.locator("h1")).to_have_text(words("working"))
    expect(page.locator("progress")).to_have_attribute("max", re.compile("2000[0-9]"))
    seen = int(page.locator("[data-rows]").inner_text())
    assert 0 < seen < LARGE_TABLE_ROWS
    first = page.locator("[data-rows]").get_by_text(str(seen), exact=True)
    expect(first).to_have_count(0)  # the next page may be that of the end already
    expect(page.locator("h1")).to_have_text(words("done"), timeout=600_000)
    assert len(fetch_zip(page).namelist()) == LARGE_TABLE_ROWS + 1
    remove_and_wait(page, jobs)


def test_running_job_can_be_cancelled(open_page: OpenPage, jobs: JobStore) -> None:
    page = open_page()
    sign_in(page)
    send_table(page, LARGE_TABLE)
    page.check("#format-letters")
    page.click(".submit button")
    expect(page.locator("h1")).to_have_text(words("working"))
    page.get_by_role("button", name=words("remove")).click()
    expect(page.locator("h1")).to_have_text(words("title"))
    wait_until_no_job_is_left(jobs)


def test_large_table_is_reported_before_the_upload(open_page: OpenPage) -> None:
    page = open_page()
    sign_in(page)
    send_table(page, b"x" * (MAX_BYTES + 1))
    expect(page.locator("#table-fault")).to_be_visible()


@pytest.mark.large
def test_large_table_is_rejected_without_javascript(
    browser: Browser, base: str, jobs: JobStore
) -> None:
    with browser.new_context(base_url=base, java_script_enabled=False) as context:
        page = context.new_page()
        sign_in(page)
        send_table(page, b"x" * (2 * MAX_BYTES))
        expect(page.locator("h1")).to_have_text(WORDS.text("error.title.too_large"))
    wait_until_no_job_is_left(jobs)


def test_form_with_an_invalid_csrf_token_is_rejected(open_page: OpenPage) -> None:
    page = open_page()
    sign_in(page)
    page.evaluate("document.querySelectorAll('[name=csrf]').forEach(each => each.value = 'x')")
    send_table(page, EXAMPLE)
    expect(page.locator("h1")).to_have_text(WORDS.text("error.title.forbidden"))
