"""Computes the part of a folded sheet that the window of an envelope shows.

The sheet can move inside the envelope.
"""

from typing import NamedTuple

A4_WIDTH_MM = 210.0


class Box(NamedTuple):
    """A rectangle, in millimetres from the top left corner."""

    x: float
    y: float
    width: float
    height: float

    def __str__(self) -> str:
        """Return the size and the position, for messages to administrators."""
        return f"{self.width:g}×{self.height:g} at {self.x:g},{self.y:g} mm"

    def contains(self, other: "Box") -> bool:
        """Return True if ``other`` is completely inside this box."""
        return (
            self.x <= other.x
            and self.y <= other.y
            and self.x + self.width >= other.x + other.width
            and self.y + self.height >= other.y + other.height
        )

    def overlaps(self, other: "Box") -> bool:
        """Return True if the boxes overlap."""
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )


class Envelope(NamedTuple):
    """A landscape envelope, in millimetres. ``seam``: the width of the seam at each side."""

    width: float
    height: float
    window: Box
    seam: float = 0


class VisibleAreas(NamedTuple):
    """``always``: visible in every position of the sheet. ``ever``: visible in at least one."""

    always: Box
    ever: Box


def compute_visible_areas(
    envelope: Envelope, sheet_width: float, sheet_height: float
) -> VisibleAreas:
    """Compute the areas of a folded sheet of that size that the window shows.

    Source: Japan Post, zipcode/guideline/05: postal code and address must not leave the window.
    """
    window, seam = envelope.window, envelope.seam
    play_x = envelope.width - 2 * seam - sheet_width
    play_y = envelope.height - 2 * seam - sheet_height
    left, top = window.x - seam, window.y - seam
    return VisibleAreas(
        Box(left, top, window.width - play_x, window.height - play_y),
        Box(left - play_x, top - play_y, window.width + play_x, window.height + play_y),
    )
