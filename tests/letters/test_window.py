"""The window of an envelope, and a sheet that slides behind it."""

import pytest

from calsvc.letters.layout import DEFAULT_LENGTHS
from calsvc.letters.window import Box, Envelope, compute_visible_areas

RECOMMENDED = Envelope(235, 120, Box(20, 15, 100, 55))


@pytest.mark.parametrize(
    ("envelope", "always", "ever"),
    [
        (RECOMMENDED, Box(20, 15, 75, 34), Box(-5, -6, 125, 76)),
        (Envelope(235, 120, Box(20, 15, 90, 45)), Box(20, 15, 65, 24), Box(-5, -6, 115, 66)),
        (Envelope(235, 105, Box(20, 15, 90, 45)), Box(20, 15, 65, 39), Box(-5, 9, 115, 51)),
        (Envelope(235, 120, Box(20, 15, 90, 55), 2), Box(18, 13, 69, 38), Box(-3, -4, 111, 72)),
    ],
)
def test_visible_areas_depend_on_the_play_of_the_sheet(
    envelope: Envelope, always: Box, ever: Box
) -> None:
    assert compute_visible_areas(envelope, 210, 99) == (always, ever)


@pytest.mark.parametrize("right", [0, 12.5, 25])
@pytest.mark.parametrize("down", [0, 10.5, 21])
def test_address_is_visible_at_every_position_of_the_sheet(right: float, down: float) -> None:
    address = Box(*(DEFAULT_LENGTHS[f"address-{part}"] for part in ("x", "y", "width", "height")))
    slid = address._replace(x=address.x + right, y=address.y + down)
    assert RECOMMENDED.window.contains(slid)


@pytest.mark.parametrize("right", [0, 12.5, 25])
@pytest.mark.parametrize("down", [0, 10.5, 21])
def test_sender_is_never_visible_in_the_window(right: float, down: float) -> None:
    sender = Box(*(DEFAULT_LENGTHS[f"sender-{part}"] for part in ("x", "y", "width", "height")))
    slid = sender._replace(x=sender.x + right, y=sender.y + down)
    assert not RECOMMENDED.window.overlaps(slid)
