"""The customer barcode of Japan Post: codes and bars of an address.

Source: 郵便番号マニュアル (zipmanual) p. 11 to 25. Rules and additions have the numbers of p. 19.
"""

import re
import unicodedata
from collections.abc import Sequence

DIGITS = {character: value for value, character in enumerate("〇一二三四五六七八九")} | {"零": 0}
UNITS = {"十": 10, "百": 100, "千": 1000}
NUMERAL = "".join((*DIGITS, *UNITS))
BEFORE = "丁目|丁|番地|番|号|地割|線|の|ノ"
"""Words after a kanji number. A kanji number before any other text is not converted."""
HYPHENS = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212ｰ\u208b\u207b", "-")
)
CODES = 20
"""Number of digits, hyphens and control codes between start and check code."""
CONTROL = {f"CC{number}": 10 + number for number in range(1, 9)}
CHECK_MODULUS = 19
_BARS_OF_DIGITS = ("144", "114", "132", "312", "123", "141", "321", "213", "231", "411")
_BARS_OF_CONTROL = ("324", "342", "234", "432", "243", "423", "441", "111")
BARS = {
    **dict(zip("0123456789", _BARS_OF_DIGITS, strict=True)),
    "-": "414",
    **dict(zip(CONTROL, _BARS_OF_CONTROL, strict=True)),
    **{"STC": "13", "SPC": "31"},
}
"""The bars of each code: 1 long, 2 upper half, 3 lower half, 4 short."""
HEIGHTS = {"1": (0, 6), "2": (0, 4), "3": (2, 6), "4": (2, 4)}
"""Top and bottom of each kind of bar, in `HEIGHT_UNITS`."""
HEIGHT_UNITS = 6
UNIT_MM_PER_POINT = 0.06
"""The width in mm of a bar, and of a gap, for each point of the barcode's size."""


def display_number(behind_town: str) -> str:
    """Compute the 住所表示番号: the part of the address after the town that the barcode encodes."""
    text = unicodedata.normalize("NFKC", behind_town).upper().translate(HYPHENS)  # rule 1
    text = re.sub(r"(?<=[0-9A-Z])ー(?=[0-9A-Z])", "-", text)
    text = re.sub(r"[&/・.]", "", text)  # rule 2
    text = re.sub(rf"([{NUMERAL}]+)(?={BEFORE})", lambda found: _number(found[1]), text)
    text = re.sub(r"[A-Z]{2,}", " ", text)  # rule 3
    text = re.sub(r"(?<=[0-9])F(?![A-Z])", " ", text)  # additions 2 and 3: a floor
    text = re.sub(r"[^0-9A-Z-]", "-", text)  # rule 4
    text = re.sub(r"-+", "-", text).strip("-")  # rules 5 and 6
    return re.sub(r"-?([A-Z])-?", r"\1", text)  # additions 4 and 5


def _number(kanji: str) -> str:
    """Convert a kanji number into digits: 二十三 and 二三 are both 23 (addition 1)."""
    if not any(each in UNITS for each in kanji):
        return str(int("".join(str(DIGITS[each]) for each in kanji)))
    total = held = 0
    for each in kanji:
        if each in UNITS:
            total, held = total + (held or 1) * UNITS[each], 0
        else:
            held = held * 10 + DIGITS[each]
    return str(total + held)


def codes(postcode: str, display: str) -> Sequence[str]:
    """Compute the codes from start to stop.

    ``postcode``: seven digits. ``display``: from `display_number`.
    """
    taken = [*postcode, *(code for each in display for code in _codes_of(each))]
    taken = (taken + ["CC4"] * CODES)[:CODES]
    check = -sum(map(_value, taken)) % CHECK_MODULUS
    return ["STC", *taken, _code_of(check), "SPC"]


def _codes_of(character: str) -> Sequence[str]:
    if "A" <= character <= "Z":
        place = ord(character) - ord("A")
        return f"CC{place // 10 + 1}", str(place % 10)
    return (character,)


def _value(code: str) -> int:
    if code == "-":
        return 10
    return CONTROL[code] if code in CONTROL else int(code)


def _code_of(value: int) -> str:
    return next(code for code in BARS if code not in {"STC", "SPC"} and _value(code) == value)


def drawing(sequence: Sequence[str]) -> str:
    """Draw the bars of codes as an SVG picture with a height of `HEIGHT_UNITS`."""
    bars = "".join(BARS[code] for code in sequence)
    width = 2 * len(bars) - 1
    lines = "".join(
        f"M{2 * place}.5 {top}V{bottom}"
        for place, (top, bottom) in enumerate(HEIGHTS[each] for each in bars)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT_UNITS}">'
        f'<path stroke="#000" d="{lines}"/></svg>'
    )


def has_barcode(postcode: str) -> bool:
    """Return True if a postal code may have a barcode. Codes that end in 00 may not (p. 18)."""
    return bool(postcode) and not postcode.endswith("00")
