"""Where the parts of a letter stand on the sheet, in millimetres from its top left corner."""

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
"""For an envelope of 235 by 120. Its window is 100 by 55, 20 from the left and 15 from the top."""
NO_SENDER: Mapping[str, Any] = {
    **{"number": "", "date": "", "sender": "", "seal": "", "lines": []},
    **{"logo": None, "logo-alt": ""},
}
"""What a letter says of its sender if the city has not said anything."""


def plain_sheet(font: Font) -> Sheet:
    """Returns the sheet of a city that has not said anything."""
    return Sheet(font, NO_SENDER, LENGTHS)
