"""Fonts for print: what characters they have, how wide text is, and where its lines may end."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from fontTools.ttLib import TTFont, TTLibError

from calsvc.errors import CalsvcError

BUILT_IN = ("noto_cjk_sans_jp_regular", "NotoSansCJKjp-Regular.otf")
"""Noto Sans CJK JP: it has the characters of all languages that calsvc speaks. Licence: OFL 1.1."""
GETA = "〓"
"""What Japanese printers set where they have no type."""
VARIATION = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef\u200d]")
"""What chooses among the forms of the character before it."""

_OPENING = re.escape("「『([{〈《【〔") + "\u2018\u201c\uff08\uff3b\uff5b"
_CLOSING = (
    re.escape("、。・」』)]}〉》】〕,.:;!?%ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々〜")
    + "\u2019\u201d\uff01\uff09\uff0c\uff0e\uff1a\uff1b\uff1f\uff3d\uff5d\uff5e"
)
_ALONE = "\u3000-\u30ff\u3400-\u9fff\uff00-\uffef\U00020000-\U0003ffff"
UNIT = re.compile(
    rf"[{_OPENING}]*(?:[{_ALONE}]|[^\s{_OPENING}{_ALONE}]+|.)[{_CLOSING}]*\s*", re.DOTALL
)
"""What a line break must not part: words, and Japanese characters with their punctuation."""


class BadFontError(CalsvcError):
    """A font file that cannot be used; the message names it."""


@dataclass(frozen=True, eq=False)
class Font:
    """A font file. ``widths``: of each character that it has, in parts of the type size."""

    path: Path
    widths: Mapping[str, float]

    def lacks(self, text: str) -> bool:
        """Whether ``text`` cannot be set just as it is."""
        return not self.widths.keys() >= set(text)

    def settable(self, text: str) -> str:
        """``text`` with `GETA` for what the font lacks, and without choices of variant forms."""
        if not self.lacks(text):
            return text
        plain = VARIATION.sub("", text)
        return "".join(char if char in self.widths else GETA for char in plain)

    def width(self, text: str) -> float:
        """How wide ``text`` is, in parts of the type size."""
        return sum(self.widths.get(char, 1.0) for char in text)


def load(path: str = "") -> Font:
    """The font at ``path``, or the built-in one. Raises `BadFontError`."""
    place = Path(path) if path else Path(str(files(BUILT_IN[0]) / BUILT_IN[1]))
    try:
        with place.open("rb") as file, TTFont(file, lazy=True, fontNumber=0) as font:
            advances, size = font["hmtx"].metrics, font["head"].unitsPerEm
            glyphs = font.getBestCmap().items()
            widths = {chr(char): advances[glyph][0] / size for char, glyph in glyphs}
    except (OSError, TTLibError) as error:
        raise BadFontError(f"{place}: {error}") from None
    return Font(place, widths)


@lru_cache(maxsize=1024)
def lines(text: str, font: Font, ems: float) -> tuple[str, ...]:
    """``text`` in lines at most ``ems`` type sizes wide, broken where its language allows."""
    return tuple(_lines(font.settable(text), font, ems))


def _lines(text: str, font: Font, ems: float) -> Iterator[str]:
    line, width = "", 0.0
    for unit in UNIT.findall(text):
        if line and width + font.width(unit.rstrip()) > ems:
            yield line.rstrip()
            line, width = "", 0.0
        line += unit
        width += font.width(unit)
    yield line.rstrip()
