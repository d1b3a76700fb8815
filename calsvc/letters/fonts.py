"""Fonts for print: their characters and variant forms, and the width of text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from fontTools.ttLib import TTFont, TTLibError

from calsvc.errors import CalsvcError

BUILT_IN_FONT = ("noto_cjk_sans_jp_regular", "NotoSansCJKjp-Regular.otf")
"""Noto Sans CJK JP. It has the characters of all languages of the catalogs. Licence: OFL 1.1."""
GETA = "〓"
"""The geta mark, which replaces missing characters in Japanese print."""
VARIATION_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
"""Variation selectors. Each selects a form of the character before it."""
CHARACTER_PATTERN = re.compile(f"(.)([{VARIATION_SELECTORS}]?)", re.DOTALL)
VARIATION_SEQUENCES_FORMAT = 14
"""The format of the subtable of ``cmap`` that has variation sequences (OpenType)."""
INVISIBLE_PATTERN = re.compile(f"[{VARIATION_SELECTORS}\u200d]")


class InvalidFontError(CalsvcError):
    """A font file that cannot be used. The message has its path."""


@dataclass(frozen=True, eq=False)
class Font:
    """A font file. ``widths``: the width of each of its characters, in ems.

    ``variants``: its variation sequences (a character and a selector).
    """

    path: Path
    widths: Mapping[str, float] = field(repr=False)
    variants: frozenset[str] = field(repr=False)

    def lacks(self, text: str) -> bool:
        """Return True if ``text`` cannot be printed without replacements."""
        return not self.widths.keys() >= set(text) and self.replace_missing(text) != text

    def lacks_variant(self, text: str) -> bool:
        """Return True if the font has all characters of ``text``, but lacks a variant form."""
        return self.lacks(text) and not self.lacks(INVISIBLE_PATTERN.sub("", text))

    def replace_missing(self, text: str) -> str:
        """Replace missing characters by `GETA`, and missing variant forms by the default form."""
        if self.widths.keys() >= set(text):
            return text
        return "".join(self._printable_form(*pair) for pair in CHARACTER_PATTERN.findall(text))

    def _printable_form(self, character: str, selector: str) -> str:
        if selector and character + selector in self.variants:
            return character + selector
        if INVISIBLE_PATTERN.fullmatch(character):
            return ""
        return character if character in self.widths else GETA

    def width(self, text: str) -> float:
        """Return the width of ``text`` in ems."""
        return sum(self.widths.get(char, 1.0) for char in INVISIBLE_PATTERN.sub("", text))


NO_FONT = Font(Path(), {}, frozenset())
"""The placeholder of a font that is not loaded yet."""


def load_font(path: str = "") -> Font:
    """Load the font at ``path``, or the built-in font if it is ''. Raises `InvalidFontError`."""
    file_path = Path(path) if path else Path(str(files(BUILT_IN_FONT[0]) / BUILT_IN_FONT[1]))
    try:
        with file_path.open("rb") as file, TTFont(file, lazy=True, fontNumber=0) as font:
            advances, size = font["hmtx"].metrics, font["head"].unitsPerEm
            glyphs = font.getBestCmap().items()
            widths = {chr(char): advances[glyph][0] / size for char, glyph in glyphs}
            variants = frozenset(_variation_sequences(font))
    except (OSError, TTLibError) as error:
        raise InvalidFontError(f"{file_path}: {error}") from None
    return Font(file_path, widths, variants)


def _variation_sequences(font: TTFont) -> list[str]:
    """Return all variation sequences in the font's ``cmap``."""
    tables = (each for each in font["cmap"].tables if each.format == VARIATION_SEQUENCES_FORMAT)
    return [
        chr(character) + chr(selector)
        for table in tables
        for selector, pairs in table.uvsDict.items()
        for character, _ in pairs
    ]
