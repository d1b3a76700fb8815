"""Positions and sizes of the parts of a letter, in millimetres from the top left corner."""

from collections.abc import Mapping
from typing import Any

from calsvc.letters.compiler import Sheet
from calsvc.letters.fonts import Font

LENGTHS: Mapping[str, float] = {
    "address-x": 23,
    "address-y": 17,
    "address-width": 70,
    "address-height": 30,
    "barcode-height": 3.06,
    "sender-x": 122,
    "sender-y": 14,
    "sender-width": 66,
    "sender-height": 54,
    "left": 25,
    "right": 22,
    "body": 99,
    "foot": 266,
    "qr": 30,
    "fold-1": 99,
    "fold-2": 198,
}
"""Lengths for an envelope of 235 × 120. Its window of 100 × 55 is at 20 from left, 15 from top."""
EMPTY_SENDER: Mapping[str, Any] = {
    **{"number": "", "date": "", "sender": "", "seal": "", "lines": []},
    **{"logo": None, "logo-alt": ""},
}
"""The data of the sender without a settings file."""


def plain_sheet(font: Font) -> Sheet:
    """Build the sheet of a municipality without a settings file."""
    return Sheet(font, EMPTY_SENDER, LENGTHS)
