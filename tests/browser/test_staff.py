"""The staff pages in a real browser: from the log-in to a letter whose code a phone could read."""

import io
import re
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pypdfium2
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from pyzbar.pyzbar import decode

from calsvc.i18n.catalogs import catalog
from calsvc.passwords import hash_of
from tests.browser.conftest import OpenPage
from tests.support.clients import STAFF_PASSWORD
from tests.support.paths import ROOT
from tests.support.servers import free_port, running_service
from tests.support.waiting import wait_until

EXAMPLE = ROOT / "examples" / "residents.csv"
ROWS_OF_MANY = 60_000
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
JA = catalog("ja")
MANNERS = [pytest.param(True, id="with JavaScript"), pytest.param(False, id="without JavaScript")]


@pytest.fixture(scope="module")
def temporary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the service keeps temporary files."""
    return tmp_path_factory.mktemp("temporary")


@pytest.fixture(scope="module", params=["1", "2"], ids=["one worker", "two workers"])
def base(
    request: pytest.FixtureRequest, temporary: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The base URL of a service with staff pages."""
    port = free_port()
    base_url = f"http://localhost:{port}"
    with running_service(
        tmp_path_factory.mktemp("staff"),
        *("--workers", request.param),
        port=port,
        TMPDIR=str(temporary),
        CALSVC_PUBLIC_URL=base_url,
        CALSVC_STAFF_PASSWORD_HASH=hash_of(STAFF_PASSWORD),
        CALSVC_MAX_UPLOAD_MB="5",
    ):
        yield base_url
    assert list(temporary.iterdir()) == []


def told(key: str) -> str:
    return JA.text(f"staff.{key}")


def log_in(page: Page, password: str = STAFF_PASSWORD) -> None:
    page.goto("/staff?lang=ja")
    page.fill("#password", password)
    page.click(".submit button")


def send(page: Page, content: bytes, name: str = "名簿.csv") -> None:
    page.set_input_files("#table", {"name": name, "mimeType": "text/csv", "buffer": content})
    page.click(".send button")


def fetch(page: Page) -> zipfile.ZipFile:
    with page.expect_download() as waiting:
        page.click(".send button")
    assert waiting.value.suggested_filename == "calsvc-links.zip"
    return zipfile.ZipFile(io.BytesIO(Path(waiting.value.path()).read_bytes()))


def kept(temporary: Path) -> list[Path]:
    return list(temporary.glob("calsvc-staff-*/worker-*/*"))


def wait_until_nothing_is_kept(temporary: Path) -> None:
    wait_until(lambda: not kept(temporary), "no job is kept")


@pytest.mark.parametrize("javascript", MANNERS)
def test_a_clerk_makes_letters_whose_codes_open_the_right_pages(
    open_page: OpenPage, temporary: Path, javascript: bool
) -> None:
    page = open_page(java_script_enabled=javascript, accept_downloads=True)
    log_in(page)
    send(page, EXAMPLE.read_bytes())
    expect(page.locator("h1")).to_have_text(told("sample"))
    expect(page.get_by_role("cell", name="小樽 花子")).to_be_visible()
    page.check("#format-letters")
    page.click(".submit button")
    expect(page.locator("h1")).to_have_text(told("done"), timeout=60_000)
    archive = fetch(page)
    links = archive.read("links.csv").decode("cp932")
    pages = re.findall(r"http://localhost:[0-9]+/c/[^,\r\n]+openExternalBrowser=1", links)
    letters = pypdfium2.PdfDocument(archive.read("letters/letters-0000.pdf"))
    assert len(letters) == len(pages) == 13
    codes = [decode(letter.render(scale=3).to_pil()) for letter in letters]
    assert [[code.data.decode() for code in found] for found in codes] == [[each] for each in pages]
    assert httpx2.get(pages[0]).status_code == 200
    page.goto(pages[0])
    expect(page.locator("h1")).to_have_text(JA.text("page.calendar.title"))
    wait_until_nothing_is_kept(temporary)


@pytest.mark.parametrize("javascript", MANNERS)
def test_the_progress_is_seen(open_page: OpenPage, temporary: Path, javascript: bool) -> None:
    page = open_page(java_script_enabled=javascript, accept_downloads=True)
    log_in(page)
    content = b"born,issued\n" + b"1985-04-23,2020-06-01\n" * ROWS_OF_MANY
    send(page, content)
    page.check("#format-ics")
    page.click(".submit button")
    expect(page.locator("h1")).to_have_text(told("working"))
    expect(page.locator("progress")).to_have_attribute(
        "max", re.compile("6000[0-9]"), timeout=30_000
    )
    seen = int(page.locator("[data-rows]").inner_text())
    assert 0 < seen < ROWS_OF_MANY
    expect(page.locator("[data-rows]")).not_to_have_text(str(seen), timeout=10_000)
    expect(page.locator("h1")).to_have_text(told("done"), timeout=120_000)
    assert len(fetch(page).namelist()) == ROWS_OF_MANY + 1
    wait_until_nothing_is_kept(temporary)


