"""QR codes, read back from their pictures."""

import io
import re

import pytest
from PIL import Image
from pyzbar.pyzbar import ZBarSymbol, decode

from calsvc import codes

URL = "https://calendar.example.jp"
PAGE = f"{URL}/c/1{'Ab0-_' * 12}"
HOUSEHOLD = f"{URL}/c/1{'Ab0-_' * 200}"
ADDRESSES = (URL, PAGE, HOUSEHOLD)
ZONE = codes.QUIET_ZONE


def read_code(picture: Image.Image) -> str:
    (found,) = decode(picture, symbols=[ZBarSymbol.QRCODE])
    return str(found.data, "ascii")


def read_modules(modules: Image.Image) -> str:
    """Read a picture that has one pixel a module."""
    size = (modules.width * 4, modules.height * 4)
    return read_code(modules.resize(size, Image.Resampling.NEAREST))


def painted(drawing: str, width: int) -> Image.Image:
    """Paint the path of a drawing, which has only lines to the right, and moves."""
    picture = Image.new("L", (width, width), 255)
    (path,) = re.findall(r'<path stroke="#000" d="([^"]+)"/>', drawing)
    x = y = 0
    for command, first, second in re.findall(r"([Mmh])([0-9]+)(?: ([0-9.]+))?", path):
        if command == "M":
            x, y = int(first), int(float(second))
            continue
        if command == "h":
            picture.paste(0, (x, y, x + int(first), y + 1))
        x += int(first)
    return picture


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_png_file_is_read_as_its_address(address: str) -> None:
    picture = Image.open(io.BytesIO(codes.png(address))).convert("L")
    modules, _ = codes.bars(address)
    assert picture.width == picture.height == codes.MODULE_PIXELS * (modules + 2 * ZONE)
    assert read_code(picture) == address


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_drawing_is_read_as_its_address(address: str) -> None:
    width, drawing = codes.drawing(address)
    picture = painted(drawing, width)
    assert read_modules(picture) == address
    box = picture.point(lambda shade: 255 - shade).getbbox()
    assert box == (ZONE, ZONE, width - ZONE, width - ZONE)


def test_a_svg_file_holds_the_drawing() -> None:
    file = codes.svg(PAGE).decode()
    assert file.startswith("<?xml")
    assert codes.drawing(PAGE)[1] in file


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_code_says_that_its_error_correction_is_level_m(address: str) -> None:
    # The first two modules of the format information are 00 for level M, masked with 10.
    _, bars = codes.bars(address)
    dark = {(row, x) for row, column, length in bars for x in range(column, column + length)}
    assert ((8, 0) in dark, (8, 1) in dark) == (True, False)


def test_bars_are_the_dark_runs_of_the_code() -> None:
    modules, bars = codes.bars(URL)
    picture = Image.new("L", (modules + 2 * ZONE, modules + 2 * ZONE), 255)
    for row, column, length in bars:
        picture.paste(0, (column + ZONE, row + ZONE, column + ZONE + length, row + ZONE + 1))
    assert read_modules(picture) == URL


def test_a_drawing_of_a_page_is_small() -> None:
    assert len(codes.drawing(PAGE)[1]) < 4_500
