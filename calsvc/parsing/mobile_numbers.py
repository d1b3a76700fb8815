"""Reads mobile phone numbers of Japan, as offices keep them."""

import re
import unicodedata
from typing import NamedTuple

MOBILE = re.compile("0[6-9]0[0-9]{8}")
"""電気通信番号計画: 060, 070, 080 and 090 with eight digits more."""
ABROAD = re.compile(r"\+?81(?=[6-9]0)")
LOST_ZERO = re.compile("[6-9]0[0-9]{8}")
SEPARATORS = re.compile(r"[\s()\-./\u2010-\u2015\u2212ー]")


class MobileNumber(NamedTuple):
    """``digits``: eleven, or ''. ``fault``: the key of what is wrong, or ''."""

    digits: str = ""
    fault: str = ""


def read_mobile_number(text: str) -> MobileNumber:
    """Return the number in the cell of a table."""
    digits = ABROAD.sub("0", SEPARATORS.sub("", unicodedata.normalize("NFKC", text)), count=1)
    if not digits or MOBILE.fullmatch(digits):
        return MobileNumber(digits)
    if LOST_ZERO.fullmatch(digits):
        return MobileNumber(fault="mobile.lost_zero")
    return MobileNumber(fault="mobile.malformed")
