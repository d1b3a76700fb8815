"""Letters to residents: an A4 PDF, a page each, with its font embedded."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from fpdf import FPDF

from calsvc import codes
from calsvc.bulk import fonts
from calsvc.bulk.fonts import Font
from calsvc.bulk.resident_message import Invitation
from calsvc.i18n.catalogs import Catalog

LEFT, RIGHT, TOP = 20.0, 190.0, 25.0
"""Millimetres, from the left and top edges of an A4 page."""
VALUES = 82.0
QR_TOP, QR_SIZE = 212.0, 42.0
FOOT = 268.0
SMALL, PLAIN, LARGE, HEADING = 9.5, 11.0, 14.0, 18.0
"""Type sizes in points."""
LEADING = 1.6
"""From line to line, in type sizes."""
MILLIMETRES = 25.4 / 72
"""In a point."""
FAMILY = "letter"
INK, GREY = 0, 90


@dataclass(frozen=True)
class Letter:
    """What stands in one letter. ``page``: the address that its QR code opens."""

    invited: Invitation
    page: str
    words: Catalog


def pdf(letters: Iterable[Letter], font: Font, made: datetime) -> bytes:
    """The letters, a page each. The same letters and ``made`` give the same bytes."""
    document = _Document(font, made)
    for letter in letters:
        document.add(letter)
    return bytes(document.output())


class _Document(FPDF):
    """A PDF of letters. ``y`` runs downward, in millimetres."""

    def __init__(self, font: Font, made: datetime) -> None:
        super().__init__(format="A4", unit="mm")
        logging.getLogger("fontTools.subset").setLevel(logging.WARNING)
        self._letter_font = font
        self.set_creation_date(made.replace(tzinfo=UTC))
        self.set_auto_page_break(auto=False)
        self.add_font(FAMILY, fname=font.path)

    def add(self, letter: Letter) -> None:
        """Set one letter on a page of its own."""
        self.add_page()
        invited = letter.invited
        self._line(invited.addressee, LEFT, TOP, LARGE)
        self._line(invited.city, self._from_right(invited.city, PLAIN), TOP, PLAIN)
        y = self._heading(invited.heading, TOP + 20)
        y = self._paragraph(invited.opening, y) + 3
        y = self._deadlines(invited.deadlines, y) + 5
        for place in (*invited.places, invited.printed):
            y = self._paragraph(place, y) + 1.5
        self._invite(letter, max(y, QR_TOP))
        self._rule(FOOT)
        self._paragraph(invited.contact, FOOT + 6, SMALL)

    def _heading(self, text: str, y: float) -> float:
        x = (LEFT + RIGHT - self._width(text, HEADING)) / 2
        self._line(text, x, y, HEADING)
        self._rule(y + 4)
        return y + 14

    def _deadlines(self, deadlines: Iterable[tuple[str, str]], y: float) -> float:
        for what, when in deadlines:
            self._rule(y)
            self._line(what, LEFT + 1, y + 6.2, SMALL, GREY)
            self._line(when, VALUES, y + 6.2, PLAIN)
            y += 9
        self._rule(y)
        return y + 4

    def _invite(self, letter: Letter, y: float) -> None:
        width = RIGHT - LEFT - QR_SIZE - 2
        below = y + 12
        for key in ("letter.qr", "letter.private"):
            below = self._paragraph(letter.words.text(key), below, width=width)
        self._code(letter.page, RIGHT - QR_SIZE, y)

    def _code(self, address: str, x: float, y: float) -> None:
        modules, bars = codes.bars(address)
        size = QR_SIZE / (modules + 2 * codes.QUIET_ZONE)
        x, y = x + codes.QUIET_ZONE * size, y + codes.QUIET_ZONE * size
        for row, column, length in bars:
            self.rect(x + column * size, y + row * size, length * size, size, style="F")

    def _paragraph(
        self, text: str, y: float, size: float = PLAIN, width: float = RIGHT - LEFT
    ) -> float:
        """Set ``text`` with its first baseline at ``y``; returns where the next one comes."""
        for line in fonts.lines(text, self._letter_font, width / (size * MILLIMETRES)):
            self._line(line, LEFT, y, size)
            y += size * MILLIMETRES * LEADING
        return y

    def _line(self, text: str, x: float, y: float, size: float, grey: int = INK) -> None:
        self.set_font(FAMILY, size=size)
        self.set_text_color(grey)
        self.text(x, y, self._letter_font.settable(text))

    def _rule(self, y: float) -> None:
        self.set_line_width(0.15)
        self.line(LEFT, y, RIGHT, y)

    def _from_right(self, text: str, size: float) -> float:
        return RIGHT - self._width(text, size)

    def _width(self, text: str, size: float) -> float:
        return self._letter_font.width(self._letter_font.settable(text)) * size * MILLIMETRES