def test_work_can_be_called_off(open_page: OpenPage, temporary: Path) -> None:
    page = open_page()
    log_in(page)
    send(page, b"born,issued\n" + b"1985-04-23,2020-06-01\n" * ROWS_OF_MANY)
    page.check("#format-letters")
    page.click(".submit button")
    expect(page.locator("h1")).to_have_text(told("working"))
    page.get_by_role("button", name=told("remove")).click()
    expect(page.locator("h1")).to_have_text(told("title"))
    wait_until_nothing_is_kept(temporary)


def test_a_wrong_password_is_told(open_page: OpenPage) -> None:
    page = open_page()
    log_in(page, "wrong")
    expect(page.get_by_role("alert")).to_contain_text(told("log_in.wrong"))


def test_a_too_large_table_is_told_before_it_is_sent(open_page: OpenPage) -> None:
    page = open_page()
    log_in(page)
    send(page, b"x" * (6 << 20))
    expect(page.locator("#table-fault")).to_be_visible()


def test_a_too_large_table_is_refused(browser: Browser, base: str, temporary: Path) -> None:
    with browser.new_context(base_url=base, java_script_enabled=False) as context:
        page = context.new_page()
        log_in(page)
        send(page, b"x" * (6 << 20))
        expect(page.locator("h1")).to_have_text(JA.text("error.title.too_large"))
    assert kept(temporary) == []


def test_a_form_with_another_token_is_refused(open_page: OpenPage) -> None:
    page = open_page()
    log_in(page)
    page.evaluate("document.querySelectorAll('[name=csrf]').forEach(each => each.value = 'x')")
    send(page, EXAMPLE.read_bytes())
    expect(page.locator("h1")).to_have_text(JA.text("error.title.forbidden"))


def test_one_resident_s_e_mail_is_copied(open_page: OpenPage) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    log_in(page)
    for field, numbers in (("c1-card_expires", (2030, 4, 23)), ("c1-born", (1985, 4, 23))):
        for part, number in zip(("year", "month", "day"), numbers, strict=True):
            page.fill(f"#{field}-{part}", str(number))
    page.fill("#name", "髙橋 花子")
    page.fill("#email", "hanako@example.jp")
    page.click(".submit button")
    expect(page.locator("h1")).to_have_text(told("made"))
    page.click("[data-copy=body]")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.replace("\r\n", "\n") == page.input_value("#body")
    assert "髙橋 花子" in copied
    code = decode_picture(page)
    assert code == page.input_value("#page")


def decode_picture(page: Page) -> str:
    picture = Image.open(io.BytesIO(page.locator(".qr").screenshot()))
    (code,) = decode(picture.resize((picture.width * 2, picture.height * 2)))
    return str(code.data.decode())


def test_every_page_can_be_used_by_all(open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/staff/login")
    assert faults(page) == []
    log_in(page)
    assert faults(page) == []
    send(page, EXAMPLE.read_bytes())
    expect(page.locator("h1")).to_have_text(told("sample"))
    assert faults(page) == []
    page.click(".submit button")
    expect(page.locator("h1")).to_have_text(told("done"), timeout=60_000)
    assert faults(page) == []


def faults(page: Page) -> list[str]:
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": LEVELS}})
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [each["id"] for each in found.response["violations"]] + ["too wide"] * wide


def test_feeds_are_not_held_up_by_work(open_page: OpenPage, base: str) -> None:
    page = open_page()
    log_in(page)
    send(page, b"born,issued\n" + b"1985-04-23,2020-06-01\n" * ROWS_OF_MANY)
    page.check("#format-letters")
    page.click(".submit button")
    expect(page.locator("h1")).to_have_text(told("working"))
    address = f"{base}/calendar.ics?issued=2020-06-01&born=1985-04-23"
    with httpx2.Client() as client:
        client.get(address)
        begun = time.monotonic()
        for _ in range(100):
            assert client.get(address).status_code == 200
        assert time.monotonic() - begun < 5
    page.get_by_role("button", name=told("remove")).click()
    expect(page.locator("h1")).to_have_text(told("title"))
