"""QR codes, read back from their pictures."""

import io

from PIL import Image
from pyzbar.pyzbar import ZBarSymbol, decode

from calsvc import codes

URL = "https://calendar.example.jp"
PAGE = f"{URL}/c/1{'Ab0-_' * 12}"


def read_code(picture: Image.Image) -> str:
    (found,) = decode(picture, symbols=[ZBarSymbol.QRCODE])
    return str(found.data, "ascii")


def test_codes_are_made_as_png_and_svg() -> None:
    assert read_code(Image.open(io.BytesIO(codes.png(PAGE))).convert("L")) == PAGE
    assert codes.svg(PAGE).startswith(b"<?xml")


def test_bars_are_the_dark_runs_of_the_code() -> None:
    modules, bars = codes.bars(URL)
    picture = Image.new("L", (modules + 8, modules + 8), 255)
    for row, column, length in bars:
        picture.paste(0, (column + 4, row + 4, column + 4 + length, row + 5))
    assert read_code(picture.resize((400, 400), Image.Resampling.NEAREST)) == URL
