"""Signing in, with a service that has one worker process."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.staff.conftest import RunStaffService
from tests.support.browsing import OpenPage
from tests.support.staff_browsing import sign_in, words


@pytest.fixture(scope="module")
def base(
    tmp_path_factory: pytest.TempPathFactory, run_staff_service: RunStaffService
) -> Iterator[str]:
    """The base URL of the service."""
    with run_staff_service(tmp_path_factory.mktemp("temporary"), 1) as base:
        yield base


def test_wrong_password_shows_an_alert(open_page: OpenPage) -> None:
    page = open_page()
    sign_in(page, "wrong")
    expect(page.get_by_role("alert")).to_contain_text(words("log_in.wrong"))


def test_correct_password_opens_the_staff_page(open_page: OpenPage) -> None:
    page = open_page()
    sign_in(page)
    expect(page.locator("h1")).to_have_text(words("title"))
