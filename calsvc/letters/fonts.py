"""Fonts for print: what characters and variant forms they have, and how wide text is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from fontTools.ttLib import TTFont, TTLibError

from calsvc.errors import CalsvcError

BUILT_IN = ("noto_cjk_sans_jp_regular", "NotoSansCJKjp-Regular.otf")
"""Noto Sans CJK JP: it has the characters of all languages that calsvc speaks. Licence: OFL 1.1."""
GETA = "〓"
"""What Japanese printers set where they have no type."""
SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
"""Each chooses a form of the character before it."""
CHARACTER = re.compile(f"(.)([{SELECTORS}]?)", re.DOTALL)
VARIATION_SEQUENCES = 14
"""The format of the part of a character map that has them (OpenType)."""
UNSEEN = re.compile(f"[{SELECTORS}\u200d]")


class BadFontError(CalsvcError):
    """A font file that cannot be used; the message names it."""


@dataclass(frozen=True, eq=False)
class Font:
    """A font file. ``widths``: of each character that it has, in parts of the type size.

    ``variants``: the characters with selectors whose form it has.
    """

    path: Path
    widths: Mapping[str, float] = field(repr=False)
    variants: frozenset[str] = field(repr=False)

    def lacks(self, text: str) -> bool:
        """Returns whether ``text`` cannot be set just as it is."""
        return not self.widths.keys() >= set(text) and self.settable(text) != text

    def lacks_variant(self, text: str) -> bool:
        """Returns whether ``text`` has the characters, but a form that the font lacks."""
        return self.lacks(text) and not self.lacks(UNSEEN.sub("", text))

    def settable(self, text: str) -> str:
        """Returns ``text`` with `GETA` for what the font lacks, and the plain form of variants."""
        if self.widths.keys() >= set(text):
            return text
        return "".join(self._set(*each) for each in CHARACTER.findall(text))

    def _set(self, character: str, selector: str) -> str:
        if selector and character + selector in self.variants:
            return character + selector
        if UNSEEN.fullmatch(character):
            return ""
        return character if character in self.widths else GETA

    def width(self, text: str) -> float:
        """Returns how wide ``text`` is, in parts of the type size."""
        return sum(self.widths.get(char, 1.0) for char in UNSEEN.sub("", text))


NO_FONT = Font(Path(), {}, frozenset())
"""Stands for one that has not been loaded."""


def load(path: str = "") -> Font:
    """Returns the font at ``path``, or the built-in one. Raises `BadFontError`."""
    place = Path(path) if path else Path(str(files(BUILT_IN[0]) / BUILT_IN[1]))
    try:
        with place.open("rb") as file, TTFont(file, lazy=True, fontNumber=0) as font:
            advances, size = font["hmtx"].metrics, font["head"].unitsPerEm
            glyphs = font.getBestCmap().items()
            widths = {chr(char): advances[glyph][0] / size for char, glyph in glyphs}
            variants = frozenset(_variants(font))
    except (OSError, TTLibError) as error:
        raise BadFontError(f"{place}: {error}") from None
    return Font(place, widths, variants)


def _variants(font: TTFont) -> list[str]:
    """Returns the variation sequences of a font's character map (format 14)."""
    tables = (each for each in font["cmap"].tables if each.format == VARIATION_SEQUENCES)
    return [
        chr(character) + chr(selector)
        for table in tables
        for selector, pairs in table.uvsDict.items()
        for character, _ in pairs
    ]
