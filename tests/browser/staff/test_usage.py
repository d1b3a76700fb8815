"""A manager sees how much the service is used, on any screen, and how the numbers grow."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from calsvc.i18n.languages import LANGUAGES
from tests.browser.staff.conftest import RunStaffService
from tests.support.browsing import DESK, PHONE, OpenPage, axe_violations, fits, follow
from tests.support.cases import alternating
from tests.support.servers import free_port
from tests.support.staff import CLERK, EXAMPLE, MANAGER
from tests.support.staff_browsing import fetch_zip, send_table, sign_in, words

NUMBERS = ("run", "rows", "faulty", "download", "sign_in", "sign_in_failed")


@pytest.fixture(scope="module")
def base(
    tmp_path_factory: pytest.TempPathFactory, run_staff_service: RunStaffService
) -> Iterator[str]:
    """The base URL of a service with metrics."""
    folder = tmp_path_factory.mktemp("temporary")
    with run_staff_service(folder, 1, CALSVC_METRICS_PORT=str(free_port())) as base:
        yield base


def numbers(page: Page) -> dict[str, int]:
    """Return what the page counts in the newest month."""
    cells = page.locator("tbody").first.locator("tr").first.locator("td").all_inner_texts()
    return dict(zip(NUMBERS, map(int, cells), strict=True))


@pytest.mark.large
def test_a_manager_finds_the_counts_and_they_grow(open_page: OpenPage) -> None:
    page = open_page(accept_downloads=True)
    sign_in(page, name=MANAGER)
    follow(page, "a[href*='/staff/counts']")
    expect(page.locator("h1")).to_have_text(words("usage"))
    before = numbers(page)
    follow(page, "main a")
    send_table(page, EXAMPLE)
    page.click(".submit button")
    expect(page.locator("h1")).to_have_text(words("done"))
    fetch_zip(page)
    page.get_by_role("button", name=words("remove")).click()
    page.goto("/staff/counts?lang=ja")
    after = numbers(page)
    grown = {name: after[name] - before[name] for name in NUMBERS}
    assert grown == {**dict.fromkeys(NUMBERS, 0), "run": 1, "rows": 21, "faulty": 6, "download": 1}
    assert not any(name in page.content() for name in (CLERK, "小樽 花子", "1985"))


@pytest.mark.parametrize(
    ("lang", "screen"),
    alternating(LANGUAGES, {"phone": PHONE, "desk": DESK}, quick=frozenset({"vi"})),
)
def test_axe_finds_nothing_on_the_pages_of_a_manager(
    open_page: OpenPage, lang: str, screen: dict[str, int]
) -> None:
    page = open_page(screen)
    sign_in(page, name=MANAGER)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for path in ("counts", "sessions"):
            page.goto(f"/staff/{path}?lang={lang}")
            assert axe_violations(page) == []
            assert fits(page)
    page.goto(f"/staff/counts?lang={lang}")
    assert page.locator("table").count() == 3
    page.keyboard.press("Tab")
    page.locator(".wide").focus()  # a table that is wider than a phone scrolls by keyboard
    expect(page.locator(".wide")).to_be_focused()
