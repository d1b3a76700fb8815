"""Positions and sizes of the parts of a letter, in millimetres from the top left corner."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from calsvc.i18n.catalogs import get_catalog
from calsvc.i18n.languages import DEFAULT_LANGUAGE
from calsvc.letters.compiler import NUMBER_PLACEHOLDER, LetterSheet
from calsvc.letters.fonts import NO_FONT, Font

DEFAULT_LENGTHS: Mapping[str, float] = {
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


PLAIN_SHEET = LetterSheet(NO_FONT, EMPTY_SENDER, DEFAULT_LENGTHS)
"""The sheet of a municipality without a settings file."""


def build_run_sheet(
    sheet: LetterSheet, font: Font, dated: date, number: str = "", also: str = ""
) -> LetterSheet:
    """Build the sheet for the letters of a run. ``also``: the second language, or ''.

    ``dated``: the date on the letters. ``number``: the document number, or ''. Without one, a line
    for it is left out.
    """
    form = "" if sheet.needs_number and not number else sheet.number_form
    city = {
        **sheet.city,
        "date": format_era_date(dated),
        "number": form.replace(NUMBER_PLACEHOLDER, number),
    }
    return replace(sheet, font=font, city=city, also=also, dated=dated)


def format_era_date(day: date) -> str:
    """Format ``day`` with the year of the era, as offices date their letters."""
    year = get_catalog(DEFAULT_LANGUAGE).format_era_year(day.year)
    return f"{year}年{day.month}月{day.day}日"
