"""Bytes with slots: filled wherever the placeholder stood, also across a fold."""

import pytest

from calsvc.feed.bytes_template import Stencil


@pytest.mark.parametrize(
    ("folded", "expected"),
    [
        (b"on 1111.", b"on 2030."),
        (b"1111 and 1111", b"2030 and 2030"),
        (b"on 11\r\n 11.", b"on 20\r\n 30."),
        (b"1\r\n 1\r\n 1\r\n 1", b"2\r\n 0\r\n 3\r\n 0"),
        (b"on 111.", b"on 111."),
    ],
)
def test_a_slot_is_filled_also_across_a_fold(folded: bytes, expected: bytes) -> None:
    assert b"".join(Stencil(folded, [b"1111"]).fill([b"2030"])) == expected


def test_each_slot_gets_its_own_value() -> None:
    stencil = Stencil(b"from 1111 to 2222, again 11\r\n 11", [b"1111", b"2222"])
    assert b"".join(stencil.fill([b"2030", b"2031"])) == b"from 2030 to 2031, again 20\r\n 30"


def test_a_line_slot_takes_a_value_of_another_width() -> None:
    stencil = Stencil(b"A:1111\r\nNAME\r\n", [b"1111"], [b"NAME\r\n"])
    assert b"".join(stencil.fill([b"2030", b"X:y\r\n "])) == b"A:2030\r\nX:y\r\n "
    assert b"".join(stencil.fill([b"2030", b""])) == b"A:2030\r\n"


def test_a_line_slot_is_not_found_across_a_fold() -> None:
    stencil = Stencil(b"1111 NA\r\n ME", [b"1111"], [b"NAME"])
    assert b"".join(stencil.fill([b"2030", b"Hana"])) == b"2030 NA\r\n ME"


def test_a_stencil_can_be_filled_again() -> None:
    stencil = Stencil(b"on 1111.", [b"1111"])
    first, second = stencil.fill([b"2030"]), stencil.fill([b"2031"])
    assert (b"".join(first), b"".join(second)) == (b"on 2030.", b"on 2031.")
