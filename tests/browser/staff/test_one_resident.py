"""One resident: the e-mail to copy, and the QR code to show."""

import io
from datetime import date

from PIL import Image
from playwright.sync_api import Page, expect
from pyzbar.pyzbar import decode

from tests.support.browsing import BORN, OpenPage, enter
from tests.support.staff_browsing import sign_in, words


def qr_code(page: Page) -> str:
    """Decode the QR code on the screen."""
    picture = Image.open(io.BytesIO(page.locator(".shown-code .qr").screenshot()))
    (code,) = decode(picture.resize((picture.width * 2, picture.height * 2)))
    return str(code.data.decode())


def test_email_of_one_resident_is_copied(open_page: OpenPage) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    sign_in(page)
    enter(page, "c1-card_expires", date(2030, 4, 23))
    enter(page, "c1-born", BORN)
    page.fill("#name", "髙橋 花子")
    page.fill("#email", "hanako@example.jp")
    page.click(".submit button")
    expect(page.locator("h1")).to_have_text(words("made"))
    page.click("[data-copy=body]")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.replace("\r\n", "\n") == page.input_value("#body")
    assert "髙橋 花子" in copied
    assert qr_code(page) == page.input_value("#page")
