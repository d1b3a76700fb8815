"""The customer barcode of Japan Post: codes and bars of an address.

Source: 郵便番号マニュアル (zipmanual) p. 11 to 25. Rules and additions have the numbers of p. 19.
"""

import re
import unicodedata
from collections.abc import Sequence

KANJI_DIGITS = {character: value for value, character in enumerate("〇一二三四五六七八九")} | {
    "零": 0
}
KANJI_UNITS = {"十": 10, "百": 100, "千": 1000}
KANJI_NUMERALS = "".join((*KANJI_DIGITS, *KANJI_UNITS))
WORDS_AFTER_NUMBER = "丁目|丁|番地|番|号|地割|線|の|ノ"
"""Words after a kanji number. A kanji number before any other text is not converted."""
KANJI_NUMBER_PATTERN = re.compile(rf"([{KANJI_NUMERALS}]+)(?={WORDS_AFTER_NUMBER})")
HYPHEN_TABLE = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212ｰ\u208b\u207b", "-")
)
CODE_COUNT = 20
"""Number of digits, hyphens and control codes between start and check code."""
CONTROL_CODE_VALUES = {f"CC{number}": 10 + number for number in range(1, 9)}
CHECK_MODULUS = 19
_BARS_OF_DIGITS = ("144", "114", "132", "312", "123", "141", "321", "213", "231", "411")
_BARS_OF_CONTROL = ("324", "342", "234", "432", "243", "423", "441", "111")
BARS_BY_CODE = {
    **dict(zip("0123456789", _BARS_OF_DIGITS, strict=True)),
    "-": "414",
    **dict(zip(CONTROL_CODE_VALUES, _BARS_OF_CONTROL, strict=True)),
    **{"STC": "13", "SPC": "31"},
}
"""The bars of each code: 1 long, 2 upper half, 3 lower half, 4 short."""
BAR_TOP_AND_BOTTOM = {"1": (0, 6), "2": (0, 4), "3": (2, 6), "4": (2, 4)}
"""Top and bottom of each kind of bar, in `HEIGHT_UNITS`."""
HEIGHT_UNITS = 6
UNIT_MM_PER_POINT = 0.06
"""The width in mm of a bar, and of a gap, for each point of the barcode's size."""


def compute_display_number(behind_town: str) -> str:
    """Compute the 住所表示番号: the part of the address after the town that the barcode encodes."""
    text = unicodedata.normalize("NFKC", behind_town).upper().translate(HYPHEN_TABLE)  # rule 1
    text = re.sub(r"(?<=[0-9A-Z])ー(?=[0-9A-Z])", "-", text)
    text = re.sub(r"[&/・.]", "", text)  # rule 2
    text = KANJI_NUMBER_PATTERN.sub(lambda match: _convert_number(match[1]), text)
    text = re.sub(r"[A-Z]{2,}", " ", text)  # rule 3
    text = re.sub(r"(?<=[0-9])F(?![A-Z])", " ", text)  # additions 2 and 3: a floor
    text = re.sub(r"[^0-9A-Z-]", "-", text)  # rule 4
    text = re.sub(r"-+", "-", text).strip("-")  # rules 5 and 6
    return re.sub(r"-?([A-Z])-?", r"\1", text)  # additions 4 and 5


def _convert_number(kanji: str) -> str:
    """Convert a kanji number into digits: 二十三 and 二三 are both 23 (addition 1)."""
    if not any(character in KANJI_UNITS for character in kanji):
        return str(int("".join(str(KANJI_DIGITS[character]) for character in kanji)))
    total = digits = 0
    for character in kanji:
        if character in KANJI_UNITS:
            total, digits = total + (digits or 1) * KANJI_UNITS[character], 0
        else:
            digits = digits * 10 + KANJI_DIGITS[character]
    return str(total + digits)


def compute_codes(postcode: str, display: str) -> Sequence[str]:
    """Compute the codes from start to stop.

    ``postcode``: seven digits. ``display``: from `compute_display_number`.
    """
    codes = [*postcode, *(code for each in display for code in _codes_of_character(each))]
    codes = (codes + ["CC4"] * CODE_COUNT)[:CODE_COUNT]
    check = -sum(map(_value_of_code, codes)) % CHECK_MODULUS
    return ["STC", *codes, _code_of_value(check), "SPC"]


def _codes_of_character(character: str) -> Sequence[str]:
    if "A" <= character <= "Z":
        index = ord(character) - ord("A")
        return f"CC{index // 10 + 1}", str(index % 10)
    return (character,)


def _value_of_code(code: str) -> int:
    if code == "-":
        return 10
    return CONTROL_CODE_VALUES[code] if code in CONTROL_CODE_VALUES else int(code)


def _code_of_value(value: int) -> str:
    return next(
        code
        for code in BARS_BY_CODE
        if code not in {"STC", "SPC"} and _value_of_code(code) == value
    )


def draw_svg(codes: Sequence[str]) -> str:
    """Draw the bars of codes as an SVG picture with a height of `HEIGHT_UNITS`."""
    bars = "".join(BARS_BY_CODE[code] for code in codes)
    width = 2 * len(bars) - 1
    lines = "".join(
        f"M{2 * index}.5 {top}V{bottom}"
        for index, (top, bottom) in enumerate(BAR_TOP_AND_BOTTOM[each] for each in bars)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT_UNITS}">'
        f'<path stroke="#000" d="{lines}"/></svg>'
    )


def may_have_barcode(postcode: str) -> bool:
    """Return True if a postal code may have a barcode. Codes that end in 00 may not (p. 18)."""
    return bool(postcode) and not postcode.endswith("00")
