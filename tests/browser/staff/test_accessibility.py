"""Every staff page for everyone, with axe and on a phone's screen."""

import pytest
from playwright.sync_api import Page, expect

from calsvc.web.staff.job_store import Jobs
from tests.support.browsing import OpenPage, fits, violations
from tests.support.staff import EXAMPLE
from tests.support.staff_browsing import fetch_zip, send_table, sign_in, words
from tests.support.waiting import wait_until


def faults(page: Page) -> list[str]:
    return violations(page) + ["too wide"] * (not fits(page))


@pytest.mark.large
def test_axe_finds_nothing_on_staff_pages(open_page: OpenPage, jobs: Jobs) -> None:
    page = open_page(accept_downloads=True)
    page.goto("/staff/login")
    assert faults(page) == []
    sign_in(page)
    assert faults(page) == []
    send_table(page, EXAMPLE)
    expect(page.locator("h1")).to_have_text(words("sample"))
    assert faults(page) == []
    page.click(".submit button")
    expect(page.locator("h1")).to_have_text(words("done"))
    assert faults(page) == []
    fetch_zip(page)
    page.get_by_role("button", name=words("remove")).click()
    wait_until(lambda: not jobs.folders(), "the job is removed")
