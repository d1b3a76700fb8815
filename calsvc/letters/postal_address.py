"""Postal addresses of residents, from the columns of a table."""

import re
import unicodedata
from typing import NamedTuple

POSTCODE_PATTERN = re.compile("[0-9]{7}")
LOST_ZERO_PATTERN = re.compile("[0-9]{6}")
SEPARATORS_PATTERN = re.compile(r"[\s〒\-\u2010-\u2015\u2212ー]")


class PostalAddress(NamedTuple):
    """An address in Japan. ``postcode``: seven digits, or ''. ``lines``: empty if unknown.

    ``behind_town``: the part after the town, for the customer barcode. ``fault``: the key of the
    error message, or ''.
    """

    postcode: str = ""
    lines: tuple[str, ...] = ()
    behind_town: str = ""
    fault: str = ""

    @property
    def printed_postcode(self) -> str:
        """The postal code with its hyphen, or ''."""
        return f"{self.postcode[:3]}-{self.postcode[3:]}" if self.postcode else ""

    @property
    def is_complete(self) -> bool:
        """True if a letter can be sent to this address."""
        return bool(self.postcode and self.lines)


def parse_postal_address(
    postcode: str, address: str, building: str = "", behind_town: str = ""
) -> PostalAddress:
    """Parse the address from cells of a table, which must have no line breaks."""
    digits = SEPARATORS_PATTERN.sub("", unicodedata.normalize("NFKC", postcode))
    lines = tuple(filter(None, (address, building)))
    if not digits or POSTCODE_PATTERN.fullmatch(digits):
        return PostalAddress(digits, lines, behind_town)
    fault = "postcode.lost_zero" if LOST_ZERO_PATTERN.fullmatch(digits) else "postcode.malformed"
    return PostalAddress("", lines, behind_town, fault)
