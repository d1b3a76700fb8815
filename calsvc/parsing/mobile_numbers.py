"""Parses mobile phone numbers of Japan in the forms that tables of offices contain."""

import re
import unicodedata
from typing import NamedTuple

MOBILE_PATTERN = re.compile("0[6-9]0[0-9]{8}")
"""060, 070, 080 or 090 and eight digits. Source: 電気通信番号計画."""
COUNTRY_CODE_PATTERN = re.compile(r"\+?81(?=[6-9]0)")
LOST_ZERO_PATTERN = re.compile("[6-9]0[0-9]{8}")
SEPARATORS_PATTERN = re.compile(r"[\s()\-./\u2010-\u2015\u2212ー]")


class MobileNumber(NamedTuple):
    """A parsed number. ``digits``: eleven, or ''. ``problem_key``: a message key, or ''."""

    digits: str = ""
    problem_key: str = ""


def parse_mobile_number(text: str) -> MobileNumber:
    """Return the number in the cell of a table. A spreadsheet may have removed its first zero."""
    digits = COUNTRY_CODE_PATTERN.sub(
        "0", SEPARATORS_PATTERN.sub("", unicodedata.normalize("NFKC", text)), count=1
    )
    if not digits or MOBILE_PATTERN.fullmatch(digits):
        return MobileNumber(digits)
    if LOST_ZERO_PATTERN.fullmatch(digits):
        return MobileNumber(problem_key="mobile.lost_zero")
    return MobileNumber(problem_key="mobile.malformed")
