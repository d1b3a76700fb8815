"""The choice of a municipality in a browser: with axe, on a phone, with and without JavaScript."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from calsvc.i18n.languages import LANGUAGES
from tests.support.browsing import BORN, DESK, EXPIRES, PHONE, axe_violations, enter, fits, submit
from tests.support.servers import running_service


@pytest.fixture(scope="module")
def service_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a service with all municipalities."""
    folder = tmp_path_factory.mktemp("all")
    with running_service(folder, CALSVC_MUNICIPALITIES="all") as service:
        yield f"http://localhost:{service.port}"


def open_url(browser: Browser, url: str, viewport: dict[str, int], javascript: bool) -> Page:
    context = browser.new_context(viewport=viewport, java_script_enabled=javascript)
    page = context.new_page()
    page.goto(url)
    return page


@pytest.mark.large
@pytest.mark.parametrize("lang", LANGUAGES)
def test_axe_finds_nothing_on_pages_of_the_choice(
    browser: Browser, service_url: str, lang: str
) -> None:
    page = open_url(browser, f"{service_url}/?lang={lang}", PHONE, javascript=True)
    for path in ("/", "/prefectures/01", "/011002/wards", "/011011/"):
        page.goto(f"{service_url}{path}?lang={lang}")
        assert axe_violations(page) == []
        assert fits(page)
    page.goto(f"{service_url}/?lang={lang}")
    page.fill("#place", "nowhere")
    page.press("#place", "Enter")
    expect(page.locator("#place-fault")).to_be_visible()
    assert axe_violations(page) == []
    page.context.close()


@pytest.mark.parametrize(
    "javascript", [pytest.param(True, marks=pytest.mark.large), False], ids=["script", "no script"]
)
def test_resident_finds_a_ward_and_makes_a_calendar(
    browser: Browser, service_url: str, javascript: bool
) -> None:
    page = open_url(browser, f"{service_url}/?lang=ja", DESK, javascript)
    page.fill("#place", "さっぽろ")
    page.press("#place", "Enter")
    page.click("a[href^='/011002/wards']")
    page.click("a[href^='/011011/']")
    expect(page.locator(".city")).to_have_text("札幌市中央区")
    enter(page, "c1-card_expires", EXPIRES)
    enter(page, "c1-born", BORN)
    submit(page)
    page.wait_for_url("**/c/*")
    expect(page.locator(".city")).to_have_text("札幌市中央区")
    expect(page.locator(".contact a")).to_have_attribute(
        "href", "https://www.city.sapporo.jp/chuo/"
    )
    page.context.close()
