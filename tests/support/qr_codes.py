"""Decodes QR codes from pictures."""

from PIL import Image
from pyzbar.pyzbar import ZBarSymbol, decode


def read_code(picture: Image.Image) -> str:
    """Return the text of the only QR code in ``picture``."""
    (code,) = decode(picture, symbols=[ZBarSymbol.QRCODE])
    return str(code.data, "ascii")
