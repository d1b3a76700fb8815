"""Where the parts of a letter stand on the sheet, in millimetres from its top left corner."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from calsvc.i18n.catalogs import get_catalog
from calsvc.i18n.languages import DEFAULT_LANGUAGE
from calsvc.letters.compiler import NUMBER, Sheet
from calsvc.letters.fonts import NO_FONT, Font

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


PLAIN_SHEET = Sheet(NO_FONT, NO_SENDER, LENGTHS)
"""The sheet of a city that has not said anything."""


def sheet_of_run(sheet: Sheet, font: Font, dated: date, number: str = "", also: str = "") -> Sheet:
    """Returns ``sheet`` for letters of that date. ``also``: a second language, or ''.

    ``number``: of the document. A line that asks for it is left out where there is none.
    """
    form = "" if sheet.asks_number and not number else sheet.number_form
    city = {**sheet.city, "date": era_date(dated), "number": form.replace(NUMBER, number)}
    return replace(sheet, font=font, city=city, also=also)


def era_date(day: date) -> str:
    """Returns ``day`` as offices date letters."""
    year = get_catalog(DEFAULT_LANGUAGE).year_in_era(day.year)
    return f"{year}年{day.month}月{day.day}日"
