"""QR codes, decoded from their pictures."""

import io
import re

import pytest
from PIL import Image

from calsvc import qr_codes
from tests.support.qr_codes import read_code

URL = "https://calendar.example.jp"
PAGE = f"{URL}/c/1{'Ab0-_' * 12}"
HOUSEHOLD = f"{URL}/c/1{'Ab0-_' * 200}"
URLS = (URL, PAGE, HOUSEHOLD)
ZONE = qr_codes.QUIET_ZONE


def read_modules(modules: Image.Image) -> str:
    """Read a picture that has one pixel a module."""
    size = (modules.width * 4, modules.height * 4)
    return read_code(modules.resize(size, Image.Resampling.NEAREST))


def paint(paths: str, width: int) -> Image.Image:
    """Paint the path of a paths, which has only lines to the right, and moves."""
    picture = Image.new("L", (width, width), 255)
    (path,) = re.findall(r'<path stroke="#000" d="([^"]+)"/>', paths)
    x = y = 0
    for command, first, second in re.findall(r"([Mmh])([0-9]+)(?: ([0-9.]+))?", path):
        if command == "M":
            x, y = int(first), int(float(second))
            continue
        if command == "h":
            picture.paste(0, (x, y, x + int(first), y + 1))
        x += int(first)
    return picture


@pytest.mark.parametrize("url", URLS)
def test_a_png_file_is_read_as_its_url(url: str) -> None:
    picture = Image.open(io.BytesIO(qr_codes.draw_png(url))).convert("L")
    modules, _ = qr_codes.find_dark_runs(url)
    assert picture.width == picture.height == qr_codes.MODULE_PIXELS * (modules + 2 * ZONE)
    assert read_code(picture) == url


@pytest.mark.parametrize("url", URLS)
def test_svg_paths_are_read_as_their_url(url: str) -> None:
    width, paths = qr_codes.draw_svg_paths(url)
    picture = paint(paths, width)
    assert read_modules(picture) == url
    box = picture.point(lambda shade: 255 - shade).getbbox()
    assert box == (ZONE, ZONE, width - ZONE, width - ZONE)


def test_a_svg_file_contains_the_paths() -> None:
    file = qr_codes.draw_svg(PAGE).decode()
    assert file.startswith("<?xml")
    assert qr_codes.draw_svg_paths(PAGE)[1] in file


@pytest.mark.parametrize("url", URLS)
def test_a_code_has_error_correction_level_m(url: str) -> None:
    # The first two modules of the format information are 00 for level M, masked with 10.
    _, runs = qr_codes.find_dark_runs(url)
    dark = {(row, x) for row, column, length in runs for x in range(column, column + length)}
    assert ((8, 0) in dark, (8, 1) in dark) == (True, False)


def test_dark_runs_cover_the_dark_modules() -> None:
    modules, runs = qr_codes.find_dark_runs(URL)
    picture = Image.new("L", (modules + 2 * ZONE, modules + 2 * ZONE), 255)
    for row, column, length in runs:
        picture.paste(0, (column + ZONE, row + ZONE, column + ZONE + length, row + ZONE + 1))
    assert read_modules(picture) == URL


def test_the_svg_paths_of_a_page_url_are_short() -> None:
    assert len(qr_codes.draw_svg_paths(PAGE)[1]) < 4_500
