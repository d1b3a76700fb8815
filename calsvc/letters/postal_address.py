"""Reads the postal code and the address lines of a resident, as offices keep them."""

import re
import unicodedata
from typing import NamedTuple

POSTCODE = re.compile("[0-9]{7}")
LOST_ZERO = re.compile("[0-9]{6}")
SEPARATORS = re.compile(r"[\s〒\-\u2010-\u2015\u2212ー]")


class PostalAddress(NamedTuple):
    """An address in Japan. ``postcode``: seven digits, or ''. ``lines``: none if it is not known.

    ``behind_town``: what follows the town, for the customer barcode. ``fault``: the key of what is
    wrong, or ''.
    """

    postcode: str = ""
    lines: tuple[str, ...] = ()
    behind_town: str = ""
    fault: str = ""

    @property
    def printed_postcode(self) -> str:
        """Returns the postal code with its hyphen, or ''."""
        return f"{self.postcode[:3]}-{self.postcode[3:]}" if self.postcode else ""

    @property
    def is_complete(self) -> bool:
        """Returns whether a letter can be posted to it."""
        return bool(self.postcode and self.lines)


def read_postal_address(
    postcode: str, address: str, building: str = "", behind_town: str = ""
) -> PostalAddress:
    """Returns the address in cells of a table, each without line breaks."""
    digits = SEPARATORS.sub("", unicodedata.normalize("NFKC", postcode))
    lines = tuple(filter(None, (address, building)))
    if not digits or POSTCODE.fullmatch(digits):
        return PostalAddress(digits, lines, behind_town)
    fault = "postcode.lost_zero" if LOST_ZERO.fullmatch(digits) else "postcode.malformed"
    return PostalAddress("", lines, behind_town, fault)
