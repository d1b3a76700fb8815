"""Bytes with slots: filled wherever the placeholder stood, also across a fold."""

import pytest
from icalendar.parser import Contentline

from calsvc.feed.bytes_template import BytesTemplate, count_octets_before, fold


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
    assert BytesTemplate.cut(folded, [b"1111"]).render([b"2030"]) == expected


def test_each_slot_gets_its_own_value() -> None:
    template = BytesTemplate.cut(b"from 1111 to 2222, again 11\r\n 11", [b"1111", b"2222"])
    assert template.render([b"2030", b"2031"]) == b"from 2030 to 2031, again 20\r\n 30"


def test_a_line_slot_accepts_a_value_of_another_width() -> None:
    template = BytesTemplate.cut(b"A:1111\r\nNAME\r\n", [b"1111"], [b"NAME\r\n"])
    assert template.render([b"2030", b"X:y\r\n "]) == b"A:2030\r\nX:y\r\n "
    assert template.render([b"2030", b""]) == b"A:2030\r\n"


def test_a_line_slot_is_not_found_across_a_fold() -> None:
    template = BytesTemplate.cut(b"1111 NA\r\n ME", [b"1111"], [b"NAME"])
    assert template.render([b"2030", b"Hana"]) == b"2030 NA\r\n ME"


def test_a_template_can_be_filled_again() -> None:
    template = BytesTemplate.cut(b"on 1111.", [b"1111"])
    first, second = template.render([b"2030"]), template.render([b"2031"])
    assert (first, second) == (b"on 2030.", b"on 2031.")


def test_a_slot_directly_after_a_fold_is_found() -> None:
    template = BytesTemplate.cut(b"a\r\n 1111\r\n b", [b"1111"])
    assert template.render([b"2030"]) == b"a\r\n 2030\r\n b"


def test_templates_share_equal_pieces() -> None:
    one, other = (BytesTemplate.cut(b"on 1111 and %d" % each, [b"1111"]) for each in (1, 2))
    assert one.pieces[0] is other.pieces[0]
    assert one.pieces[1] != other.pieces[1]


def test_a_bound_template_keeps_other_slots_open() -> None:
    template = BytesTemplate.cut(b"a 1111 b 2222 c 22\r\n 22 d 3333", [b"1111", b"2222", b"3333"])
    bound = template.bind([1, b"2031", 0])
    filled = b"".join(bound.fill([b"2032", b"2030"]))
    assert filled == template.render([b"2030", b"2031", b"2032"])


def test_a_template_is_bound_in_another() -> None:
    template = BytesTemplate.cut(b"a 1111 b 2222", [b"1111", b"2222"])
    inner = BytesTemplate.cut(b"<33\r\n 33>", [b"3333"]).bind([0])
    values = [b"2030", b"2031"]
    assert b"".join(template.bind([inner, 1]).fill(values)) == b"a <20\r\n 30> b 2031"
    assert b"".join(template.bind([b"2029", inner]).fill(values)) == b"a 2029 b <20\r\n 30>"


def test_bound_templates_share_their_pieces() -> None:
    template = BytesTemplate.cut(b"a 1111 b 2222", [b"1111", b"2222"])
    one, other = template.bind([0, b"2031"]), template.bind([0, b"2032"])
    assert one.parts[0] is other.parts[0]
    assert one.open_slots is other.open_slots


def test_each_ending_is_found_across_folds_with_its_own_value() -> None:
    template = BytesTemplate.cut(b"a PAGE\r\nb PA\r\n GE\r\n1111", [b"1111"], [], b"PAGE")
    assert template.render([b"2030", b"one", b"another\r\n x"]) == (
        b"a one\r\nb another\r\n x\r\n2030"
    )


def test_columns_are_counted_from_the_start_of_the_folded_line() -> None:
    assert count_octets_before(b"a PAGE\r\nb PA\r\n GE\r\n abc PAGE", b"PAGE") == (2, 2, 4)


@pytest.mark.parametrize("before", [*range(12), *range(60, 90), *range(140, 160)])
@pytest.mark.parametrize("length", [1, 40, 74, 75, 200])
def test_a_value_is_folded_after_its_column_as_by_icalendar(before: int, length: int) -> None:
    value = bytes(65 + at % 26 for at in range(length))
    whole: bytes = Contentline(f"{'.' * before}{value.decode()}").to_ical()
    start = whole.index(b"A")
    (column,) = count_octets_before(whole, value)
    assert whole[:start] + fold(value, column) == whole
