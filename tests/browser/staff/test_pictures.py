"""The pictures of the clerks' manual show the current pages.

To update them: ``make test-large ARGS="-k pictures"`` with PICTURES=docs/pictures.
"""

import io
import os
import re
from datetime import date
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat
from playwright.sync_api import Locator, Page, expect

from calsvc.settings import Settings
from calsvc.web.staff.job_store import JobStore
from tests.support.browsing import BORN, OpenPage, enter
from tests.support.paths import ROOT
from tests.support.staff import CLERK, EXAMPLE
from tests.support.staff_browsing import send_table, sign_in, wait_until_no_job_is_left, words

PICTURES = ROOT / "docs" / "pictures"
MANUAL = ROOT / "docs" / "staff.ja.md"
SCREEN = {"width": 1000, "height": 900}
COLOURS = 32
THUMBNAIL_SIZE = (48, 48)
MAX_DIFFERENCE = 12
"""Of 255, between two thumbnails. Other fonts and random codes cause smaller differences."""
LOCAL_URL_PATTERN = re.compile(r"http://localhost:\d+")


class Album:
    """Screenshots by name."""

    def __init__(self) -> None:
        self.pictures: dict[str, bytes] = {}

    def take(self, name: str, part: Page | Locator) -> None:
        picture = Image.open(io.BytesIO(part.screenshot(animations="disabled")))
        small = io.BytesIO()
        picture.convert("RGB").quantize(COLOURS).save(small, "PNG", optimize=True)
        self.pictures[f"{name}.png"] = small.getvalue()


def section(page: Page, title: str) -> Locator:
    return page.locator(f"section[aria-labelledby={title}]")


def take_sign_in(page: Page, album: Album) -> None:
    page.goto("/staff?lang=ja")
    page.fill("#name", CLERK)
    album.take("staff-sign-in", page.locator("main"))
    sign_in(page)
    expect(page.locator("h1")).to_have_text(words("title"))
    hint = page.locator("#table-hint")
    default_hint = re.sub(r"\d+ MB", f"{Settings().max_upload_mb} MB", hint.inner_text())
    hint.evaluate("(element, text) => element.textContent = text", default_hint)
    album.take("staff-table", section(page, "many-title"))


def take_table(page: Page, album: Album) -> None:
    send_table(page, EXAMPLE)
    expect(page.locator("h1")).to_have_text(words("sample"))
    album.take("staff-counts", section(page, "counts-title"))
    album.take("staff-faulty", page.locator("fieldset.mend").first)
    album.take("staff-columns", section(page, "columns-title"))
    page.check("#format-letters")
    album.take("staff-formats", page.locator("fieldset.choices").last)
    page.get_by_role("button", name=words("start")).click()
    expect(page.locator("h1")).to_have_text(words("done"))
    album.take("staff-done", page.locator("main"))
    page.get_by_role("button", name=words("remove")).click()


def take_one_resident(page: Page, album: Album) -> None:
    enter(page, "c1-card_expires", date(2030, 4, 23))
    enter(page, "c1-born", BORN)
    album.take("staff-one", page.locator("form .card").first)
    page.fill("#name", "小樽 花子")
    page.get_by_role("button", name=words("one.submit")).last.click()
    expect(page.locator("h1")).to_have_text(words("made"))
    for field in ("#page", "#body"):
        text = LOCAL_URL_PATTERN.sub("https://calendar.example.jp", page.input_value(field))
        page.locator(field).evaluate("(element, text) => element.value = text", text)
    album.take("staff-one-made", page.locator("main"))


def difference(one: bytes, other: bytes) -> float:
    """Return the mean difference of the thumbnails of two pictures, from 0 to 255."""
    thumbnails = [
        Image.open(io.BytesIO(each)).convert("L").resize(THUMBNAIL_SIZE) for each in (one, other)
    ]
    return float(ImageStat.Stat(ImageChops.difference(*thumbnails)).mean[0])


@pytest.mark.large
def test_pictures_of_the_manual_show_the_current_pages(open_page: OpenPage, jobs: JobStore) -> None:
    album = Album()
    page = open_page(viewport=SCREEN)
    take_sign_in(page, album)
    take_table(page, album)
    wait_until_no_job_is_left(jobs)
    take_one_resident(page, album)
    for name, picture in album.pictures.items():
        if "PICTURES" in os.environ:
            Path(os.environ["PICTURES"], name).write_bytes(picture)
        assert difference(picture, (PICTURES / name).read_bytes()) < MAX_DIFFERENCE, name


def test_manual_uses_every_picture() -> None:
    shown = re.findall(r"\]\(pictures/([^)]+)\)", MANUAL.read_text(encoding="utf-8"))
    assert sorted(shown) == sorted(each.name for each in PICTURES.iterdir())
