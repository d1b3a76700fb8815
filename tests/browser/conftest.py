"""Fixtures for tests with a real server and a real browser. A missing browser is a failure."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserType, Page, expect, sync_playwright

from tests.support.browsing import DESK, PHONE, OpenPage
from tests.support.servers import running_service
from tests.support.waiting import HANG_SECONDS
from tests.support.walking import SMALL, OpenPhone

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True)
class BrowserSetup:
    """The screen size of a browser, and True if it runs JavaScript."""

    viewport: dict[str, int]
    javascript: bool


BROWSER_SETUPS = [
    pytest.param(BrowserSetup(PHONE, javascript=True), id="phone, with JavaScript"),
    pytest.param(
        BrowserSetup(DESK, javascript=False), id="desk, without JavaScript", marks=pytest.mark.large
    ),
    pytest.param(
        BrowserSetup(PHONE, javascript=False),
        id="phone, without JavaScript",
        marks=pytest.mark.large,
    ),
    pytest.param(
        BrowserSetup(DESK, javascript=True), id="desk, with JavaScript", marks=pytest.mark.large
    ),
]


@pytest.fixture(scope="session")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The server's log."""
    return tmp_path_factory.mktemp("server") / "log"


@pytest.fixture(scope="session")
def base(log: Path) -> Iterator[str]:
    """The base URL of a running service."""
    with running_service(log.parent) as service:
        yield f"http://localhost:{service.port}"


def chromium() -> str:
    """Return the path of the browser's program."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = os.environ.get("CALSVC_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    assert path, "no Chromium: install it, or set CALSVC_CHROMIUM to its path"
    return path


@pytest.fixture(scope="session")
def browsers() -> Iterator[BrowserType]:
    """Playwright's launcher of Chromium."""
    expect.set_options(timeout=HANG_SECONDS * 1000)
    with sync_playwright() as playwright:
        yield playwright.chromium


@pytest.fixture(scope="session")
def browser(browsers: BrowserType) -> Iterator[Browser]:
    """A running Chromium."""
    with browsers.launch(executable_path=chromium(), args=ARGUMENTS) as browser:
        yield browser


@pytest.fixture(scope="session")
def large_type_browser(browsers: BrowserType) -> Iterator[Browser]:
    """A running Chromium with a default text size of 200 %."""
    large = [*ARGUMENTS, "--blink-settings=defaultFontSize=32"]
    with browsers.launch(executable_path=chromium(), args=large) as browser:
        yield browser


@pytest.fixture
def open_page(browser: Browser, base: str) -> Iterator[OpenPage]:
    """Function that opens a page in a new context. Console errors and warnings fail the test."""
    console_errors: list[str] = []
    contexts = []

    def open_new(viewport: dict[str, int] = PHONE, **options: bool | str | list[str]) -> Page:
        context = browser.new_context(
            viewport=viewport, base_url=base, **{"locale": "ja-JP", **options}
        )
        context.set_default_timeout(HANG_SECONDS * 1000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: console_errors.append(str(error)))
        page.on("console", lambda message: _record(console_errors, message.type, message.text))
        return page

    yield open_new
    for context in contexts:
        context.close()
    assert console_errors == []


def _record(console_errors: list[str], kind: str, text: str) -> None:
    expected = "Failed to load resource: the server responded with a status of 40"
    if kind in ("error", "warning") and not text.startswith(expected):
        console_errors.append(text)


PHONES = [
    pytest.param((PHONE, True), id="390x844, with JavaScript"),
    pytest.param((SMALL, False), id="360x640, without JavaScript"),
    pytest.param((PHONE, False), id="390x844, without JavaScript", marks=pytest.mark.large),
    pytest.param((SMALL, True), id="360x640, with JavaScript", marks=pytest.mark.large),
]


@pytest.fixture(params=PHONES)
def open_phone(request: pytest.FixtureRequest, open_page: OpenPage) -> OpenPhone:
    """Function that opens a page on a phone, with options of a browser context."""
    viewport, javascript = request.param
    return partial(open_page, viewport, java_script_enabled=javascript)


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def phone(request: pytest.FixtureRequest, open_page: OpenPage) -> Page:
    """A page on a phone, with and without JavaScript."""
    return open_page(PHONE, java_script_enabled=request.param)


@pytest.fixture(params=BROWSER_SETUPS)
def page(request: pytest.FixtureRequest, open_page: OpenPage) -> Page:
    """A page in each setup."""
    setup: BrowserSetup = request.param
    return open_page(setup.viewport, java_script_enabled=setup.javascript)
