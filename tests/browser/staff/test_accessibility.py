"""Accessibility of staff pages: axe, and the width of a phone."""

import pytest
from playwright.sync_api import Page, expect

from calsvc.web.staff.job_store import JobStore
from tests.support.browsing import OpenPage, axe_violations, fits
from tests.support.staff import EXAMPLE
from tests.support.staff_browsing import (
    fetch_zip,
    send_table,
    sign_in,
    wait_until_no_job_is_left,
    words,
)


def accessibility_problems(page: Page) -> list[str]:
    return axe_violations(page) + ["too wide"] * (not fits(page))


@pytest.mark.large
def test_axe_finds_nothing_on_staff_pages(open_page: OpenPage, jobs: JobStore) -> None:
    page = open_page(accept_downloads=True)
    page.goto("/staff/login")
    assert accessibility_problems(page) == []
    sign_in(page)
    assert accessibility_problems(page) == []
    send_table(page, EXAMPLE)
    expect(page.locator("h1")).to_have_text(words("sample"))
    assert accessibility_problems(page) == []
    page.click(".submit button")
    expect(page.locator("h1")).to_have_text(words("done"))
    assert accessibility_problems(page) == []
    fetch_zip(page)
    page.get_by_role("button", name=words("remove")).click()
    wait_until_no_job_is_left(jobs)
